#include <catch2/catch.hpp>

#include "storage/memory_store.h"
#include "storage/reports/audit.h"
#include "storage/sqlite_store.h"
#include "tests/unit/storage/batches.h"
#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::storage;

namespace {

std::unique_ptr<SqliteStore> open_store(const std::string& path) {
  auto opened = SqliteStore::open(path, {});
  if (!opened) FAIL(opened.error().message);
  REQUIRE((*opened)->begin_run({.started_at = 1, .command = "crawl", .sites = {"a", "b"}}).ok());
  return std::move(*opened);
}

void put(PageStore& store, const CommitBatch& batch) {
  const auto done = store.put(batch);
  if (!done) FAIL(done.error().message);
}

std::string one_text(Database& database, const char* sql) {
  auto statement = Statement::prepare(database.raw(), sql);
  REQUIRE(statement.ok());
  auto row = statement->step();
  REQUIRE((row.ok() && *row));
  return std::string(statement->text(0));
}

// One host, a seed that was fetched, and two links of it that wait.
CommitBatch first_batch(PageStore& store) {
  CommitBatch batch;
  batch.hosts = {host_named(1, "http://a.test")};
  batch.new_urls = {new_url(store, 1, "http://a.test/"), new_url(store, 2, "http://a.test/x"),
                    new_url(store, 3, "http://a.test/y")};
  batch.new_urls[0].hop = 'S';
  batch.new_urls[1].parent = batch.new_urls[2].parent = 1;
  batch.new_urls[1].depth = batch.new_urls[2].depth = 1;
  batch.updates = {{.id = 1, .state = model::Verdict::done}};
  batch.visits = {{.url_id = 1,
                   .visited_at = 5000,
                   .status = 200,
                   .validators = {.etag = "\"e\"", .last_modified = {}},
                   .content_hash = "hash-hello",
                   .compared = 0xfedc'ba98'7654'3210,
                   .visits = 1}};
  batch.pages = {page_of(1, 1, "http://a.test/", "hello")};
  batch.fetches = {{.id = 1,
                    .url_id = 1,
                    .started_at = 5000,
                    .outcome = "done",
                    .status = 200,
                    .change = model::Change::first_seen,
                    .page_id = 1}};
  batch.horizon = 1;
  return batch;
}

void check_queue_reading(PageStore& store) {
  put(store, first_batch(store));
  CHECK(store.next_ids().url == 4);
  CHECK(store.next_ids().page == 2);

  auto waiting = store.queued_from(store.horizon(), 10);
  REQUIRE(waiting.ok());
  REQUIRE(waiting->size() == 2);
  CHECK(waiting->at(0).url == "http://a.test/x");
  CHECK(waiting->at(0).parent == 1);
  CHECK(waiting->at(0).depth == 1);
  CHECK(store.queued_from(1, 1)->size() == 1);

  CommitBatch spill;
  spill.chunks = {{.id = 1, .host = 1, .ids = {2, 3}}};
  spill.horizon = 4;
  put(store, spill);
  CHECK(store.horizon() == 4);
  REQUIRE(store.chunks()->size() == 1);
  CHECK(store.chunks()->front().count == 2);
  CHECK(store.chunks()->front().site == 0);
  CHECK_FALSE(store.chunks()->front().visited);
  CHECK(store.take_chunk(1)->size() == 2);

  CommitBatch settle;
  settle.updates = {{.id = 2,
                     .state = model::Verdict::retry_later,
                     .reason = "dns",
                     .attempts = 1,
                     .due_at = 900}};
  settle.visits = {{.url_id = 2, .visited_at = 800, .visits = 1}};
  put(store, settle);
  CHECK(store.chunks()->front().visited);
  REQUIRE(store.take_chunk(1)->size() == 1);
  CHECK(store.take_chunk(1)->front().id == 3);
  CHECK(store.due(899, 10)->empty());
  REQUIRE(store.due(900, 10)->size() == 1);
  CHECK(store.due(900, 10)->front().attempts == 1);
  CHECK(store.due(900, 10, {.at = 900, .id = 2})->empty());
  CHECK(**store.next_due(0) == 900);
  CHECK_FALSE((*store.next_due(900)).has_value());

  CommitBatch finish;
  finish.finished_chunks = {1};
  put(store, finish);
  CHECK(store.chunks()->empty());

  std::size_t with_a_place = 0;  // in budgets: the page, and what waits for another attempt at one
  REQUIRE(store.each_page_url([&](auto, auto, auto) { ++with_a_place; }));
  CHECK(with_a_place == 2);
  const auto states = *store.count_states();
  CHECK(states.at("done") == 1);
  CHECK(states.at("queued") == 1);
  CHECK(states.at("retry_later") == 1);
  CHECK((*store.count_sites())[0].known == 3);
  CHECK((*store.count_sites())[0].queued == 2);

  const model::UrlId ids[] = {3, 99, 1};
  const auto rows = *store.urls(ids);
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].state == model::Verdict::done);
  CHECK(rows[1].validators.etag == "\"e\"");
  CHECK(rows[1].compared == 0xfedc'ba98'7654'3210);
  CHECK(rows[1].visits == 1);
}

}  // namespace

TEST_CASE("waiting, chunked and due URLs are read back from SQLite") {
  Scratch scratch;
  check_queue_reading(*open_store(scratch.path()));
}

TEST_CASE("waiting, chunked and due URLs are read back from memory") {
  MemoryStore store;
  REQUIRE(store.begin_run({.sites = {"a", "b"}}).ok());
  check_queue_reading(store);
}

TEST_CASE("after a restart ids, horizon, hosts and known URLs are as they were") {
  Scratch scratch;
  {
    auto store = open_store(scratch.path());
    auto batch = first_batch(*store);
    batch.hosts[0].delay = std::chrono::milliseconds(250);
    batch.hosts[0].next_allowed = 77;
    batch.robots = {
        {.id = 1, .host = 1, .fetched_at = 3, .status = 200, .text = "User-agent: *", .hash = "h"}};
    batch.hosts[0].robots_version = 1;
    batch.horizon = 2;
    put(*store, batch);
  }
  auto store = open_store(scratch.path());
  CHECK(store->was_clean());
  CHECK(store->next_ids().url == 4);
  CHECK(store->next_ids().host == 2);
  CHECK(store->next_ids().fetch == 2);
  CHECK(store->horizon() == 2);
  CHECK(store->seen().find("http://a.test/y") == 3);
  CHECK(store->seen().find("http://a.test/z") == 0);
  const auto host = *store->find_host("http://a.test");
  REQUIRE(host.has_value());
  CHECK(host->delay == std::chrono::milliseconds(250));
  CHECK(host->crawl_delay.count() < 0);
  CHECK(host->next_allowed == 77);
  CHECK(*store->robots_text(host->robots_version) == "User-agent: *");
}

TEST_CASE("a host that is told again is written where it stands, and nothing beside it") {
  Scratch scratch;
  auto store = open_store(scratch.path());
  put(*store, first_batch(*store));
  CommitBatch again;
  again.hosts = {host_named(1, "http://a.test")};
  again.hosts[0].pages = 7;
  const std::uint64_t before = store->database().log_bytes();
  put(*store, again);
  constexpr std::uint64_t kFrameBytes = kPageBytes + 24;
  CHECK((store->database().log_bytes() - before) / kFrameBytes ==
        2);  // the host, the commit's count
  CHECK(*store->database().number("SELECT pages FROM hosts WHERE id = 1") == 7);
}

TEST_CASE("the views show a stored page, its links and what led to it") {
  Scratch scratch;
  auto store = open_store(scratch.path());
  put(*store, first_batch(*store));
  Database& db = store->database();
  CHECK(one_text(db,
                 "SELECT url || '|' || status || '|' || title || '|' || fetched_at || '|' || "
                 "depth || '|' || content_type || '|' || bytes || '|' || lang FROM v_pages") ==
        "http://a.test/|200|title of http://a.test/|2023-11-14T22:13:20.123Z|0|text/html|5|en");
  CHECK(one_text(db,
                 "SELECT group_concat(to_url || ' ' || text || ' ' || nofollow, '; ') "
                 "FROM v_links") == "http://a.test/x a \"link\" 0; https://else.test/ away 1");
  CHECK(one_text(db, "SELECT links FROM links") ==
        R"([["/x","a \"link\"","next","a",0],["https://else.test/","away","","a",1]])");
  CHECK(one_text(db, "SELECT url FROM v_frontier ORDER BY url_id") == "http://a.test/x");
  CHECK(one_text(db, "SELECT found_on FROM v_why WHERE url = 'http://a.test/x'") ==
        "http://a.test/");
  CHECK(one_text(db, "SELECT change FROM v_changes") == "new");
  CHECK(one_text(db, "SELECT host FROM v_hosts") == "http://a.test");
}

TEST_CASE("the same content is stored once, whichever URL and batch it came with") {
  Scratch scratch;
  {
    auto store = open_store(scratch.path());
    auto batch = first_batch(*store);
    batch.pages.push_back(page_of(2, 2, "http://a.test/x", "hello"));
    put(*store, batch);
    CommitBatch second;
    second.pages = {page_of(3, 3, "http://a.test/y", "hello")};
    put(*store, second);
  }
  auto store = open_store(scratch.path());
  CommitBatch third;
  third.pages = {page_of(4, 3, "http://a.test/y", "hello"),
                 page_of(5, 3, "http://a.test/y", "other")};
  put(*store, third);
  CHECK(*store->database().number("SELECT count(*) FROM bodies") == 2);
  CHECK(*store->database().number("SELECT count(DISTINCT body_id) FROM pages WHERE id < 5") == 1);
}

TEST_CASE("a text of a copy or of the version before is stored once, and every view shows it") {
  Scratch scratch;
  auto store = open_store(scratch.path());
  const std::string text(1000, 'a');
  CommitBatch batch = first_batch(*store);
  batch.pages = {page_of(1, 1, "http://a.test/", text), page_of(2, 2, "http://a.test/x", text)};
  put(*store, batch);
  // The version after the copy: other markup, the same text. Then a copy in another charset.
  StoredPage next = page_of(3, 2, "http://a.test/x", text);
  next.change = model::Change::changed;
  std::get<model::ParsedPage>(next.parsed.page).content_hash = "hash of other markup";
  StoredPage other = page_of(4, 3, "http://a.test/y", text);
  std::get<model::ParsedPage>(other.parsed.page).text = std::string(1000, 'b');
  CommitBatch second;
  second.pages = {std::move(next), std::move(other)};
  put(*store, second);
  Database& db = store->database();
  CHECK(*db.number("SELECT count(*) FROM pages WHERE text IS NOT NULL") == 2);
  CHECK(*db.number("SELECT count(*) FROM pages WHERE id IN (2, 3) AND text_page_id = 1") == 2);
  CHECK(*db.number("SELECT count(*) FROM page_texts WHERE text LIKE 'aaaa%'") == 3);
  CHECK(*db.number("SELECT count(*) FROM v_pages WHERE length(text) = 1000") == 3);
  CHECK(*db.number("SELECT count(*) FROM search_content WHERE length(body) = 1000") == 4);

  const auto wrong = [&db] {
    const auto checks = audit(db);
    REQUIRE(checks.ok());
    return std::count_if(checks->begin(), checks->end(), [](const AuditCheck& check) {
      return check.wrong != 0 && check.example == "page 2";
    });
  };
  CHECK(wrong() == 0);
  REQUIRE(db.execute("UPDATE pages SET text_page_id = 9 WHERE id = 2").ok());
  CHECK(wrong() == 1);

  // What is put again keeps a text of its own: others may refer to it.
  put(*store, batch);
  CHECK(*db.number("SELECT count(*) FROM page_texts WHERE text LIKE 'aaaa%'") == 3);
}

TEST_CASE("a batch put twice changes nothing") {
  Scratch scratch;
  auto store = open_store(scratch.path());
  auto batch = first_batch(*store);
  batch.chunks = {{.id = 1, .host = 1, .ids = {2, 3}}};
  put(*store, batch);
  put(*store, batch);
  Database& db = store->database();
  CHECK(*db.number("SELECT count(*) FROM urls") == 3);
  CHECK(*db.number("SELECT count(*) FROM pages") == 1);
  CHECK(*db.number("SELECT count(*) FROM bodies") == 1);
  CHECK(*db.number("SELECT count(*) FROM links") == 1);
  CHECK(*db.number("SELECT sum(count) FROM url_counts") == 3);
  CHECK(*db.number("SELECT count FROM url_counts WHERE state = 'queued'") == 2);
}

TEST_CASE("a new version points to the one before, and the view shows the newest good one") {
  Scratch scratch;
  auto store = open_store(scratch.path());
  put(*store, first_batch(*store));
  CommitBatch again;
  again.pages = {page_of(2, 1, "http://a.test/", "changed")};
  again.pages[0].change = model::Change::changed;
  put(*store, again);
  CommitBatch worse;
  worse.pages = {page_of(3, 1, "http://a.test/", "please log in")};
  worse.pages[0].change = model::Change::changed;
  worse.pages[0].supersedes = false;
  put(*store, worse);
  Database& db = store->database();
  CHECK(*db.number("SELECT previous_id FROM pages WHERE id = 2") == 1);
  CHECK(*db.number("SELECT count(*) FROM pages") == 3);
  CHECK(*db.number("SELECT page_id FROM v_pages") == 2);
}

TEST_CASE("a site that left the configuration is told from those that are in it") {
  Scratch scratch;
  auto store = open_store(scratch.path());
  auto batch = first_batch(*store);
  batch.new_urls[1].site = 1;
  put(*store, batch);
  REQUIRE(store->set_sites({"b", "c"}, {}).ok());
  const model::UrlId ids[] = {2, 3};
  const auto rows = *store->urls(ids);
  CHECK(rows[0].site == 0);
  CHECK(rows[1].site == kNoSite);
  CHECK(*store->database().number("SELECT active FROM sites WHERE name = 'a'") == 0);
}

TEST_CASE("records extracted again replace those of the page") {
  Scratch scratch;
  auto store = open_store(scratch.path());
  auto batch = first_batch(*store);
  std::get<model::ParsedPage>(batch.pages[0].parsed.page).records = {{"old", R"({"a":1})", "{}"},
                                                                     {"old", R"({"a":2})", "{}"}};
  put(*store, batch);
  CHECK(*store->database().number("SELECT count(*) FROM v_records") == 2);
  CommitBatch again;
  again.extracted = {{.page_id = 1,
                      .url_id = 1,
                      .site = 0,
                      .rule_set_hash = "r2",
                      .records = {{"new", R"({"a":3})", "{}"}}}};
  put(*store, again);
  CHECK(one_text(store->database(), "SELECT group_concat(rule || fields) FROM v_records") ==
        R"(new{"a":3})");
}

TEST_CASE("field coverage and the records of a page are found again") {
  Scratch scratch;
  {
    auto store = open_store(scratch.path());
    auto batch = first_batch(*store);
    std::get<model::ParsedPage>(batch.pages[0].parsed.page).records = {
        {"b", "{}", "{}"}, {"a", "{}", "{}"}, {"b", "{}", "{}"}};
    batch.coverage = {{"shop", "old"}, {"news", "{}"}};
    put(*store, batch);
    CommitBatch later;
    later.coverage = {{"shop", "new"}};
    put(*store, later);
    CHECK(*store->records_of(1) == PageStore::RecordsByRule{{"a", 1}, {"b", 2}});
    CHECK(store->records_of(99)->empty());
  }
  auto store = open_store(scratch.path());
  const auto kept = *store->coverage();
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].site + kept[0].rounds_json == "news{}");
  CHECK(kept[1].site + kept[1].rounds_json == "shopnew");
}

TEST_CASE("nothing is written any more once a known URL could not be looked up") {
  Scratch scratch;
  StoreOptions options;
  options.seen = {.memory_bytes = 0, .run_entries = 2, .cache_entries = 8};
  auto store = std::move(*SqliteStore::open(scratch.path(), options));
  REQUIRE(store->begin_run({.command = "test", .version = {}, .sites = {"a"}}));
  CommitBatch first;
  first.hosts = {host_named(1, "http://a.test")};
  for (model::UrlId id = 1; id <= 8; ++id) {
    first.new_urls.push_back(new_url(*store, id, "http://a.test/" + std::to_string(id)));
  }
  REQUIRE(store->put(first));
  REQUIRE(store->database().execute("UPDATE url_seen_rows SET data = x'0102'").ok());
  CommitBatch wrong;
  wrong.new_urls = {new_url(*store, 9, "http://a.test/1")};
  for (int again = 0; again < 2; ++again) {
    const auto refused = store->put(wrong);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == base::Error::Code::corrupt);
    CHECK_THAT(refused.error().message, Catch::StartsWith("cannot look up a known URL: "));
  }
  CHECK(*store->database().number("SELECT count(*) FROM urls") == 8);
}

TEST_CASE(
    "hosts to be asked over https only are kept until they are told otherwise, or forgotten") {
  const Scratch scratch;
  MemoryStore memory;
  auto sqlite = open_store(scratch.path());
  const auto at = [](std::int64_t ms) { return base::from_millis(ms); };
  for (PageStore* store :
       {static_cast<PageStore*>(&memory), static_cast<PageStore*>(sqlite.get())}) {
    CommitBatch batch;
    batch.hsts_hosts = {
        {.name = "a.test", .told_at = at(1'000), .until = at(9'000)},
        {.name = "b.test", .with_subdomains = true, .told_at = at(1'000), .until = at(2'000)},
        {.name = "c.test", .told_at = at(1'000), .until = at(9'000)}};
    put(*store, batch);
    put(*store, batch);
    auto known = store->hsts_hosts();
    REQUIRE((known.ok() && known->size() == 3));
    CHECK((*known)[0].until == at(9'000));
    CHECK_FALSE((*known)[0].with_subdomains);
    CHECK((*known)[1].with_subdomains);
    // The time of b is over by then, and c says no longer.
    CommitBatch later;
    later.hsts_hosts = {
        {.name = "c.test", .told_at = at(2'000), .until = at(2'000)},
        {.name = "a.test", .with_subdomains = true, .told_at = at(2'000), .until = at(8'000)}};
    put(*store, later);
    known = store->hsts_hosts();
    REQUIRE((known.ok() && known->size() == 1));
    CHECK((*known)[0].name == "a.test");
    CHECK((*known)[0].with_subdomains);
    CHECK((*known)[0].told_at == at(2'000));
    CHECK((*known)[0].until == at(8'000));
  }
}
