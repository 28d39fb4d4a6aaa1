#include "storage/seen/seen_table.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>

using namespace crawld;
using namespace crawld::storage;

TEST_CASE("a table in memory finds what was inserted, while all its parts grow") {
  SeenTable table;
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> hashes(1);
  for (model::UrlId id = 1; id <= 1'000'000; ++id) {
    hashes.push_back(random());
    table.insert({hashes.back(), id});
  }
  std::uint64_t wrong = 0;
  for (model::UrlId id = 1; id < hashes.size(); ++id) wrong += table.find(hashes[id]) != id;
  for (int i = 0; i < 100'000; ++i) wrong += table.find(random()) != 0;
  CHECK(wrong == 0);
  CHECK(table.size() == 1'000'000);
}

TEST_CASE("a table takes at most 15 bytes for each of many entries, and little for few") {
  SeenTable table;
  CHECK(table.memory() < 200'000);
  std::mt19937_64 random(2);
  double most = 0;
  for (model::UrlId id = 1; id <= 3'000'000; ++id) {
    table.insert({random(), id});
    if (id == 1'000) CHECK(table.memory() < 400'000);
    if (id > 2'000'000 && id % 1'000 == 0) {
      most = std::max(most, static_cast<double>(table.memory()) / static_cast<double>(id));
    }
  }
  CHECK(most < SeenTable::kMostBytesPerEntry);
}

TEST_CASE("a table loaded at once is as one that grew") {
  for (const std::size_t reserved : {0U, 100'000U, 500'000U}) {
    SeenTable table;
    table.reserve(reserved);
    std::mt19937_64 random(3);
    std::vector<SeenEntry> entries;
    for (model::UrlId id = 1; id <= 500'000; ++id) entries.push_back({random(), id << 12});
    table.load(std::span(entries).first(200'000));
    table.load(std::span(entries).subspan(200'000, 200'000));
    table.loaded();
    for (const SeenEntry& entry : std::span(entries).subspan(400'000)) table.insert(entry);
    std::vector<std::uint64_t> hashes;
    for (const SeenEntry& entry : entries) hashes.push_back(entry.hash);
    std::vector<model::UrlId> ids(hashes.size());
    table.find(hashes, ids);
    std::uint64_t wrong = 0;
    for (std::size_t i = 0; i < ids.size(); ++i) wrong += ids[i] != entries[i].id;
    CHECK(wrong == 0);
    CHECK(table.size() == entries.size());
  }
}

TEST_CASE("entries that are erased are gone, and all others stay") {
  SeenTable table;
  std::map<std::uint64_t, model::UrlId> known;
  std::mt19937_64 random(4);
  // In few parts, so that entries push each other on.
  const auto hash = [&] { return (random() & 0x0000'FFFF'FFFF'FFFF) | (random() % 3) << 52; };
  for (model::UrlId id = 1; id <= 60'000; ++id) {
    const std::uint64_t fresh = hash();
    if (known.emplace(fresh, id).second) table.insert({fresh, id});
    if (id % 2 != 0) continue;
    const auto gone = known.lower_bound(hash());
    if (gone == known.end()) continue;
    table.erase(gone->first);
    known.erase(gone);
  }
  table.erase(hash());
  std::uint64_t wrong = 0;
  for (const auto& [key, id] : known) wrong += table.find(key) != id;
  CHECK(wrong == 0);
  CHECK(table.size() == known.size());
}

TEST_CASE("hashes that crowd together at the end of a part cost memory by their number only") {
  SeenTable table;
  for (model::UrlId id = 1; id <= 20'000; ++id) table.insert({UINT64_MAX - id, id});
  for (model::UrlId id = 20'001; id <= 40'000; ++id) table.insert({id, id});
  std::uint64_t wrong = 0;
  for (model::UrlId id = 1; id <= 20'000; ++id) wrong += table.find(UINT64_MAX - id) != id;
  for (model::UrlId id = 20'001; id <= 40'000; ++id) wrong += table.find(id) != id;
  CHECK(wrong == 0);
  CHECK(table.memory() < 4'000'000);
}
