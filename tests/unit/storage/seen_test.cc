#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "storage/database.h"
#include "storage/seen_index.h"
#include "storage/seen_run.h"
#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::storage;

namespace {

constexpr SeenIndex::Budget kSmall{.table_entries = 1'000, .cache_entries = 64};

std::string href(std::uint64_t n) { return "http://a.test/page/" + std::to_string(n); }

struct Crawl {
  explicit Crawl(const std::string& path, SeenIndex::Budget limits = kSmall) {
    database = std::move(*Database::open_writer(path, {}));
    auto opened = SeenIndex::open(*database, SeenKeys::urls, limits);
    if (!opened) FAIL(opened.error().message);
    index = std::move(*opened);
  }

  // Discovers URLs up to `last` and commits them, or rolls back.
  void discover(std::uint64_t last, bool commit = true) {
    for (std::uint64_t id = next; id <= last; ++id) index->insert(url_hash(href(id)), id);
    REQUIRE(database->begin().ok());
    for (std::uint64_t id = next; id <= last; ++id) {
      REQUIRE(database
                  ->run("INSERT INTO urls (id, url, host_id, site_id, state, depth, redirects, "
                        "attempts, hop, run_id) VALUES (?1, ?2, 1, 1, 'queued', 0, 0, 0, 'L', 1)",
                        [&, url = href(id)](Statement& s) {
                          s.integer(1, static_cast<std::int64_t>(id)).text(2, url);
                        })
                  .ok());
    }
    REQUIRE(index->write_due(last).ok());
    if (!commit) {
      database->rollback();
      index->rolled_back();
      // The batch is put again, as the commit stage does.
      const std::uint64_t first = next;
      next = last + 1;
      redo(first, last);
      return;
    }
    REQUIRE(database->commit().ok());
    index->committed();
    next = last + 1;
  }
  void redo(std::uint64_t first, std::uint64_t last) {
    REQUIRE(database->begin().ok());
    for (std::uint64_t id = first; id <= last; ++id) {
      REQUIRE(database
                  ->run("INSERT INTO urls (id, url, host_id, site_id, state, depth, redirects, "
                        "attempts, hop, run_id) VALUES (?1, ?2, 1, 1, 'queued', 0, 0, 0, 'L', 1)",
                        [&, url = href(id)](Statement& s) {
                          s.integer(1, static_cast<std::int64_t>(id)).text(2, url);
                        })
                  .ok());
    }
    REQUIRE(index->write_due(last).ok());
    REQUIRE(database->commit().ok());
    index->committed();
  }

  void check_all(std::uint64_t last) {
    std::uint64_t wrong = 0;
    for (std::uint64_t id = 1; id <= last; ++id) wrong += index->find(url_hash(href(id))) != id;
    for (std::uint64_t id = last + 1; id <= last + 2'000; ++id) {
      wrong += index->find(url_hash(href(id))) != 0;
    }
    CHECK(wrong == 0);
    CHECK(index->take_failure().ok());
  }

  std::unique_ptr<Database> database;
  std::unique_ptr<SeenIndex> index;
  std::uint64_t next = 1;
};

}  // namespace

TEST_CASE("every known URL is found and no other, through flushes and merges") {
  Scratch scratch;
  Crawl crawl(scratch.path());
  for (std::uint64_t last = 97; last <= 60'000; last += 97) crawl.discover(last);
  crawl.check_all(crawl.next - 1);
  CHECK(crawl.index->figures().entries == crawl.next - 1);
  CHECK(crawl.index->figures().runs < 20);
}

TEST_CASE("known URLs are found again after a restart without a clean stop") {
  Scratch scratch;
  std::uint64_t last = 0;
  {
    Crawl crawl(scratch.path());
    for (std::uint64_t id = 131; id <= 30'000; id += 131) crawl.discover(id);
    last = crawl.next - 1;
  }
  Crawl crawl(scratch.path());
  crawl.next = last + 1;
  crawl.check_all(last);
  CHECK(crawl.index->figures().entries == last);
  for (std::uint64_t id = last + 50; id <= 40'000; id += 50) crawl.discover(id);
  crawl.check_all(crawl.next - 1);
}

TEST_CASE("transactions that are rolled back leave the seen index as it was") {
  Scratch scratch;
  std::uint64_t last = 0;
  {
    Crawl crawl(scratch.path());
    std::mt19937 random(7);
    for (int i = 0; i < 400; ++i) crawl.discover(crawl.next + 100, random() % 3 != 0);
    last = crawl.next - 1;
    crawl.check_all(last);
  }
  Crawl crawl(scratch.path());
  crawl.check_all(last);
}

TEST_CASE("entries that are not committed yet are not flushed") {
  Scratch scratch;
  {
    Crawl crawl(scratch.path());
    crawl.discover(500);
    // Discovered, but of a batch that never came.
    for (std::uint64_t id = 501; id <= 2'000; ++id) crawl.index->insert(url_hash(href(id)), id);
    REQUIRE(crawl.database->begin().ok());
    REQUIRE(crawl.index->write_due(500).ok());
    REQUIRE(crawl.database->commit().ok());
    crawl.index->committed();
    CHECK(crawl.index->find(url_hash(href(1'999))) == 1'999);
  }
  Crawl crawl(scratch.path());
  crawl.check_all(500);
}

TEST_CASE("rows that a killed merge left behind are freed") {
  Scratch scratch;
  { Crawl crawl(scratch.path()); }
  {
    auto database = std::move(*Database::open_writer(scratch.path(), {}));
    REQUIRE(database->execute("INSERT INTO url_seen_rows (id, data) VALUES (1, x'00'), (2, x'00')")
                .ok());
  }
  Crawl crawl(scratch.path());
  crawl.discover(10);
  CHECK(*crawl.database->number("SELECT count(*) FROM url_seen_rows") == 0);
}

TEST_CASE("a lost row of the seen index is reported, not taken for unknown") {
  Scratch scratch;
  std::uint64_t last = 0;
  {
    Crawl crawl(scratch.path());
    for (std::uint64_t id = 500; id <= 5'000; id += 500) crawl.discover(id);
    last = crawl.next - 1;
    REQUIRE(crawl.database->execute("UPDATE url_seen_rows SET data = x'0102'").ok());
    for (std::uint64_t id = 1; id <= last; ++id) crawl.index->find(url_hash(href(id)));
    CHECK(crawl.index->take_failure().error().code == base::Error::Code::corrupt);
  }
  auto database = std::move(*Database::open_writer(scratch.path(), {}));
  CHECK_FALSE(SeenIndex::open(*database, SeenKeys::urls, kSmall).ok());
}

TEST_CASE("a reader finds one URL without the index in memory") {
  Scratch scratch;
  Crawl crawl(scratch.path());
  for (std::uint64_t id = 700; id <= 9'100; id += 700) crawl.discover(id);
  auto reader = std::move(*Database::open_reader(scratch.path()));
  for (const std::uint64_t id : {1U, 699U, 5'000U, 9'099U})
    CHECK(*find_url(*reader, href(id)) == id);
  CHECK(*find_url(*reader, href(10'000)) == 0);
}

TEST_CASE("rows of the seen index fill a page and no more") {
  std::vector<SeenEntry> entries;
  for (std::uint64_t i = 0; i < kEntriesPerRow; ++i) entries.push_back({i * 1'000 + 5, 90 + i});
  const std::string row = encode_seen_row(entries);
  CHECK(row.size() == 8 + 12 * kEntriesPerRow);
  CHECK(row.size() <= 4'061 - 5);
  std::vector<SeenEntry> read;
  REQUIRE(decode_seen_row(row, read));
  CHECK(read.back().hash == entries.back().hash);
  CHECK(find_in_seen_row(row, 5) == 90);
  CHECK(find_in_seen_row(row, 6) == 0);
  CHECK_FALSE(decode_seen_row(std::string_view(row).substr(1), read));
}

TEST_CASE("without a database the index keeps everything in memory") {
  SeenIndex index;
  for (std::uint64_t id = 1; id <= 5'000; ++id) index.insert(url_hash(href(id)), id);
  CHECK(index.find(url_hash(href(4'999))) == 4'999);
  CHECK(index.find(url_hash(href(5'001))) == 0);
}
