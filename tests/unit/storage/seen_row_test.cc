#include "storage/seen/seen_row.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "storage/seen/seen_index.h"

using namespace crawld;
using namespace crawld::storage;

namespace {

// As many entries as a run has, sorted.
std::vector<SeenEntry> run_of(std::size_t count, model::UrlId first) {
  std::vector<SeenEntry> entries;
  for (std::size_t i = 0; i < count; ++i) {
    entries.push_back({seen_hash("http://a.test/" + std::to_string(i), 0), first + i});
  }
  std::sort(entries.begin(), entries.end(),
            [](const SeenEntry& a, const SeenEntry& b) { return a.hash < b.hash; });
  return entries;
}

std::vector<std::string> packed(std::span<const SeenEntry> entries) {
  std::vector<std::string> rows;
  for (std::span<const SeenEntry> left = entries; !left.empty();) {
    std::string row;
    left = left.subspan(pack_seen_row(left, entries.size(), row));
    rows.push_back(std::move(row));
  }
  return rows;
}

bool same(const std::vector<SeenEntry>& a, std::span<const SeenEntry> b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const SeenEntry& x, const SeenEntry& y) { return x.hash == y.hash && x.id == y.id; });
}

}  // namespace

TEST_CASE("plain rows of the seen index fill a page and no more") {
  std::vector<SeenEntry> entries;
  for (std::uint64_t i = 0; i < kEntriesPerRow; ++i) entries.push_back({i * 1'000 + 5, 90 + i});
  const std::string row = encode_seen_row(entries);
  CHECK(row.size() == 8 + 12 * kEntriesPerRow);
  CHECK(row.size() <= 4'061 - 5);
  std::vector<SeenEntry> read;
  REQUIRE(decode_seen_row(row, read));
  CHECK(same(read, entries));
  CHECK(find_in_seen_row(row, 5) == 90);
  CHECK(find_in_seen_row(row, 6) == 0);
  CHECK_FALSE(decode_seen_row(std::string_view(row).substr(1), read));
}

TEST_CASE("packed rows hold what was packed, within a page and at 8.4 bytes an entry") {
  for (const std::size_t count : {1U, 2U, 7U, 1'000U, 131'072U, 140'000U}) {
    CAPTURE(count);
    const auto entries = run_of(count, 7'000'000'000'000);
    std::size_t bytes = 0;
    std::vector<SeenEntry> all;
    for (const std::string& row : packed(entries)) {
      bytes += row.size();
      CHECK(row.size() <= 4'061 - 5);
      std::vector<SeenEntry> read;
      REQUIRE(decode_seen_row(row, read));
      all.insert(all.end(), read.begin(), read.end());
    }
    CHECK(same(all, entries));
    if (count > 100'000) CHECK(static_cast<double>(bytes) / static_cast<double>(count) < 8.4);
  }
}

TEST_CASE("a packed row finds its entries and no others") {
  const auto entries = run_of(131'072, 1);
  const std::string row = packed(entries)[100];
  std::vector<SeenEntry> read;
  REQUIRE(decode_seen_row(row, read));
  for (const SeenEntry& entry : read) {
    CHECK(find_in_seen_row(row, entry.hash) == entry.id);
    CHECK(find_in_seen_row(row, entry.hash + 1) == 0);
  }
  CHECK(find_in_seen_row(row, 1) == 0);
  CHECK(find_in_seen_row(row, UINT64_MAX) == 0);
}

TEST_CASE("hashes that are not spread evenly are packed too") {
  std::vector<SeenEntry> entries;
  for (std::uint64_t i = 1; i <= 3'000; ++i) entries.push_back({i, 3'001 - i});
  for (int bit = 20; bit < 64; ++bit) entries.push_back({(1ULL << bit) + 9, 1ULL << (bit % 44)});
  entries.push_back({UINT64_MAX, 1ULL << 43});
  std::vector<SeenEntry> all;
  for (const std::string& row : packed(entries)) {
    CHECK(row.size() <= 4'061 - 5);
    std::vector<SeenEntry> read;
    REQUIRE(decode_seen_row(row, read));
    all.insert(all.end(), read.begin(), read.end());
  }
  CHECK(same(all, entries));
}

TEST_CASE("a packed row that is cut short or overwritten is no harm") {
  const auto entries = run_of(2'000, 1);
  const std::string row = packed(entries).front();
  std::vector<SeenEntry> read;
  CHECK_FALSE(decode_seen_row(std::string_view(row).substr(0, row.size() / 2), read));
  CHECK_FALSE(decode_seen_row(std::string_view(row).substr(0, 31), read));
  CHECK_FALSE(decode_seen_row("", read));
  std::mt19937 random(3);
  for (int turn = 0; turn < 2'000; ++turn) {
    std::string broken = row.substr(0, 32 + random() % (row.size() - 31));
    for (int i = 0; i < 8; ++i) broken[random() % broken.size()] = static_cast<char>(random());
    (void)decode_seen_row(broken, read);
    (void)find_in_seen_row(broken, entries[random() % entries.size()].hash);
  }
}
