// What is not to be kept goes, and nothing else with it.
#include "storage/prune/pruner.h"

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <utility>

#include "storage/archive/stored_answer.h"
#include "storage/prune/old_versions.h"
#include "storage/reports/audit.h"
#include "storage/reports/diff.h"
#include "storage/sqlite_store.h"
#include "tests/unit/storage/batches.h"
#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::storage;

namespace {

constexpr Millis kNow = 1'800'000'000'000;
constexpr std::size_t kMany = 1'000;

std::unique_ptr<SqliteStore> open(const Scratch& scratch, Keep keep) {
  auto store = SqliteStore::open(
      scratch.path(), {.database = {}, .seen = {}, .search_index = true, .keep = std::move(keep)});
  if (!store) FAIL(store.error().message);
  REQUIRE((*store)->begin_run({.started_at = kNow, .command = "test", .sites = {"s"}}).ok());
  return *std::move(store);
}

void put(SqliteStore& store, const CommitBatch& batch) { REQUIRE(store.put(batch).ok()); }

void prune(SqliteStore& store, std::size_t rows = kMany, Millis now = kNow) {
  for (int slices = 0; slices < 10'000; ++slices) {
    const auto more = store.prune(now, rows);
    if (!more) FAIL(more.error().message);
    if (!*more) return;
  }
  FAIL("it does not end");
}

CommitBatch with_urls(SqliteStore& store, model::UrlId count) {
  CommitBatch batch;
  batch.hosts = {host_named(1, "https://a.test")};
  for (model::UrlId id = 1; id <= count; ++id) {
    batch.new_urls.push_back(new_url(store, id, "https://a.test/" + std::to_string(id)));
  }
  return batch;
}

// The first version of a URL is its first page in a test.
StoredPage version(PageId id, model::UrlId url, const std::string& content,
                   model::Change change = model::Change::changed) {
  StoredPage page = page_of(id, url, "https://a.test/" + std::to_string(url), content);
  page.change = change;
  return page;
}

void put_versions(SqliteStore& store, const std::vector<std::string>& contents) {
  CommitBatch batch = with_urls(store, 1);
  for (const std::string& content : contents) {
    const PageId id = batch.pages.size() + 1;
    batch.pages.push_back(
        version(id, 1, content, id == 1 ? model::Change::first_seen : model::Change::changed));
    batch.fetches.push_back(fetch_of(id, batch.pages.back()));
    batch.fetches.back().change = batch.pages.back().change;
  }
  put(store, batch);
}

// "1 2 5": the first column of all rows.
std::string ids(SqliteStore& store, const char* sql) {
  std::string found;
  const auto done = store.database().each(
      sql, [](Statement&) {},
      [&](Statement& s) { found += (found.empty() ? "" : " ") + std::string(s.text(0)); });
  if (!done) FAIL(done.error().message);
  return found;
}

void check_audit(SqliteStore& store) {
  const auto checks = audit(store.database());
  REQUIRE(checks.ok());
  for (const AuditCheck& check : *checks) {
    INFO(check.name << ": " << check.example);
    CHECK(check.wrong == 0);
  }
}

}  // namespace

TEST_CASE("without a word about it every version and every request stays") {
  const Scratch scratch;
  const auto store = open(scratch, {});
  put_versions(*store, {"one", "two", "three"});
  CHECK(*store->prune(kNow, kMany) == false);
  CHECK(ids(*store, "SELECT id FROM pages") == "1 2 3");
  CHECK(ids(*store, "SELECT id FROM fetches") == "1 2 3");
  CHECK(ids(*store, "SELECT name FROM sqlite_schema WHERE name LIKE 'pages_by%'").empty());
}

TEST_CASE("the newest versions of a page stay, and what belongs to the others goes with them") {
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 2});
  put_versions(*store, {"one", "two", "three", "four"});
  prune(*store);
  CHECK(ids(*store, "SELECT id FROM pages") == "3 4");
  CHECK(ids(*store, "SELECT page_id FROM links") == "3 4");
  CHECK(ids(*store, "SELECT id FROM bodies") == "3 4");
  CHECK(ids(*store, "SELECT ifnull(previous_id, '-') FROM pages ORDER BY id") == "- 3");
  CHECK(ids(*store, "SELECT page_id FROM v_pages") == "4");
  CHECK(ids(*store, "SELECT ifnull(previous_page_id, '-') FROM v_changes ORDER BY fetch_id") ==
        "- - - 3");
  const auto versions = page_versions(store->database(), 1);
  REQUIRE(versions.ok());
  CHECK(versions->size() == 2);
  check_audit(*store);
}

TEST_CASE("words of many versions leave the search index at once, where few versions go") {
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 1});
  std::vector<std::string> contents;
  for (int n = 0; n < 12; ++n) contents.push_back("visit " + std::to_string(n));
  put_versions(*store, contents);
  CommitBatch last;
  last.run.ended_at = kNow;
  put(*store, last);
  REQUIRE(ids(*store, "SELECT count(*) FROM search_docsize") == "12");
  REQUIRE(store->prune(kNow, 1).ok());
  CHECK(ids(*store, "SELECT id FROM search_docsize") == "12");
  CHECK(ids(*store, "SELECT count(*) FROM pages") == "12");
  prune(*store, 1);
  CHECK(ids(*store, "SELECT id FROM pages") == "12");
  CHECK(store->pruned().versions == 11);
}

TEST_CASE("words of one page's very many versions leave the search index together, too") {
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 1});
  std::vector<std::string> contents;
  for (int n = 0; n < 200; ++n) contents.push_back("visit " + std::to_string(n));
  put_versions(*store, contents);
  CommitBatch last;
  last.run.ended_at = kNow;
  put(*store, last);
  int slices_of_words = 0;
  std::string before = ids(*store, "SELECT count(*) FROM search_docsize");
  REQUIRE(before == "200");
  for (bool more = true; more;) {
    const auto pruned = store->prune(kNow, 2);
    REQUIRE(pruned.ok());
    more = *pruned;
    const std::string after = ids(*store, "SELECT count(*) FROM search_docsize");
    slices_of_words += std::exchange(before, after) != after ? 1 : 0;
  }
  CHECK(before == "1");
  CHECK(ids(*store, "SELECT id FROM pages") == "200");
  CHECK(slices_of_words == 4);  // of 64 each, and the rest
}

TEST_CASE("a version goes as soon as there are newer ones, without a restart") {
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 1});
  put_versions(*store, {"one"});
  prune(*store);
  CommitBatch batch;
  batch.pages = {version(2, 1, "two")};
  put(*store, batch);
  prune(*store);
  CHECK(ids(*store, "SELECT id FROM pages") == "2");
}

TEST_CASE("the newest good version stays, however many came since that take no place") {
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 1});
  put_versions(*store, {"good"});
  CommitBatch batch;
  for (const PageId id : {2, 3, 4}) {
    batch.pages.push_back(version(id, 1, "cut off " + std::to_string(id)));
    batch.pages.back().supersedes = false;
  }
  put(*store, batch);
  prune(*store);
  CHECK(ids(*store, "SELECT id FROM pages") == "1 4");
  CHECK(ids(*store, "SELECT page_id FROM v_pages") == "1");
  check_audit(*store);
}

TEST_CASE("versions that took no place are found still when the one they name is gone") {
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 2});
  put_versions(*store, {"good"});
  CommitBatch batch;
  batch.pages = {version(2, 1, "cut off"), version(3, 1, "good again")};
  batch.pages[0].supersedes = false;
  put(*store, batch);
  prune(*store);
  const auto versions = page_versions(store->database(), 1);
  REQUIRE(versions.ok());
  CHECK(versions->size() == 2);
}

TEST_CASE("of very many versions of a page the newest stay, and none names one that is gone") {
  const std::size_t rows = GENERATE(7, 128, 100'000);
  constexpr PageId kVersions = 2'600;
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 3});
  CommitBatch batch = with_urls(*store, 1);
  std::mt19937 random(7);
  PageId good = 1;
  for (PageId id = 1; id <= kVersions; ++id) {
    // Runs of versions that were cut off, one of them over more than is found at a time.
    const bool cut_off = (id > 900 && id < 2'400) || (id > 1 && random() % 3 == 0);
    batch.pages.push_back(version(id, 1, "visit " + std::to_string(id),
                                  id == 1 ? model::Change::first_seen : model::Change::changed));
    batch.pages.back().supersedes = !cut_off;
    if (!cut_off) good = id;
  }
  put(*store, batch);
  for (bool more = true; more;) {
    const auto slice = store->prune(kNow, rows);
    REQUIRE(slice.ok());
    more = *slice;
    REQUIRE(ids(*store,
                "SELECT p.id FROM pages AS p LEFT JOIN pages AS b ON b.id = p.previous_id "
                "WHERE p.previous_id IS NOT NULL AND (b.id IS NULL OR b.id >= p.id)")
                .empty());
    const auto versions = page_versions(store->database(), 1);
    REQUIRE(versions.ok());
    REQUIRE(ids(*store, "SELECT count(*) FROM pages") == std::to_string(versions->size()));
  }
  std::set<std::string> standing = {std::to_string(good)};
  for (PageId id = kVersions - 2; id <= kVersions; ++id) standing.insert(std::to_string(id));
  std::string all;
  for (const std::string& id : standing) all += (all.empty() ? "" : " ") + id;
  CHECK(ids(*store, "SELECT id FROM pages ORDER BY id") == all);
  check_audit(*store);
}

TEST_CASE("of very many versions of a page a thousand are found at a time") {
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 3});
  std::vector<std::string> contents;
  for (int n = 0; n < 1'500; ++n) contents.push_back("visit " + std::to_string(n));
  put_versions(*store, contents);
  OldVersions versions(store->database(), 3);
  REQUIRE(versions.look(128).ok());
  REQUIRE(versions.found().size() == 1);
  CHECK(versions.found().front().versions.size() == 1'000);
}

TEST_CASE("a body that another page names stays, and is that page's then") {
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 1});
  CommitBatch batch = with_urls(*store, 2);
  batch.pages = {version(1, 1, "shared", model::Change::first_seen),
                 version(2, 2, "shared", model::Change::first_seen), version(3, 1, "other")};
  put(*store, batch);
  prune(*store);
  CHECK(ids(*store, "SELECT id FROM pages") == "2 3");
  CHECK(ids(*store, "SELECT id || ':' || page_id FROM bodies ORDER BY id") == "1:2 2:3");
  check_audit(*store);
}

TEST_CASE("a body that went is stored again when its content comes back, after a restart too") {
  const bool restarts = GENERATE(false, true);
  const Scratch scratch;
  auto store = open(scratch, {.versions = 1});
  put_versions(*store, {"one", "two"});
  prune(*store);
  REQUIRE(ids(*store, "SELECT hash FROM bodies") == "hash-two");
  if (restarts) {
    store.reset();
    store = open(scratch, {.versions = 1});
  }
  CommitBatch batch;
  batch.pages = {version(3, 1, "one"), version(4, 1, "two"), version(5, 1, "one")};
  put(*store, batch);
  CHECK(ids(*store, "SELECT hash FROM bodies ORDER BY hash") == "hash-one hash-two");
  CHECK(ids(*store,
            "SELECT DISTINCT b.data FROM pages AS p JOIN bodies AS b ON b.id = p.body_id "
            "WHERE p.id IN (3, 5)") == "packed one");
  check_audit(*store);
  prune(*store);
  check_audit(*store);
}

TEST_CASE("of the versions that have the last body of all only the newest must stay") {
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 1});
  put_versions(*store, {"one", "two", "one", "two", "one", "two", "one"});
  prune(*store);
  CHECK(ids(*store, "SELECT id FROM pages") == "6 7");
  check_audit(*store);
}

TEST_CASE("the number of a body that went is not given to another") {
  const Scratch scratch;
  auto store = open(scratch, {.versions = 1});
  put_versions(*store, {"one", "two", "one"});
  prune(*store);
  store.reset();
  store = open(scratch, {.versions = 1});
  CommitBatch batch;
  batch.pages = {version(4, 1, "three")};
  put(*store, batch);
  CHECK(ids(*store, "SELECT id FROM bodies WHERE hash = 'hash-three'") == "3");
}

TEST_CASE("a text that others name is handed on, to one copy, however many they are") {
  const std::size_t rows = GENERATE(1, 2, 3, 1'000);
  const std::string text(300, 't');
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 1});
  CommitBatch batch = with_urls(*store, 6);
  for (model::UrlId url = 1; url <= 6; ++url) {
    batch.pages.push_back(version(url, url, text, model::Change::first_seen));
  }
  batch.pages.push_back(version(7, 1, "other"));
  put(*store, batch);
  REQUIRE(ids(*store, "SELECT text_page_id FROM pages WHERE id BETWEEN 2 AND 6") == "1 1 1 1 1");
  prune(*store, rows);
  CHECK(ids(*store, "SELECT id FROM pages WHERE text IS NOT NULL") == "2 7");
  CHECK(ids(*store, "SELECT text_page_id FROM pages WHERE id > 2 AND id < 7") == "2 2 2 2");
  CHECK(ids(*store, "SELECT count(*) FROM page_texts WHERE length(text) = 300") == "5");
  check_audit(*store);
}

TEST_CASE("an archive has the versions that stand") {
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 1});
  put_versions(*store, {"one", "two"});
  prune(*store);
  const auto answer = next_answer(store->database(), 0);
  REQUIRE(answer.ok());
  REQUIRE(*answer);
  CHECK((*answer)->page == 2);
  const auto next = next_answer(store->database(), (*answer)->fetch);
  CHECK((next.ok() && !*next));
}

TEST_CASE("old requests go, but the last of a URL and what brought a version that stands") {
  const Scratch scratch;
  const auto store = open(scratch, {.requests = 1'000});
  CommitBatch batch = with_urls(*store, 3);
  batch.pages = {version(1, 1, "page", model::Change::first_seen)};
  batch.fetches = {fetch_of(1, batch.pages[0]),   answer_of(2, 1, "not_modified", 304),
                   answer_of(3, 1, "timeout", 0), answer_of(4, 2, "timeout", 0),
                   answer_of(5, 2, "timeout", 0), answer_of(6, 3, "timeout", 0),
                   answer_of(7, 3, "timeout", 0)};
  batch.fetches[5].started_at = kNow - 999;
  put(*store, batch);
  prune(*store, GENERATE(1, 2, 1'000));
  CHECK(ids(*store, "SELECT id FROM fetches") == "1 3 5 6 7");
  check_audit(*store);
}

TEST_CASE("the last redirect of a URL stays for archives, whatever came after") {
  const Scratch scratch;
  const auto store = open(scratch, {.requests = 1'000});
  CommitBatch batch = with_urls(*store, 1);
  batch.fetches = {answer_of(1, 1, "redirected", 301), answer_of(2, 1, "redirected", 301),
                   answer_of(3, 1, "timeout", 0), answer_of(4, 1, "timeout", 0)};
  put(*store, batch);
  prune(*store);
  CHECK(ids(*store, "SELECT id FROM fetches") == "2 4");
}

TEST_CASE("what an error said goes with its request") {
  const Scratch scratch;
  const auto store = open(scratch, {.requests = 1'000});
  CommitBatch batch = with_urls(*store, 1);
  batch.fetches = {answer_of(1, 1, "http_503", 503), answer_of(2, 1, "http_503", 503),
                   answer_of(3, 1, "http_503", 503)};
  for (FetchRow& row : batch.fetches) row.body.bytes = "packed";
  put(*store, batch);
  prune(*store);
  CHECK(ids(*store, "SELECT fetch_id FROM answer_bodies") == "3");
  check_audit(*store);
}

TEST_CASE("of robots.txt of each host, and of each login, the last request stays") {
  const Scratch scratch;
  const auto store = open(scratch, {.requests = 1'000});
  CommitBatch batch = with_urls(*store, 1);
  const auto other = [&](const std::string& detail) {
    batch.fetches.push_back(answer_of(batch.fetches.size() + 1, 0, "timeout", 0));
    batch.fetches.back().detail = detail;
  };
  other("https://a.test/robots.txt: no answer");
  other("https://b.test/robots.txt");
  other("https://a.test/robots.txt");
  other("login of s: refused");
  other("login of s: done");
  batch.fetches.push_back(answer_of(6, 1, "timeout", 0));
  put(*store, batch);
  prune(*store);
  CHECK(ids(*store, "SELECT id FROM fetches") == "2 3 5 6");
}

TEST_CASE("a change that a hook was not told of stays") {
  const Scratch scratch;
  const auto store = open(scratch, {.requests = 1'000, .hooks = {"webhook"}});
  CommitBatch batch = with_urls(*store, 1);
  for (std::uint64_t id = 1; id <= 5; ++id) batch.fetches.push_back(answer_of(id, 1, "done", 200));
  batch.fetches[1].change = batch.fetches[2].change = model::Change::changed;
  batch.hook_cursors = {{"webhook", 2}, {"exec", 0}};
  put(*store, batch);
  prune(*store);
  CHECK(ids(*store, "SELECT id FROM fetches") == "3 5");
}

TEST_CASE("requests are walked through again after an hour") {
  const Scratch scratch;
  const auto store = open(scratch, {.requests = 1'000});
  prune(*store);
  CommitBatch batch = with_urls(*store, 1);
  batch.fetches = {answer_of(1, 1, "timeout", 0), answer_of(2, 1, "timeout", 0)};
  put(*store, batch);
  prune(*store, kMany, kNow + 3'599'000);
  CHECK(ids(*store, "SELECT id FROM fetches") == "1 2");
  prune(*store, kMany, kNow + 3'601'000);
  CHECK(ids(*store, "SELECT id FROM fetches") == "2");
}

TEST_CASE("old requests go though versions come faster than they go") {
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 1, .requests = 1'000});
  CommitBatch batch = with_urls(*store, 2);
  batch.pages = {version(1, 1, "first", model::Change::first_seen)};
  for (std::uint64_t id = 1; id <= 20; ++id) {
    batch.fetches.push_back(answer_of(id, 2, "timeout", 0));
  }
  put(*store, batch);
  for (PageId page = 2; page < 100; page += 2) {
    CommitBatch more;
    for (const PageId id : {page, page + 1}) {
      more.pages.push_back(version(id, 1, "version " + std::to_string(id)));
      more.pages.back().change = model::Change::changed;
    }
    put(*store, more);
    const auto waits = store->prune(kNow, 1);
    REQUIRE(waits.ok());
    CHECK(*waits);
  }
  CHECK(ids(*store, "SELECT id FROM fetches") == "20");
}

TEST_CASE("a walk through requests that takes more than an hour comes to its end") {
  const Scratch scratch;
  const auto store = open(scratch, {.requests = 1'000});
  CommitBatch batch = with_urls(*store, 40);
  batch.fetches = {answer_of(1, 1, "timeout", 0)};
  for (std::uint64_t id = 1; id <= 40; ++id) {
    batch.fetches.push_back(answer_of(id + 1, id, "timeout", 0));
  }
  put(*store, batch);
  Millis now = kNow;
  for (int slice = 0; slice < 6; ++slice) {
    REQUIRE(store->prune(now, 1).ok());
    now += 7'200'000;
  }
  CHECK(ids(*store, "SELECT min(id) || '-' || max(id) || ': ' || count(*) FROM fetches") ==
        "2-41: 40");
}

TEST_CASE("the request of a version that goes goes in the same pass") {
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 1, .requests = 1'000});
  std::vector<std::string> contents;
  for (int version = 0; version < 100; ++version) contents.push_back(std::to_string(version));
  put_versions(*store, contents);
  prune(*store, 1);
  CHECK(ids(*store, "SELECT id FROM pages") == ids(*store, "SELECT page_id FROM fetches"));
  CHECK(store->pruned().requests == store->pruned().versions);
}

TEST_CASE("an index answers who names a body, a text, and which URLs have versions") {
  const Scratch scratch;
  const auto store = open(scratch, {.versions = 1});
  const auto plan = [&](const std::string& sql) {
    std::string all;
    auto made = Statement::prepare(store->database().raw(), "EXPLAIN QUERY PLAN " + sql);
    REQUIRE(made.ok());
    while (*made->step()) all += std::string(made->text(3)) + "\n";
    return all;
  };
  using Catch::Matchers::Contains;
  CHECK_THAT(plan("SELECT id FROM pages WHERE url_id = ?1 AND previous_id IS NOT NULL "
                  "ORDER BY id DESC LIMIT 1 OFFSET ?2"),
             Contains("pages_versions (url_id=?)") && !Contains("TEMP"));
  CHECK_THAT(plan("SELECT p.id, p.url_id <> ?2 FROM pages AS p WHERE p.text_page_id = ?1 "
                  "ORDER BY p.id DESC LIMIT ?4"),
             Contains("pages_by_text (text_page_id=?)") && !Contains("TEMP"));
  CHECK_THAT(plan("SELECT p.id FROM pages AS g JOIN pages AS p ON p.body_id = g.body_id "
                  "WHERE g.id = ?1 AND p.id <> ?1 ORDER BY p.id DESC LIMIT ?4"),
             Contains("pages_by_body (body_id=?)") && !Contains("TEMP"));
  CHECK_THAT(plan("SELECT url_id FROM pages AS p WHERE p.previous_id IS NOT NULL "
                  "AND p.url_id > ?1 ORDER BY p.url_id LIMIT 1"),
             Contains("pages_versions (url_id>?)") && !Contains("TEMP"));
}

namespace {

// Random visits of a few pages that share texts and bodies, and what must stand of them.
class RandomCrawl {
 public:
  explicit RandomCrawl(unsigned seed) : random_(seed) {}

  void visit(CommitBatch& batch) {
    const model::UrlId url = 1 + pick(5);
    const PageId id = next_++;
    std::string text = "text " + std::to_string(pick(4));
    text.append(pick(3) == 0 ? 0 : 300, 'x');
    const std::string content = text + " markup " + std::to_string(pick(3));
    const bool first = !versions_.contains(url);
    StoredPage page =
        version(id, url, text, first ? model::Change::first_seen : model::Change::changed);
    auto& parsed = std::get<model::ParsedPage>(page.parsed.page);
    parsed.content_hash = "hash-" + content;
    parsed.packed_body.bytes = "packed " + content;
    if (pick(2) == 0) parsed.main_text = "main " + text;
    for (std::size_t n = pick(3); n > 0; --n)
      parsed.records.push_back({.rule = "r", .fields_json = "{}"});
    page.supersedes = first || pick(5) != 0;
    if (page.supersedes) good_[url] = id;
    versions_[url].push_back(id);
    batch.fetches.push_back(fetch_of(id, page));
    batch.pages.push_back(std::move(page));
  }

  // Every version that must stand after a prune; others may, for what they alone hold.
  std::set<PageId> standing(std::size_t keep) const {
    std::set<PageId> ids;
    for (const auto& [url, all] : versions_) {
      ids.insert(all.end() - static_cast<std::ptrdiff_t>(std::min(keep, all.size())), all.end());
      ids.insert(good_.at(url));
    }
    return ids;
  }

  std::size_t pick(std::size_t below) { return random_() % below; }

 private:
  std::mt19937 random_;
  PageId next_ = 1;
  std::map<model::UrlId, std::vector<PageId>> versions_;
  std::map<model::UrlId, PageId> good_;
};

// What a reader sees of each version.
std::map<PageId, std::string> readings(SqliteStore& store) {
  std::map<PageId, std::string> seen;
  const auto done = store.database().each(
      "SELECT p.id, json_array(p.url_id, p.title, p.main_text, p.content_hash, c.body, "
      "(SELECT text FROM page_texts WHERE page_id = p.id), b.hash, CAST(b.data AS TEXT), l.links, "
      "(SELECT json_group_array(id) FROM records WHERE page_id = p.id), "
      "(SELECT json_group_array(id) FROM fetches WHERE page_id = p.id)) "
      "FROM pages AS p LEFT JOIN bodies AS b ON b.id = p.body_id "
      "LEFT JOIN links AS l ON l.page_id = p.id LEFT JOIN search_content AS c ON c.id = p.id",
      [](Statement&) {},
      [&](Statement& s) { seen[static_cast<PageId>(s.integer(0))] = s.text(1); });
  if (!done) FAIL(done.error().message);
  return seen;
}

}  // namespace

TEST_CASE("whatever was stored, what stays reads as before and the books balance") {
  const unsigned seed = GENERATE(range(0U, 30U));
  constexpr std::uint32_t kKeep = 2;
  RandomCrawl crawl(seed);
  const Scratch scratch;
  auto store = open(scratch, {.versions = kKeep});
  put(*store, with_urls(*store, 5));
  for (int round = 0; round < 12; ++round) {
    CommitBatch batch;
    for (std::size_t n = 1 + crawl.pick(12); n > 0; --n) crawl.visit(batch);
    batch.run.ended_at = crawl.pick(2) == 0 ? kNow : 0;  // the search index is brought up, or not
    put(*store, batch);
    const auto before = readings(*store);
    // Some slices, perhaps an end in the middle, then all the others.
    for (std::size_t n = crawl.pick(6); n > 0; --n) {
      REQUIRE(store->prune(kNow, 1 + crawl.pick(4)).ok());
      check_audit(*store);
    }
    if (crawl.pick(3) == 0) {
      store.reset();
      store = open(scratch, {.versions = kKeep});
    }
    prune(*store, 1 + crawl.pick(4));
    check_audit(*store);
    const auto after = readings(*store);
    for (const auto& [page, seen] : after) CHECK(before.at(page) == seen);
    std::set<PageId> needed = crawl.standing(kKeep);
    for (const auto& [page, seen] : after) needed.erase(page);
    CHECK(needed.empty());
    CHECK(after.size() <= crawl.standing(kKeep).size() + 2);
    CHECK(ids(*store,
              "SELECT count(*) FROM pages AS p JOIN bodies AS b ON b.id = p.body_id "
              "LEFT JOIN pages AS f ON f.id = b.page_id WHERE f.body_id IS NOT b.id") == "0");
  }
  CommitBatch last;
  last.run.ended_at = kNow;
  put(*store, last);
  CHECK(store->database()
            .execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
            .ok());
}
