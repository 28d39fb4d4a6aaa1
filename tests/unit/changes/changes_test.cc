#include "storage/reports/changes.h"

#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <functional>
#include <nlohmann/json.hpp>

#include "crawler/pipeline/orphans.h"
#include "crawler/pipeline/rejudge.h"
#include "storage/reports/exports.h"
#include "storage/reports/link_walk.h"
#include "tests/unit/changes/books.h"
#include "tests/unit/storage/batches.h"

using namespace crawld;
using namespace crawld::tests;
using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

const std::set<std::string> kAll = {"new",   "changed",  "unchanged", "gone",
                                    "moved", "orphaned", "adopted"};

std::vector<std::string> kinds(storage::Database& reader) {
  std::vector<std::string> out;
  const auto slice = storage::read_changes(reader, 0, 1'000, kAll);
  REQUIRE(slice);
  for (const std::string& change : slice->changes) out.push_back(json::parse(change)["change"]);
  return out;
}

// As a reload to other sites does.
void reload(Books& books, std::vector<config::Site> sites) {
  books.config().sites = std::move(sites);
  auto judged = pipeline::judge_again(*books.reader(), books.table(), books.clock.wall(),
                                      [] { return true; });
  REQUIRE(judged);
  pipeline::SiteNames names;
  for (const config::Site& site : books.config().sites) names.all.push_back(site.name);
  books.simulation().tell(names);
  books.simulation().reload(books.config(), std::move(judged->news));
}

// What SQLite does for a call, in thousands of its instructions.
int thousands_of_steps(storage::Database& reader, const std::function<void()>& call) {
  int steps = 0;
  sqlite3_progress_handler(
      reader.raw(), 1'000,
      [](void* counted) {
        ++*static_cast<int*>(counted);
        return 0;
      },
      &steps);
  call();
  sqlite3_progress_handler(reader.raw(), 0, nullptr, nullptr);
  return steps;
}

// A site of that many pages, each of which was new.
void crawl_pages(Books& books, int pages) {
  std::string all;
  for (int i = 0; i < pages; ++i) {
    const std::string path = "/" + std::to_string(i);
    all += "<a href=\"" + path + "\">page</a>";
    books.web.page("http://a.test" + path, "page " + path);
  }
  books.web.page("http://a.test/", all);
  books.run(minutes(30));
}

std::int64_t number(Books& books, const char* query) { return *books.reader()->number(query); }

}  // namespace

TEST_CASE("changes come in order from a cursor on, each once, and unwanted ones are passed over") {
  Books books(hourly_site("http://a.test/"));
  books.web.page("http://a.test/", links({"/1", "/2"}));
  books.web.page("http://a.test/1", "one");
  books.web.answers("http://a.test/2",
                    {{.body = "two"}, {.status = 404, .body = {}, .headers = {}}});
  books.run(minutes(90));
  const auto reader = books.reader();
  CHECK(kinds(*reader) ==
        std::vector<std::string>{"new", "new", "new", "unchanged", "unchanged", "gone"});
  std::uint64_t cursor = 0;
  std::vector<std::string> told;
  for (int turn = 0; turn < 20; ++turn) {
    const auto slice = storage::read_changes(*reader, cursor, 1, {"new", "gone"});
    REQUIRE(slice);
    for (const std::string& change : slice->changes) told.push_back(json::parse(change)["url"]);
    cursor = slice->last_id;
    if (!slice->more) break;
  }
  CHECK(told == std::vector<std::string>{"http://a.test/", "http://a.test/1", "http://a.test/2",
                                         "http://a.test/2"});
  CHECK(cursor == *storage::last_change(*reader));
}

TEST_CASE("what few changes cost does not hang on how many follow them, or came before") {
  Books books(quick_site({"http://a.test/"}));
  crawl_pages(books, 2'000);
  const auto reader = books.reader();
  SECTION("told to hooks") {
    const int steps = thousands_of_steps(*reader, [&] {
      const auto slice = storage::read_changes(*reader, 0, 10, kAll);
      REQUIRE(slice);
      CHECK(slice->changes.size() == 10);
      CHECK(slice->last_id < 20);
      CHECK(slice->more);
    });
    CHECK(steps < 5);
  }
  SECTION("asked for by SQL, the last first") {
    const int steps = thousands_of_steps(*reader, [&] {
      int rows = 0;
      REQUIRE(reader->each(
          "SELECT * FROM v_changes ORDER BY fetch_id DESC LIMIT 10", [](storage::Statement&) {},
          [&](storage::Statement&) { ++rows; }));
      CHECK(rows == 10);
    });
    CHECK(steps < 5);
  }
}

TEST_CASE("the view of broken links walks links once, however many URLs are broken") {
  Books books(quick_site({"http://a.test/"}));
  std::string all;
  for (int i = 0; i < 200; ++i) all += "<a href=\"/broken/" + std::to_string(i) + "\">link</a>";
  for (int i = 0; i < 10; ++i) {
    const std::string path = "/" + std::to_string(i);
    books.web.page("http://a.test" + path, all + path);
    all += "<a href=\"" + path + "\">page</a>";
  }
  books.web.page("http://a.test/", all);
  books.run(minutes(30));
  const auto reader = books.reader();
  const int steps = thousands_of_steps(*reader, [&] {
    CHECK(*reader->number("SELECT count(*) FROM v_report_broken_links") == 200 * 11);
  });
  CHECK(steps < 2'000);
}

TEST_CASE("a page that comes back as it was is told with the version that was good by then") {
  Books books(hourly_site("http://a.test/"));
  const Answer one{.body = "<title>One</title>one"};
  const Answer away{.status = 404, .body = {}, .headers = {}};
  const Answer moved{.status = 301, .body = {}, .headers = {{"Location", "/else"}}};
  const Answer two{.body = "<title>Two</title>two"};
  books.web.answers("http://a.test/", {one, away, one, moved, one, two});
  books.web.page("http://a.test/else", "else");
  books.run(hours(5) + minutes(30));
  const auto reader = books.reader();
  const auto slice = storage::read_changes(*reader, 0, 1'000, kAll);
  REQUIRE(slice);
  std::vector<json> told;
  for (const std::string& change : slice->changes) {
    json row = json::parse(change);
    if (row["url"] == "http://a.test/") told.push_back(std::move(row));
  }
  REQUIRE(told.size() == 6);
  for (const std::size_t back : {2U, 4U}) {
    CHECK(told[back]["change"] == "changed");
    CHECK(told[back]["title"] == "One");
    CHECK(told[back]["page_id"] == told[0]["page_id"]);
    CHECK(told[back]["previous_page_id"] == told[0]["page_id"]);
  }
  CHECK(told[5]["title"] == "Two");
  CHECK(told[5]["previous_page_id"] == told[0]["page_id"]);
}

TEST_CASE("changes of both kinds are exported as JSON Lines in one order") {
  Books books(hourly_site("http://a.test/"));
  books.web.answers(
      "http://a.test/",
      {{.body = links({"/lost"})}, {.status = 301, .body = {}, .headers = {{"Location", "/new"}}}});
  books.web.page("http://a.test/lost", "x");
  books.web.page("http://a.test/new", "x y z");
  books.run(minutes(90));
  auto news = pipeline::find_orphans(*books.reader(), books.table(), 1);
  REQUIRE(news);
  books.simulation().tell(*news);
  books.simulation().flush();
  std::vector<json> rows;
  const auto end = storage::export_rows(*books.reader(), {.table = storage::ExportTable::changes},
                                        [&](std::string_view line) {
                                          rows.push_back(json::parse(line));
                                          return true;
                                        });
  REQUIRE(end);
  REQUIRE(rows.size() == 6);
  CHECK(rows[2]["change"] == "moved");
  CHECK(rows[2]["moved_to"] == "http://a.test/new");
  CHECK(rows.back()["change"] == "orphaned");
  CHECK(rows.back()["url"] == "http://a.test/lost");
}

TEST_CASE("changes are exported key by key as they are at once, and looked at once only") {
  Books books(hourly_site("http://a.test/"));
  books.web.page("http://a.test/", links({"/one", "/two"}));
  books.web.page("http://a.test/one", "x");
  books.web.page("http://a.test/two", "x y z");
  books.run(minutes(90));
  const auto exported = [&](storage::ExportOptions options) {
    options.table = storage::ExportTable::changes;
    std::string text;
    const auto end = storage::export_rows(*books.reader(), options, [&](std::string_view line) {
      text += line;
      return true;
    });
    REQUIRE(end);
    CHECK(end->complete);
    CHECK(end->last_key == static_cast<std::int64_t>(*storage::last_change(*books.reader())));
    return text;
  };
  const std::string all = exported({});
  CHECK(std::count(all.begin(), all.end(), '\n') == 6);
  CHECK(exported({.slice = 1}) == all);
  // Those that are not wanted are not looked at again by the call that goes on behind the key.
  CHECK(exported({.since = base::to_millis(books.clock.wall()) + 1}).empty());
}

TEST_CASE("a reload judges what waits, what will be visited again and what was refused") {
  config::Site site = hourly_site("http://a.test/");
  site.exclude = {"*/private/*"};
  Books books(site);
  books.web.page("http://a.test/", links({"/shop/1", "/shop/2", "/private/1", "/news/1"}));
  books.web.page("http://a.test/shop/1", "one");
  books.web.page("http://a.test/news/1", "news");
  books.web.fail("http://a.test/shop/2", model::FetchFailureKind::connect);
  books.simulation().run(5);
  books.simulation().flush();
  books.config().sites[0].exclude = {"*/shop/*"};
  const auto judged = pipeline::judge_again(*books.reader(), books.table(), books.clock.wall(),
                                            [] { return true; });
  REQUIRE(judged);
  CHECK(judged->queued_out + judged->known_out == 2);
  CHECK(judged->queued_out >= 1);
  CHECK(judged->queued_again == 1);
  CHECK(judged->news.all.size() == 3);
}

TEST_CASE("what a reload folds into another host is visited there, and no more where it was") {
  config::Site site = hourly_site("http://www.a.test/");
  site.domains = {"a.test", "alias.test"};
  Books books(site);
  books.web.page("http://www.a.test/", links({"/known", "/late", "http://alias.test/x", "/moved"}));
  books.web.page("http://www.a.test/known", "known");
  books.web.fail("http://www.a.test/late", model::FetchFailureKind::connect);
  books.web.page("http://alias.test/x", "x");
  books.web.redirect("http://www.a.test/moved", "http://www.a.test/target");
  books.web.page("http://www.a.test/target", "target");
  for (const char* path : {"", "known", "late", "x"}) {
    books.web.page(std::string("http://a.test/") + path, path);
  }
  books.run(minutes(30));
  site.canonicalize.fold_www = true;
  site.canonicalize.host_aliases = {{"alias.test", "a.test"}};
  reload(books, {site});
  books.run(hours(3));
  for (const char* path : {"", "known", "late", "x"}) {
    CAPTURE(path);
    CHECK(books.web.count(std::string("http://a.test/") + path) >= 2);
  }
  for (const char* url : {"http://www.a.test/", "http://www.a.test/known", "http://www.a.test/late",
                          "http://alias.test/x"}) {
    CAPTURE(url);
    CHECK(books.simulation().state(url) == "out_of_scope");
  }
  CHECK(books.web.count("http://alias.test/x") == 1);
  CHECK(number(books, "SELECT count(*) FROM urls WHERE reason = 'canonicalize'") >= 4);
  CHECK(number(books,
               "SELECT count(*) FROM pages AS p JOIN urls AS u ON u.id = p.url_id "
               "WHERE u.url = 'http://www.a.test/known'") == 1);  // it stays stored
  // Another change brings the old names back no more; taking the setting back does.
  site.max_depth = 9;
  reload(books, {site});
  books.run(hours(3));
  CHECK(books.web.count("http://alias.test/x") == 1);
  CHECK(books.simulation().state("http://www.a.test/known") == "out_of_scope");
  site.canonicalize.host_aliases.clear();
  reload(books, {site});
  books.run(hours(3));
  CHECK(books.web.count("http://alias.test/x") > 1);
  // Where a redirect leads is no matter of names.
  CHECK(books.web.count("http://www.a.test/target") >= 2);
}

TEST_CASE("what a reload spells otherwise is visited under its new spelling alone") {
  config::Site site = hourly_site("http://a.test/");
  Books books(site);
  books.web.page("http://a.test/", links({"/p?id=1&from=a", "/p?id=1&from=b", "/q?from=a", "/r"}));
  for (const char* url : {"/p?id=1&from=a", "/p?id=1&from=b", "/p?id=1", "/q?from=a", "/q"}) {
    books.web.page(std::string("http://a.test") + url, url);
  }
  books.web.redirect("http://a.test/r", "http://a.test/there?from=r");
  books.web.page("http://a.test/there?from=r", "there");
  books.run(minutes(30));
  const auto visits = [&](const char* path) {
    return books.web.count(std::string("http://a.test") + path);
  };
  REQUIRE(visits("/p?id=1&from=a") == 1);
  config::Site stripped = site;
  stripped.canonicalize.strip_params = {"from"};
  reload(books, {stripped});
  books.run(hours(3));
  for (const char* old : {"/p?id=1&from=a", "/p?id=1&from=b", "/q?from=a"}) {
    CAPTURE(old);
    CHECK(visits(old) == 1);
    CHECK(books.simulation().state(std::string("http://a.test") + old) == "out_of_scope");
  }
  CHECK(visits("/p?id=1") >= 2);
  CHECK(visits("/q") >= 2);
  CHECK(visits("/there?from=r") >= 2);  // a redirect is taken at its word
  reload(books, {site});
  books.run(hours(2));
  CHECK(visits("/p?id=1&from=b") > 1);  // as before it was stripped
}

TEST_CASE("the frontier knows no host of refused URLs, and the books do") {
  config::Site site = hourly_site("http://a.test/");
  Books books(site);
  books.web.page("http://a.test/", links({"http://b.test/", "http://c.test/x", "/y"}));
  books.web.page("http://a.test/y", "y");
  books.web.page("http://b.test/", "b");
  books.run(minutes(30));
  CHECK(books.simulation().frontier().counts().hosts == 1);
  CHECK(number(books, "SELECT count(*) FROM hosts") == 3);
  CHECK(number(books,
               "SELECT count(*) FROM v_why WHERE state = 'out_of_scope' AND host IS NOT NULL") ==
        2);
  site.domains = {"b.test"};
  reload(books, {site});
  books.run(minutes(10));
  CHECK(books.simulation().state("http://b.test/") == "done");
  CHECK(books.simulation().frontier().counts().hosts == 2);
}

TEST_CASE("a site that is new takes the pages in its scope that another one had refused") {
  const config::Site first = hourly_site("http://a.test/");
  Books books(first);
  books.web.page("http://a.test/", links({"http://b.test/", "http://b.test/x", "http://c.test/"}));
  books.web.page("http://b.test/", links({"/x"}));
  books.web.page("http://b.test/x", "x");
  books.run(minutes(30));
  CHECK(books.simulation().state("http://b.test/") == "out_of_scope");
  config::Site second = hourly_site("http://b.test/");
  second.name = "second";
  reload(books, {first, second});
  books.run(minutes(10));
  CHECK(books.simulation().state("http://b.test/") == "done");
  CHECK(books.simulation().state("http://b.test/x") == "done");
  CHECK(books.simulation().state("http://c.test/") == "out_of_scope");
  CHECK(number(books, "SELECT count(*) FROM v_why WHERE site = 'second' AND visits > 0") == 2);
  CHECK(number(books,
               "SELECT c.count FROM url_counts AS c JOIN sites AS s ON s.id = c.site_id "
               "WHERE s.name = 'second' AND c.state = 'done'") == 2);
}

TEST_CASE("a site with another name goes on with the pages of the old one") {
  config::Site site = hourly_site("http://a.test/");
  Books books(site);
  books.web.page("http://a.test/", links({"/x"}));
  books.web.page("http://a.test/x", "x");
  books.run(minutes(30));
  site.name = "renamed";
  reload(books, {site});
  books.run(minutes(60));
  CHECK(number(books, "SELECT count(*) FROM v_why WHERE site = 'renamed' AND visits = 2") == 2);
}

TEST_CASE("a site that a reload took out keeps its id, and passes its pages on") {
  config::Site old = hourly_site("http://a.test/");
  Books books(old);
  books.web.page("http://a.test/", links({"/x", "http://b.test/"}));
  books.web.page("http://a.test/x", "x");
  books.run(minutes(30));
  config::Site renamed = old;
  renamed.name = "renamed";
  config::Site elsewhere = hourly_site("http://b.test/");
  elsewhere.name = "elsewhere";
  books.config().sites = {old, renamed, elsewhere};
  pipeline::SiteTable table = books.table();
  pipeline::take_out(table, {0, 2});
  const auto judged =
      pipeline::judge_again(*books.reader(), table, books.clock.wall(), [] { return true; });
  REQUIRE(judged);
  CHECK(judged->passed == 2);  // http://b.test/ stays out: who would take it has left
  for (const pipeline::Rejudgement& one : judged->news.all) CHECK(one.site == model::SiteId{1});
  pipeline::SiteNames names{.all = {old.name, "renamed", "elsewhere"}, .left = {0, 2}};
  books.simulation().tell(names);
  books.simulation().reload(books.config(), judged->news);
  books.run(minutes(60));
  CHECK(number(books, "SELECT count(*) FROM v_why WHERE site = 'renamed' AND visits = 2") == 2);
  CHECK(number(books, "SELECT count(*) FROM sites WHERE active = 1") == 1);
}

TEST_CASE("near duplicates are clustered by the bits in which their prints differ") {
  using storage::PageId;
  storage::Scratch scratch;
  auto store = *storage::SqliteStore::open(scratch.path(), {});
  REQUIRE(store->begin_run({.command = "t", .version = {}, .sites = {"a"}}));
  storage::CommitBatch batch;
  batch.hosts.push_back(storage::host_named(1, "http://a.test"));
  const std::uint64_t print = 0x8123'4567'89AB'CDEF;
  const std::vector<std::uint64_t> prints = {print,
                                             print ^ 7,
                                             print ^ (1ULL << 63) ^ 3,
                                             print ^ 15,
                                             print ^ 0x8000'0000'0000'0007,
                                             0x1111'2222'3333'4444,
                                             0x1111'2222'3333'4444,
                                             0x7777'0000'7777'0000};
  for (PageId id = 1; id <= prints.size(); ++id) {
    const std::string url = "http://a.test/" + std::to_string(id);
    batch.new_urls.push_back(storage::new_url(*store, id, url));
    batch.pages.push_back(storage::page_of(id, id, url, "text " + std::to_string(id)));
    std::get<model::ParsedPage>(batch.pages.back().parsed.page).simhash = prints[id - 1];
  }
  REQUIRE(store->put(batch));
  std::map<std::int64_t, std::vector<std::int64_t>> clusters;
  auto done = store->database().each(
      "SELECT cluster, page_id FROM v_near_dups ORDER BY page_id", [](storage::Statement&) {},
      [&](storage::Statement& s) { clusters[s.integer(0)].push_back(s.integer(1)); });
  REQUIRE(done);
  // 4 and 5 differ from 1 in four bits, and are near to others of the cluster.
  CHECK(clusters[1] == std::vector<std::int64_t>{1, 2, 3, 4, 5});
  CHECK(clusters[6] == std::vector<std::int64_t>{6, 7});
  CHECK(clusters.size() == 2);
}

TEST_CASE("what a setting refused is queued once that setting says yes, by a reload, too") {
  config::Site site = hourly_site("http://a.test/");
  site.revisit.default_interval = site.revisit.max = std::chrono::hours(24 * 7);
  config::Site after = site;
  SECTION("a budget") {
    site.budget.per_host = 2;
    after.budget.per_host = 9;
  }
  SECTION("a limit of pages") {
    site.limits.pages = 2;
    after.limits.pages = 9;
  }
  SECTION("the longest chain of redirects") { site.max_redirects = 0; }
  SECTION("robots.txt") { after.robots = config::RobotsPolicy::ignore; }
  SECTION("addresses") { after.allow_addresses = {"192.0.2.0/24"}; }
  Books books(site);
  const bool obeys = after.robots == config::RobotsPolicy::ignore;
  if (obeys) books.web.robots("a.test", "User-agent: *\nDisallow: /x");
  const bool closed = !after.allow_addresses.empty();
  if (closed) books.web.fail_host("http://a.test", model::FetchFailureKind::blocked_address);
  books.web.page("http://a.test/", links({"/1", "/2", "/x"}));
  books.web.page("http://a.test/1", "one");
  books.web.page("http://a.test/2", "two");
  books.web.redirect("http://a.test/x", "http://a.test/y");
  books.web.page("http://a.test/y", "y");
  books.run(minutes(30));
  REQUIRE(books.simulation().state("http://a.test/y") != "done");
  books.web.heal_host("http://a.test");
  reload(books, {after});
  books.run(minutes(10));
  CHECK(books.simulation().state("http://a.test/2") == "done");
  CHECK(books.simulation().state("http://a.test/y") == "done");
  if (closed) CHECK(books.web.count("http://a.test/robots.txt") == 2);
}
