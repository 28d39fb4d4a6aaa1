#include <catch2/catch.hpp>
#include <random>

#include "storage/database.h"
#include "storage/seen/seen_index.h"
#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::storage;

namespace {

constexpr SeenIndex::Budget kSmall{.run_entries = 1'000};
// No memory: all runs stay on the disk.
constexpr SeenIndex::Budget kOnDisk{.memory_bytes = 0, .run_entries = 1'000, .cache_entries = 64};

std::string href(std::uint64_t n) { return "http://a.test/page/" + std::to_string(n); }

struct Crawl {
  explicit Crawl(const std::string& path, SeenIndex::Budget limits = kSmall,
                 std::span<const Migration> schema = migrations()) {
    database = std::move(*Database::open_writer(path, {}, schema));
    auto opened = SeenIndex::open(*database, SeenKeys::urls, limits);
    if (!opened) FAIL(opened.error().message);
    index = std::move(*opened);
  }

  // Discovers URLs up to `last` and commits them, or rolls back.
  void discover(std::uint64_t last, bool commit = true) {
    for (std::uint64_t id = next; id <= last; ++id) index->insert(index->hash_of(href(id)), id);
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
    for (std::uint64_t id = 1; id <= last; ++id) wrong += index->find(href(id)) != id;
    for (std::uint64_t id = last + 1; id <= last + 2'000; ++id) {
      wrong += index->find(href(id)) != 0;
    }
    CHECK(wrong == 0);
    CHECK(index->take_failure().ok());
  }

  std::unique_ptr<Database> database;
  std::unique_ptr<SeenIndex> index;
  std::uint64_t next = 1;
};

}  // namespace

TEST_CASE("every known URL is found in memory and no other") {
  Scratch scratch;
  Crawl crawl(scratch.path());
  for (std::uint64_t last = 97; last <= 60'000; last += 97) crawl.discover(last);
  crawl.check_all(crawl.next - 1);
  CHECK(crawl.index->figures().entries == crawl.next - 1);
  CHECK(crawl.index->figures().on_disk == 0);
  CHECK(crawl.index->figures().probes == 0);
}

TEST_CASE("every known URL is found on the disk and no other, through flushes and merges") {
  Scratch scratch;
  Crawl crawl(scratch.path(), kOnDisk);
  for (std::uint64_t last = 97; last <= 60'000; last += 97) crawl.discover(last);
  crawl.check_all(crawl.next - 1);
  CHECK(crawl.index->figures().entries == crawl.next - 1);
  CHECK(crawl.index->figures().on_disk > crawl.next - 2'000);
  CHECK(crawl.index->figures().runs < 20);
}

TEST_CASE("above its memory the seen index goes on with the disk") {
  Scratch scratch;
  const SeenIndex::Budget limits{
      .memory_bytes = 800'000, .run_entries = 1'000, .cache_entries = 64};
  std::uint64_t last = 0;
  {
    Crawl crawl(scratch.path(), limits);
    for (std::uint64_t id = 500; id <= 60'000; id += 500) {
      crawl.discover(id, id % 3'500 != 0);
      if (id == 20'000) crawl.check_all(id);
    }
    last = crawl.next - 1;
    crawl.check_all(last);
    const auto figures = crawl.index->figures();
    CHECK(figures.entries == last);
    CHECK(figures.on_disk > 10'000);
    CHECK(figures.on_disk < 40'000);
    CHECK(figures.runs < 50);
  }
  for (const std::size_t memory : {500'000UL, 0UL, 10'000'000UL, 200'000UL}) {
    CAPTURE(memory);
    Crawl crawl(scratch.path(), {.memory_bytes = memory, .run_entries = 1'000});
    crawl.next = last + 1;
    CHECK(crawl.index->figures().entries == last);
    crawl.check_all(last);
    for (const std::uint64_t end = last + 5'000; last < end; last += 100) {
      crawl.discover(last + 100);
    }
    crawl.check_all(last);
  }
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

TEST_CASE("runs that an older crawld merged are taken into memory and stay as they are") {
  Scratch scratch;
  std::uint64_t last = 0;
  {
    Crawl crawl(scratch.path(), kOnDisk);  // as all were written once
    for (std::uint64_t id = 131; id <= 30'000; id += 131) crawl.discover(id);
    last = crawl.next - 1;
  }
  for (int start = 0; start < 2; ++start) {
    Crawl crawl(scratch.path());
    crawl.next = last + 1;
    for (const std::uint64_t end = last + 5'000; last < end; last += 50) crawl.discover(last + 50);
    crawl.check_all(last);
    CHECK(crawl.index->figures().on_disk == 0);
    CHECK(crawl.index->figures().probes == 0);
    auto reader = std::move(*Database::open_reader(scratch.path()));
    for (const std::uint64_t id : {1U, 20'000U, 33'000U}) CHECK(*find_url(*reader, href(id)) == id);
  }
}

TEST_CASE("transactions that are rolled back leave the seen index as it was") {
  const auto limits = GENERATE(kSmall, kOnDisk);
  Scratch scratch;
  std::uint64_t last = 0;
  {
    Crawl crawl(scratch.path(), limits);
    std::mt19937 random(7);
    for (int i = 0; i < 400; ++i) crawl.discover(crawl.next + 100, random() % 3 != 0);
    last = crawl.next - 1;
    crawl.check_all(last);
  }
  Crawl crawl(scratch.path(), limits);
  crawl.check_all(last);
}

TEST_CASE("entries that are not committed yet are not flushed") {
  Scratch scratch;
  {
    Crawl crawl(scratch.path());
    crawl.discover(500);
    // Discovered, but of a batch that never came.
    SeenIndex& index = *crawl.index;
    for (std::uint64_t id = 501; id <= 2'000; ++id) index.insert(index.hash_of(href(id)), id);
    REQUIRE(crawl.database->begin().ok());
    REQUIRE(crawl.index->write_due(500).ok());
    REQUIRE(crawl.database->commit().ok());
    crawl.index->committed();
    CHECK(crawl.index->find(href(1'999)) == 1'999);
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
    Crawl crawl(scratch.path(), kOnDisk);
    for (std::uint64_t id = 500; id <= 5'000; id += 500) crawl.discover(id);
    last = crawl.next - 1;
    REQUIRE(crawl.database->execute("UPDATE url_seen_rows SET data = x'0102'").ok());
    for (std::uint64_t id = 1; id <= last; ++id) crawl.index->find(href(id));
    CHECK(crawl.index->take_failure().error().code == base::Error::Code::corrupt);
  }
  auto database = std::move(*Database::open_writer(scratch.path(), {}));
  CHECK_FALSE(SeenIndex::open(*database, SeenKeys::urls, kOnDisk).ok());
  CHECK_FALSE(SeenIndex::open(*database, SeenKeys::urls, kSmall).ok());
}

TEST_CASE("a reader finds one URL without the index in memory") {
  Scratch scratch;
  Crawl crawl(scratch.path(), GENERATE(kSmall, kOnDisk));
  for (std::uint64_t id = 700; id <= 9'100; id += 700) crawl.discover(id);
  auto reader = std::move(*Database::open_reader(scratch.path()));
  for (const std::uint64_t id : {1U, 699U, 5'000U, 9'099U})
    CHECK(*find_url(*reader, href(id)) == id);
  CHECK(*find_url(*reader, href(10'000)) == 0);
}

TEST_CASE("without a database the index keeps everything in memory") {
  SeenIndex index;
  for (std::uint64_t id = 1; id <= 5'000; ++id) index.insert(index.hash_of(href(id)), id);
  CHECK(index.find(href(4'999)) == 4'999);
  CHECK(index.find(href(5'001)) == 0);
}

TEST_CASE("URLs that hash alike without a seed do not in a database, whose hashes are its own") {
  // Halves of the second 16 bytes changed places under the constants of XXH3: anybody can do it.
  const std::string text = "http://a.test/shop/ab/page0/1234";
  const std::string other =
      "http://a.test/sh\xcb\xf1\xf9\x62\x05\x11\xc3\xf0\xc3\xe4\xe6\x2c\x56\x0c\x80\xa5";
  REQUIRE(seen_hash(text, 0) == seen_hash(other, 0));
  Scratch scratch;
  const Crawl one(scratch.path("one.db"));
  const Crawl two(scratch.path("two.db"));
  CHECK(one.index->hash_of(text) != one.index->hash_of(other));
  CHECK(two.index->hash_of(text) != two.index->hash_of(other));
  CHECK(one.index->hash_of(text) != two.index->hash_of(text));
}

TEST_CASE("a database that hashed without a seed goes on so and knows its URLs") {
  const auto limits = GENERATE(kSmall, kOnDisk);
  const std::size_t steps = GENERATE(9U, 10U);
  Scratch scratch;
  {
    Crawl crawl(scratch.path(), limits, migrations().first(steps));
    for (std::uint64_t id = 700; id <= 9'100; id += 700) crawl.discover(id);
    REQUIRE(crawl.index->hash_of("http://a.test/") == seen_hash("http://a.test/", 0));
  }
  std::uint64_t last = 9'100;
  for (int start = 0; start < 2; ++start) {
    Crawl crawl(scratch.path(), limits);
    crawl.next = last + 1;
    crawl.check_all(last);
    for (const std::uint64_t end = last + 3'500; last < end; last += 70) crawl.discover(last + 70);
    crawl.check_all(last);
    auto reader = std::move(*Database::open_reader(scratch.path()));
    for (const std::uint64_t id : {1UL, 9'099UL, last}) CHECK(*find_url(*reader, href(id)) == id);
  }
}

TEST_CASE("an older database that knows no URL yet gets a seed when it is brought forward") {
  Scratch scratch;
  { Crawl crawl(scratch.path(), kSmall, migrations().first(10)); }
  const Crawl crawl(scratch.path());
  CHECK(crawl.index->hash_of("http://a.test/") != seen_hash("http://a.test/", 0));
}

TEST_CASE("bodies are known after a restart, by the same seed as URLs") {
  Scratch scratch;
  auto database = std::move(*Database::open_writer(scratch.path(), {}));
  REQUIRE(database
              ->execute("INSERT INTO bodies (id, hash, page_id, codec, size, data) "
                        "VALUES (7, 'c0ffee', 1, 'zstd', 1, x'00')")
              .ok());
  const auto bodies = *SeenIndex::open(*database, SeenKeys::bodies, kSmall);
  const auto urls = *SeenIndex::open(*database, SeenKeys::urls, kSmall);
  CHECK(bodies->find("c0ffee") == 7);
  CHECK(bodies->hash_of("c0ffee") == urls->hash_of("c0ffee"));
}
