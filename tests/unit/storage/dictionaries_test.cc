// What the bodies of a host's pages are packed with, and how they are read again.
#include <catch2/catch.hpp>

#include "parsers/bytes/pack.h"
#include "storage/bodies/body_reader.h"
#include "storage/reports/audit.h"
#include "storage/sqlite_store.h"
#include "tests/unit/storage/batches.h"
#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::storage;
using Dictionary = std::shared_ptr<const model::BodyDictionary>;

namespace {

constexpr model::HostId kHost = 1;

std::string body_of(std::uint64_t number) {
  std::string body = "<title>" + std::to_string(number) + "</title><nav>";
  for (int i = 0; i < 200; ++i) body += "<a href=/menu/" + std::to_string(i * 7919 % 1000) + ">";
  return body + "</nav><p>page " + std::to_string(number);
}

// A crawl of one host, whose bodies are packed as a worker would.
struct HostCrawl {
  explicit HostCrawl(StoreOptions store_options = {}) : options(std::move(store_options)) {
    open();
  }

  void open() {
    store.reset();
    auto opened = SqliteStore::open(scratch.path(), options);
    if (!opened) FAIL(opened.error().message);
    store = std::move(*opened);
    REQUIRE(store->begin_run({.started_at = 1, .command = "crawl", .sites = {"a"}}).ok());
  }

  StoredPage next_page() {
    const std::uint64_t id = ++pages;
    const std::string url = "http://a.test/" + std::to_string(id);
    StoredPage page = page_of(id, id, url, body_of(id));
    page.parsed.fetched.lease.host_id = kHost;
    auto& parsed = std::get<model::ParsedPage>(page.parsed.page);
    parsed.packed_body.dictionary = store->dictionary_of(kHost);
    if (parsed.packed_body.dictionary) packer.learn(0, *parsed.packed_body.dictionary);
    packer.pack(body_of(id), parsed.packed_body.dictionary ? parsed.packed_body.dictionary->id : 0,
                parsed.packed_body.bytes);
    return page;
  }

  CommitBatch next_batch() {
    CommitBatch batch;
    StoredPage page = next_page();
    if (page.id == 1) batch.hosts = {host_named(kHost, "http://a.test")};
    batch.new_urls = {new_url(*store, page.id, page.parsed.fetched.lease.request.url.href())};
    batch.new_urls[0].state = model::Verdict::done;
    batch.visits = {{.url_id = page.id, .visited_at = 5, .status = 200, .visits = 1}};
    batch.fetches = {fetch_of(page.id, page)};
    batch.pages.push_back(std::move(page));
    return batch;
  }

  void visit(std::uint64_t until) {
    while (pages < until) {
      const auto done = store->put(next_batch());
      if (!done) FAIL(done.error().message);
    }
  }

  void end_run() {
    CommitBatch last;
    last.has_run = true;
    last.run.ended_at = 2;
    REQUIRE(store->put(last).ok());
  }

  std::string body(std::uint64_t id) {
    auto bytes = BodyReader(store->database()).bytes(id);
    return bytes ? *bytes : bytes.error().message;
  }
  std::int64_t number(const char* sql) { return *store->database().number(sql); }

  Scratch scratch;
  StoreOptions options;
  std::unique_ptr<SqliteStore> store;
  parsers::Packer packer;
  std::uint64_t pages = 0;
};

}  // namespace

TEST_CASE("the 32nd body of a host makes its dictionary, and later ones are packed with it") {
  HostCrawl crawl;
  crawl.visit(32);
  CHECK(crawl.store->dictionary_of(kHost) == nullptr);
  crawl.visit(33);  // whose commit writes it
  const Dictionary dictionary = crawl.store->dictionary_of(kHost);
  REQUIRE(dictionary != nullptr);
  for (const std::uint64_t sample : {4, 8, 16, 32}) {
    CHECK(dictionary->bytes.find(body_of(sample)) != std::string::npos);
  }
  CHECK(crawl.store->dictionary_of(2) == nullptr);
  crawl.visit(40);
  CHECK(crawl.number("SELECT count(*) FROM bodies WHERE codec = 'zstd:1'") == 7);
  CHECK(crawl.number("SELECT max(length(data)) FROM bodies WHERE codec = 'zstd:1'") * 4 <
        crawl.number("SELECT min(length(data)) FROM bodies WHERE codec = 'zstd'"));
  for (std::uint64_t id = 1; id <= 40; ++id) CHECK(crawl.body(id) == body_of(id));
}

TEST_CASE("a dictionary is made anew at the 128th body, and bodies of before keep theirs") {
  HostCrawl crawl;
  crawl.visit(140);
  CHECK(crawl.number("SELECT count(*) FROM dictionaries") == 2);
  CHECK(crawl.store->dictionary_of(kHost)->id == 2);
  CHECK(crawl.body(100) == body_of(100));
  CHECK(crawl.body(140) == body_of(140));
}

TEST_CASE("after a restart the dictionary is there again from the second body on") {
  HostCrawl crawl;
  crawl.visit(40);
  crawl.open();
  CHECK(crawl.store->dictionary_of(kHost) == nullptr);
  crawl.visit(42);  // the first asks for it, the commit of the second reads it
  REQUIRE(crawl.store->dictionary_of(kHost) != nullptr);
  CHECK(crawl.store->dictionary_of(kHost)->id == 1);
  crawl.visit(100);
  CHECK(crawl.number("SELECT count(*) FROM dictionaries") == 1);
  CHECK(crawl.body(100) == body_of(100));
}

TEST_CASE("many runs of a few bodies each make a host's dictionary as one long run does") {
  HostCrawl crawl;
  const std::uint64_t each = GENERATE(1, 3, 16, 33);
  CAPTURE(each);
  while (crawl.pages < 35) {
    crawl.visit(crawl.pages + each);
    crawl.end_run();
    crawl.open();
  }
  const Dictionary dictionary = [&] {
    crawl.visit(crawl.pages + 2);  // the first asks for it, the commit of the second reads it
    return crawl.store->dictionary_of(kHost);
  }();
  REQUIRE(dictionary != nullptr);
  for (const std::uint64_t sample : {4, 8, 16, 32}) {
    CHECK(dictionary->bytes.find(body_of(sample)) != std::string::npos);
  }
  crawl.visit(126);
  crawl.end_run();
  crawl.open();
  crawl.visit(130);
  CHECK(crawl.number("SELECT count(*) FROM dictionaries") == 2);
}

TEST_CASE("a kill costs a host's count what came since its last sample") {
  HostCrawl crawl;
  const auto count = [&] { return crawl.number("SELECT bodies FROM body_counts"); };
  crawl.visit(19);
  crawl.open();
  CHECK(count() == 16);
  crawl.visit(27);
  crawl.end_run();
  CHECK(count() == 24);
  crawl.open();
  crawl.visit(36);
  CHECK(count() == 32);
  CHECK(crawl.number("SELECT count(*) FROM dictionaries") == 1);
}

TEST_CASE("a batch that fails leaves no dictionary behind, and the next one makes it") {
  HostCrawl crawl;
  crawl.visit(32);
  Database& database = crawl.store->database();
  REQUIRE(database
              .execute("CREATE TEMP TRIGGER no BEFORE INSERT ON fetches "
                       "BEGIN SELECT raise(ABORT, 'no'); END")
              .ok());
  const CommitBatch batch = crawl.next_batch();
  REQUIRE_FALSE(crawl.store->put(batch).ok());
  CHECK(crawl.store->dictionary_of(kHost) == nullptr);
  REQUIRE(database.execute("DROP TRIGGER no").ok());
  REQUIRE(crawl.store->put(batch).ok());
  CHECK(crawl.store->dictionary_of(kHost) != nullptr);
  CHECK(crawl.number("SELECT count(*) FROM dictionaries") == 1);
}

TEST_CASE("bodies that are gone when their host's dictionary is made are left out of it") {
  HostCrawl crawl;
  crawl.visit(32);
  REQUIRE(crawl.store->database().execute("DELETE FROM bodies WHERE id IN (4, 8, 16)").ok());
  crawl.visit(33);
  const Dictionary dictionary = crawl.store->dictionary_of(kHost);
  REQUIRE(dictionary != nullptr);
  CHECK(dictionary->bytes == "\n" + body_of(32));
}

TEST_CASE("where no dictionaries are wanted, none is made and none is used") {
  HostCrawl crawl;
  crawl.visit(40);
  crawl.options.dictionaries = false;
  crawl.open();
  crawl.visit(200);
  CHECK(crawl.number("SELECT count(*) FROM dictionaries") == 1);
  CHECK(crawl.number("SELECT count(*) FROM bodies WHERE codec = 'zstd:1'") == 7);
  CHECK(crawl.body(40) == body_of(40));
}

TEST_CASE("a body whose dictionary is lost is damaged, and the audit says so") {
  HostCrawl crawl;
  crawl.visit(40);
  Database& database = crawl.store->database();
  const auto wrong = [&] {
    std::uint64_t count = 0;
    const auto checks = audit(database);
    REQUIRE(checks.ok());
    for (const AuditCheck& check : *checks) {
      if (check.name == "every dictionary that packed a body is there") count = check.wrong;
    }
    return count;
  };
  CHECK(wrong() == 0);
  REQUIRE(database.execute("DELETE FROM dictionaries").ok());
  CHECK(BodyReader(database).bytes(40).error().code == base::Error::Code::corrupt);
  CHECK(wrong() == 7);
}

TEST_CASE("a shelf gives the place of a host that nobody asks for to another, and no other place") {
  base::Instant now{};
  DictionaryShelf shelf([&] { return now; });
  const auto dictionary = std::make_shared<const model::BodyDictionary>();
  for (model::HostId host = 1; host <= DictionaryShelf::kMost; ++host) {
    CHECK(shelf.misses(host));
    CHECK(shelf.put(host, dictionary));
  }
  CHECK_FALSE(shelf.misses(1));
  CHECK_FALSE(shelf.misses(100));
  CHECK_FALSE(shelf.put(100, dictionary));
  now += DictionaryShelf::kIdle;
  for (model::HostId host = 1; host <= DictionaryShelf::kMost; ++host) {
    if (host != 7) CHECK(shelf.find(host) != nullptr);
  }
  CHECK(shelf.misses(100));
  CHECK(shelf.put(100, dictionary));
  CHECK(shelf.find(7) == nullptr);
  CHECK(shelf.find(100) != nullptr);
  CHECK(shelf.find(1) != nullptr);
}
