#include "storage/reports/near_duplicates.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "storage/sqlite_store.h"
#include "tests/unit/storage/batches.h"
#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::storage;

namespace {

using Clusters = std::map<std::uint64_t, std::set<std::uint64_t>>;

Clusters clusters_of(const std::vector<PagePrint>& prints) {
  Clusters clusters;
  for (const NearPage& page : find_near_pages(prints)) clusters[page.cluster].insert(page.page);
  return clusters;
}

// One page a print, with ids from 1; `content` names its bytes.
void store_pages(SqliteStore& store, const std::vector<std::uint64_t>& prints,
                 const std::vector<std::string>& contents = {}) {
  CommitBatch batch;
  batch.hosts.push_back(host_named(1, "http://a.test"));
  for (PageId id = 1; id <= prints.size(); ++id) {
    const std::string url = "http://a.test/" + std::to_string(id);
    batch.new_urls.push_back(new_url(store, id, url));
    const std::string content = contents.empty() ? std::to_string(id) : contents[id - 1];
    batch.pages.push_back(page_of(id, id, url, "text " + content));
    auto& page = std::get<model::ParsedPage>(batch.pages.back().parsed.page);
    page.simhash = prints[id - 1];
    page.content_hash = content;
  }
  REQUIRE(store.put(batch));
}

class Lines final : public QueryRows {
 public:
  void columns(std::span<const std::string_view> names) override { CHECK(names.size() == 4); }
  bool row(std::span<const Value> values) override {
    lines.push_back(std::to_string(std::get<std::int64_t>(values[1])) + " " +
                    std::string(std::get<std::string_view>(values[2])) + " " +
                    std::string(std::get<std::string_view>(values[3])));
    return true;
  }
  std::vector<std::string> lines;
};

}  // namespace

TEST_CASE("prints that differ in three bits are near, wherever the bits stand") {
  const std::uint64_t print = 0x8123'4567'89AB'CDEF;
  for (int first = 0; first < 64; ++first) {
    for (int second = first + 1; second < 64; ++second) {
      const int third = (second + 17) % 64;
      const std::uint64_t other = print ^ 1ULL << first ^ 1ULL << second ^ 1ULL << third;
      if (clusters_of({{print, 1}, {other, 2}}) != Clusters{{1, {1, 2}}}) {
        FAIL("bits " << first << ", " << second << ", " << third);
      }
    }
  }
  CHECK(clusters_of({{print, 1}, {print ^ 0xF, 2}}).empty());
  CHECK(clusters_of({{print, 1}, {print, 2}}) == Clusters{{1, {1, 2}}});
  CHECK(clusters_of({}).empty());
}

TEST_CASE("clusters are those of the view, in which anyone may look them up") {
  std::mt19937_64 random{2026};
  std::vector<std::uint64_t> prints;
  for (int family = 0; family < 12; ++family) {
    prints.push_back(random());
    for (int member = 0; member < 20; ++member) {
      std::uint64_t print =
          prints[prints.size() - 1 - random() % std::min<std::size_t>(member + 1, 5)];
      for (auto flips = random() % 6; flips > 0; --flips) print ^= 1ULL << (random() % 64);
      prints.push_back(print);
    }
  }
  std::shuffle(prints.begin(), prints.end(), random);
  Scratch scratch;
  auto store = *SqliteStore::open(scratch.path(), {});
  REQUIRE(store->begin_run({.command = "t", .version = {}, .sites = {"a"}}));
  store_pages(*store, prints);
  Clusters of_view;
  REQUIRE(store->database().each(
      "SELECT cluster, page_id FROM v_near_dups", [](Statement&) {},
      [&](Statement& s) {
        of_view[static_cast<std::uint64_t>(s.integer(0))].insert(
            static_cast<std::uint64_t>(s.integer(1)));
      }));
  std::vector<PagePrint> pages;
  for (PageId id = 1; id <= prints.size(); ++id) pages.push_back({prints[id - 1], id});
  std::shuffle(pages.begin(), pages.end(), random);
  CHECK(of_view.size() > 5);
  CHECK(clusters_of(pages) == of_view);
}

TEST_CASE(
    "the report tells clusters of pages that are not the same to the byte, the largest first") {
  Scratch scratch;
  auto store = *SqliteStore::open(scratch.path(), {});
  REQUIRE(store->begin_run({.command = "t", .version = {}, .sites = {"a"}}));
  store_pages(*store,
              {0xF0, 0xF1, 0xAAAA'0000'0000, 0xAAAA'0000'0001, 0xAAAA'0000'0003, 0x7777'7777'7777,
               0x7777'7777'7777, 0x1234'5678'0000'0000},
              {"a", "b", "c", "d", "c", "same", "same", "alone"});
  Lines rows;
  REQUIRE(report_near_duplicates(store->database(), rows));
  CHECK(rows.lines == std::vector<std::string>{"3 http://a.test/3 http://a.test/5",
                                               "2 http://a.test/1 http://a.test/2"});
}
