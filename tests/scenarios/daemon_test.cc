// What a daemon does over days and weeks: changes, paces, limits, reloads.
#include <catch2/catch.hpp>
#include <numeric>

#include "tests/support/simulation.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

struct Daemon {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;
  config::Config config;

  Simulation start(std::vector<config::Site> sites) {
    config.sites = std::move(sites);
    return Simulation(config, web, clock, store, {.recurring = true});
  }
};

config::Site hourly(const std::string& seed) {
  config::Site site = quick_site({seed});
  site.revisit = {
      .default_interval = hours(1), .min = hours(1), .max = hours(1), .adaptive = false};
  return site;
}

Answer page(const std::string& text) {
  return {.body = "<!doctype html><title>page</title><p>" + text};
}
Answer status(int code) { return {.status = code, .body = {}, .headers = {}}; }

std::size_t changes(const Simulation& simulation, const std::string& kind) {
  const auto& all = simulation.totals().changes;
  const auto found = all.find(kind);
  return found == all.end() ? 0 : found->second;
}

}  // namespace

TEST_CASE("a page that goes is gone once, and changed when it comes back") {
  Daemon daemon;
  daemon.web.answers("http://a.test/", {page("here"), status(404), status(404), status(410),
                                        page("here"), page("here")});
  Simulation simulation = daemon.start({hourly("http://a.test/")});
  simulation.run(1'000, hours(5) + minutes(30));
  CHECK(daemon.web.count("http://a.test/") == 6);
  CHECK(changes(simulation, "new") == 1);
  CHECK(changes(simulation, "gone") == 1);
  CHECK(changes(simulation, "changed") == 1);
  CHECK(changes(simulation, "unchanged") == 1);
  CHECK(daemon.store.pages().size() == 1);
}

TEST_CASE("a page moves once, and only by a permanent redirect") {
  Daemon daemon;
  daemon.web.page("http://a.test/new", links({}));
  const auto redirect = [](int code) {
    return Answer{.status = code, .body = {}, .headers = {{"Location", "/new"}}};
  };
  daemon.web.answers("http://a.test/",
                     {page("here"), redirect(302), redirect(301), redirect(301), redirect(308)});
  Simulation simulation = daemon.start({hourly("http://a.test/")});
  simulation.run(1'000, hours(4) + minutes(30));
  CHECK(changes(simulation, "moved") == 1);
  CHECK(changes(simulation, "gone") == 0);
}

TEST_CASE("a not-found page with status 200 leaves the good version in place") {
  Daemon daemon;
  daemon.web.answers("http://a.test/", {page("a good page"),
                                        {.body = "<title>Page not found</title><h1>Page not found"},
                                        page("a good page")});
  Simulation simulation = daemon.start({hourly("http://a.test/")});
  simulation.run(1'000, hours(1) + minutes(30));
  CHECK(simulation.state("http://a.test/") == "failed");
  CHECK(daemon.store.pages().size() == 1);
  simulation.run(1'000, hours(1));
  CHECK(simulation.state("http://a.test/") == "not_modified");
  CHECK(changes(simulation, "changed") == 0);
}

TEST_CASE("a page that came cut off lends the good version neither its ETag nor its hash") {
  Daemon daemon;
  daemon.web.answers("http://a.test/",
                     {{.body = "<title>whole</title>whole",
                       .headers = {{"Content-Type", "text/html"}, {"ETag", "\"good\""}}},
                      {.body = "<title>wh",
                       .headers = {{"Content-Type", "text/html"}, {"ETag", "\"cut\""}},
                       .truncated = true},
                      {.body = "<title>whole</title>whole"}});
  Simulation simulation = daemon.start({hourly("http://a.test/")});
  simulation.run(1'000, hours(2) + minutes(30));
  CHECK(daemon.web.log().back().validators.etag == "\"good\"");
  CHECK(simulation.state("http://a.test/") == "not_modified");
}

TEST_CASE("a page that was cut off is asked for as a whole, without its validators") {
  Daemon daemon;
  const Answer cut{.body = "<title>wh",
                   .headers = {{"Content-Type", "text/html"}, {"ETag", "\"1\""}},
                   .truncated = true};
  daemon.web.answers("http://a.test/", {cut, cut, {.body = "<title>whole</title>whole"}});
  Simulation simulation = daemon.start({hourly("http://a.test/")});
  simulation.run(1'000, hours(2) + minutes(30));
  CHECK(daemon.web.log().back().validators.empty());
  CHECK(changes(simulation, "new") == 1);
  CHECK(changes(simulation, "changed") == 1);
}

TEST_CASE("the pace of a site follows the time of day") {
  Daemon daemon;
  // The manual clock starts on 2023-11-14 at 22:13:20 UTC.
  std::vector<std::string> targets;
  for (int i = 0; i < 400; ++i) targets.push_back("/" + std::to_string(i));
  daemon.web.page("http://a.test/", links(targets));
  for (const std::string& target : targets) daemon.web.page("http://a.test" + target, target);
  config::Site site = quick_site({"http://a.test/"});
  site.delay = seconds(60);
  site.pace = {"23:00-24:00 delay 30s", "00:00-06:00 off"};
  Simulation simulation = daemon.start({site});
  simulation.run(10'000, hours(8) + minutes(30));
  const milliseconds eleven = minutes(46) + seconds(40);
  const milliseconds midnight = eleven + hours(1);
  const milliseconds six = midnight + hours(6);
  int before = 0;
  int dense = 0;
  int night = 0;
  int after = 0;
  for (const milliseconds at : daemon.web.times("a.test")) {
    ++(at < eleven ? before : at < midnight ? dense : at < six ? night : after);
  }
  CHECK(before >= 46);
  CHECK(before <= 48);
  CHECK(dense >= 118);
  CHECK(dense <= 121);
  CHECK(night == 0);
  CHECK(after >= 40);
}

TEST_CASE("a site off for the hour is told as politeness, not as paused") {
  Daemon daemon;
  daemon.web.page("http://a.test/", links({"/x"}));
  config::Site site = quick_site({"http://a.test/"});
  site.pace = {"off"};
  Simulation simulation = daemon.start({site});
  simulation.run(10, hours(30));
  CHECK(daemon.web.log().empty());
  CHECK(simulation.frontier().holdup(daemon.clock.now()) == frontier::Holdup::politeness);
  simulation.frontier().pause_site(0, true);
  CHECK(simulation.frontier().holdup(daemon.clock.now()) == frontier::Holdup::paused);
}

TEST_CASE("each limit of a site closes that site alone") {
  Daemon daemon;
  for (const std::string host : {"http://a.test", "http://b.test"}) {
    std::vector<std::string> targets;
    for (int i = 0; i < 50; ++i) {
      targets.push_back("/" + std::to_string(i));
      if (i % 2 == 0) daemon.web.page(host + targets.back(), std::string(1'000, 'x'));
      if (i % 2 == 1) daemon.web.answer(host + targets.back(), status(403));
    }
    daemon.web.page(host + "/", links(targets));
  }
  config::Site limited = quick_site({"http://a.test/"});
  config::Site other = quick_site({"http://b.test/"});
  limited.name = "limited";
  other.name = "other";
  std::size_t most = 0;
  SECTION("pages") {
    limited.limits.pages = 10;
    most = 10;
  }
  SECTION("bytes") {
    limited.limits.bytes = 8'000;  // the start page is about 2 kB
    most = 20;
  }
  SECTION("errors") {
    limited.limits.errors = 5;
    most = 16;
  }
  SECTION("time") {
    limited.delay = seconds(1);
    limited.limits.time = seconds(12);
    most = 13;
  }
  Simulation simulation = daemon.start({limited, other});
  simulation.run(10'000, hours(2));
  const auto asked = [&](const std::string& host) {
    std::size_t n = 0;
    for (const std::string& url : daemon.web.pages()) n += url.starts_with(host) ? 1 : 0;
    return n;
  };
  CHECK(asked("http://a.test") <= most);
  CHECK(asked("http://a.test") >= 5);
  CHECK(asked("http://b.test") == 51);
  CHECK(simulation.totals().outcomes.at("over_budget") > 0);
}

TEST_CASE("a site that a limit closed goes on when a reload raises the limit") {
  Daemon daemon;
  std::vector<std::string> targets;
  for (int i = 0; i < 20; ++i) targets.push_back("/" + std::to_string(i));
  daemon.web.page("http://a.test/", links(targets));
  for (const std::string& target : targets) {
    daemon.web.page("http://a.test" + target, std::string(1'000, 'x'));
  }
  config::Site site = quick_site({"http://a.test/"});
  site.limits.bytes = 8'000;
  Simulation simulation = daemon.start({site});
  simulation.run(10'000, minutes(10));
  REQUIRE(simulation.state("http://a.test/19") == "over_budget");
  simulation.flush();
  pipeline::Rejudgements news;
  for (const auto& [id, url] : daemon.store.known()) {
    if (daemon.store.state_of(id) == model::Verdict::over_budget) {
      news.all.push_back({id, model::Verdict::queued, {}});
    }
  }
  REQUIRE(news.all.size() > 10);
  SECTION("above what was used") {
    site.limits.bytes = 1'000'000;
    daemon.config.sites = {site};
    simulation.reload(daemon.config, std::move(news));
    simulation.run(10'000, minutes(10));
    CHECK(simulation.state("http://a.test/19") == "done");
    CHECK(daemon.web.pages().size() == 21);
  }
  SECTION("but not enough") {
    site.limits.bytes = 8'001;
    daemon.config.sites = {site};
    simulation.reload(daemon.config, std::move(news));
    const std::size_t before = daemon.web.pages().size();
    simulation.run(10'000, minutes(10));
    CHECK(daemon.web.pages().size() == before);
  }
}

TEST_CASE("budgets of a daemon count pages, not visits") {
  Daemon daemon;
  daemon.web.page("http://a.test/", links({"/1", "/2", "/3", "/4"}));
  for (int i = 1; i <= 4; ++i) daemon.web.page("http://a.test/" + std::to_string(i), "x");
  config::Site site = hourly("http://a.test/");
  site.budget.per_host = 3;
  Simulation simulation = daemon.start({site});
  simulation.run(1'000, hours(5) + minutes(30));
  CHECK(daemon.web.count("http://a.test/") == 6);
  CHECK(daemon.web.count("http://a.test/1") == 6);
  CHECK(daemon.web.count("http://a.test/3") == 0);
}

TEST_CASE("a budget of a path prefix ends that prefix and no other") {
  Daemon daemon;
  std::vector<std::string> targets;
  for (const char* prefix : {"/a/", "/b/", "/c/"}) {
    for (int i = 0; i < 10; ++i) targets.push_back(prefix + std::to_string(i));
  }
  daemon.web.page("http://a.test/", links(targets));
  for (const std::string& target : targets) daemon.web.page("http://a.test" + target, target);
  config::Site site = quick_site({"http://a.test/"});
  SECTION("as a count") { site.budget.per_prefix = 3; }
  SECTION("as a share of the pages of a host") {
    site.budget.per_host = 30;
    site.budget.per_prefix_share = 0.1;
  }
  Simulation simulation = daemon.start({site});
  simulation.run(1'000, hours(1));
  for (const std::string prefix : {"http://a.test/a/", "http://a.test/b/", "http://a.test/c/"}) {
    std::size_t asked = 0;
    for (const std::string& url : daemon.web.pages()) asked += url.starts_with(prefix) ? 1 : 0;
    CHECK(asked == 3);
  }
  CHECK(simulation.totals().outcomes.at("over_budget") == 21);
}

TEST_CASE("a budget of a path prefix goes on where the run before ended") {
  Daemon daemon;
  std::vector<std::string> targets;
  for (int i = 0; i < 10; ++i) targets.push_back("/a/" + std::to_string(i));
  daemon.web.page("http://a.test/", links(targets));
  for (const std::string& target : targets) daemon.web.page("http://a.test" + target, target);
  config::Site site = quick_site({"http://a.test/"});
  site.budget.per_prefix = 4;
  Simulation before = daemon.start({site});
  before.run(4, hours(1));  // robots.txt, the seed and two pages
  before.flush();
  REQUIRE(daemon.store.pages().size() == 3);
  Simulation simulation = daemon.start({site});
  simulation.run(1'000, hours(1));
  CHECK(daemon.web.pages().size() == 5);
}

TEST_CASE("a site's limit of pages goes on where the run before ended, on all of its hosts") {
  Daemon daemon;
  std::vector<std::string> targets;
  for (int i = 0; i < 9; ++i) targets.push_back("http://h" + std::to_string(i) + ".a.test/");
  daemon.web.page("http://a.test/one/", links(targets));
  for (const std::string& target : targets) daemon.web.page(target, target);
  daemon.web.page("http://a.test/two/", links({"/two/1", "/two/2", "/two/3", "/two/4"}));
  for (int i = 1; i < 5; ++i) daemon.web.page("http://a.test/two/" + std::to_string(i), "x");
  config::Site wide = quick_site({"http://a.test/one/"});
  wide.name = "wide";
  wide.scope = config::Scope::domain;
  wide.limits.pages = 6;
  config::Site narrow = quick_site({"http://a.test/two/"});
  narrow.name = "narrow";
  narrow.scope = config::Scope::prefix;
  narrow.limits.pages = 3;
  const auto start = [&] { return daemon.start({narrow, wide}); };
  Simulation before = start();
  before.run(9, hours(1));
  before.flush();
  const std::size_t stored = daemon.store.pages().size();
  REQUIRE((stored > 3 && stored < 9));
  Simulation simulation = start();
  simulation.run(1'000, hours(1));
  std::size_t of_narrow = 0;
  for (const std::string& url : daemon.web.pages()) of_narrow += url.find("/two/") != url.npos;
  CHECK(of_narrow == 3);
  CHECK(daemon.web.pages().size() == 9);
}

TEST_CASE("a page that waits for another attempt keeps its place in the limit over a restart") {
  Daemon daemon;
  std::vector<std::string> targets;
  for (int i = 0; i < 6; ++i) targets.push_back("/" + std::to_string(i));
  daemon.web.page("http://a.test/", links(targets));
  for (const std::string& target : targets) {
    daemon.web.answers("http://a.test" + target,
                       {{.status = 500, .body = {}, .headers = {}}, {.body = target}});
  }
  config::Site site = quick_site({"http://a.test/"});
  site.retry_delay = std::chrono::minutes(10);
  site.limits.pages = 4;
  Simulation before = daemon.start({site});
  before.run(5, std::chrono::minutes(5));  // robots.txt, the seed, three that fail
  before.flush();
  REQUIRE(daemon.store.pages().size() == 1);
  Simulation after = daemon.start({site});
  after.run(1'000, hours(1));
  CHECK(daemon.store.pages().size() == 4);
}

TEST_CASE("a budget of a host goes on where the run before ended") {
  Daemon daemon;
  std::vector<std::string> targets;
  for (int i = 0; i < 8; ++i) targets.push_back("/" + std::to_string(i));
  daemon.web.page("http://a.test/", links(targets));
  config::Site site = quick_site({"http://a.test/"});
  site.retry_delay = std::chrono::minutes(10);
  site.budget.per_host = 4;
  SECTION("with pages that are stored") {
    for (const std::string& target : targets) daemon.web.page("http://a.test" + target, target);
  }
  SECTION("with pages that wait for another attempt") {
    for (const std::string& target : targets) {
      daemon.web.answers("http://a.test" + target,
                         {{.status = 500, .body = {}, .headers = {}}, {.body = target}});
    }
  }
  Simulation before = daemon.start({site});
  before.run(4, std::chrono::minutes(5));  // robots.txt, the seed and two pages
  before.flush();
  Simulation after = daemon.start({site});
  after.run(1'000, hours(1));
  CHECK(daemon.store.pages().size() == 4);
}

TEST_CASE("a host that was dead for a while is visited again") {
  Daemon daemon;
  daemon.web.page("http://a.test/", links({"/x"}));
  daemon.web.page("http://a.test/x", "x");
  daemon.web.fail_host("http://a.test", model::FetchFailureKind::connect);
  Simulation simulation = daemon.start({hourly("http://a.test/")});
  simulation.run(1'000, hours(6));
  CHECK(simulation.state("http://a.test/") != "done");
  // The circuit lets a probe through now and then, no storm.
  CHECK(daemon.web.log().size() < 60);
  daemon.web.heal_host("http://a.test");
  simulation.run(1'000, hours(6));
  CHECK(daemon.web.count("http://a.test/x") >= 1);
}

TEST_CASE("an outage costs hours, not the interval of a page, and a long one few requests") {
  Daemon daemon;
  daemon.web.page("http://a.test/", "x");
  const auto break_host = GENERATE(
      +[](ScriptedWeb& web) { web.fail_host("http://a.test", model::FetchFailureKind::connect); },
      +[](ScriptedWeb& web) { web.answer("http://a.test/robots.txt", {.status = 503}); },
      +[](ScriptedWeb& web) { web.fail("http://a.test/", model::FetchFailureKind::timeout); },
      +[](ScriptedWeb& web) {
        web.fail_host("http://a.test", model::FetchFailureKind::blocked_address);
      });
  break_host(daemon.web);
  Simulation simulation = daemon.start({quick_site({"http://a.test/"})});
  SECTION("soon over") {
    simulation.run(1'000, std::chrono::minutes(10));
    REQUIRE(simulation.state("http://a.test/") != "done");
    daemon.web.heal("http://a.test/");
    daemon.web.page("http://a.test/robots.txt", "");
    daemon.web.heal_host("http://a.test");
    simulation.run(1'000, hours(2));
    CHECK(simulation.state("http://a.test/") == "done");
  }
  SECTION("for a month") {
    simulation.run(100'000, hours(30 * 24));
    CHECK(daemon.web.log().size() < 3 * 40 + 30);
    CHECK(daemon.web.log().size() > 20);
  }
}

TEST_CASE("a host skipped for its Crawl-delay is crawled when a reload bears the delay") {
  Daemon daemon;
  daemon.web.robots("a.test", "User-agent: *\nCrawl-delay: 60");
  daemon.web.page("http://a.test/", "x");
  config::Site site = quick_site({"http://a.test/"});
  site.on_excess = config::OnExcess::skip;
  Simulation simulation = daemon.start({site});
  simulation.run(1'000, minutes(5));
  REQUIRE(simulation.state("http://a.test/") == "disallowed");
  SECTION("in part") { site.on_excess = config::OnExcess::clamp; }
  SECTION("as a whole") { site.max_crawl_delay = minutes(2); }
  daemon.config.sites = {site};
  pipeline::Rejudgements news;
  news.all.push_back({1, model::Verdict::queued, {}});
  simulation.reload(daemon.config, std::move(news));
  simulation.run(1'000, minutes(5));
  CHECK(simulation.state("http://a.test/") == "done");
  CHECK(daemon.web.count("http://a.test/robots.txt") == 1);
}

TEST_CASE("a reload takes queued URLs out of scope out of the frontier, and others in") {
  Daemon daemon;
  std::vector<std::string> targets;
  for (int i = 0; i < 600; ++i) targets.push_back("/old/" + std::to_string(i));
  targets.push_back("/new/1");
  daemon.web.page("http://a.test/", links(targets));
  for (const std::string& target : targets) daemon.web.page("http://a.test" + target, target);
  config::Site site = quick_site({"http://a.test/"});
  site.exclude = {"*/new/*"};
  Simulation simulation = daemon.start({site});
  simulation.run(12);  // robots.txt, the seed, ten pages
  REQUIRE(simulation.state("http://a.test/new/1") == "out_of_scope");
  // More than a window: most of them wait on disk.
  pipeline::Rejudgements news;
  for (const auto& [id, url] : daemon.store.known()) {
    if (url.url.find("/old/") != std::string::npos) {
      news.all.push_back({id, model::Verdict::out_of_scope, "exclude[0]"});
    } else if (url.url.find("/new/") != std::string::npos) {
      news.all.push_back({id, model::Verdict::queued, {}});
    }
  }
  site.exclude = {"*/old/*"};
  daemon.config.sites = {site};
  simulation.reload(daemon.config, std::move(news));
  const std::size_t before = daemon.web.pages().size();
  simulation.run(1'000, minutes(10));
  CHECK(simulation.state("http://a.test/old/599") == "out_of_scope");
  CHECK(simulation.state("http://a.test/old/3") == "out_of_scope");  // its page stays stored
  CHECK(daemon.store.pages().size() == daemon.web.pages().size());
  CHECK(simulation.state("http://a.test/new/1") == "done");
  CHECK(daemon.web.pages().size() == before + 1);
  CHECK(simulation.frontier().counts().waiting == 0);
  const auto states = daemon.store.count_states();
  const auto sum = std::accumulate(states->begin(), states->end(), std::uint64_t{0},
                                   [](auto n, const auto& entry) { return n + entry.second; });
  CHECK(sum == daemon.store.known().size());
}

TEST_CASE("a reload leaves the scope that a moved seed took along") {
  Daemon daemon;
  daemon.web.redirect("http://example.org/", "http://www.example.org/");
  daemon.web.page("http://www.example.org/", links({"/x"}));
  daemon.web.page("http://www.example.org/x", links({"/y"}));
  daemon.web.page("http://www.example.org/y", "");
  Simulation simulation = daemon.start({quick_site({"http://example.org/"})});
  simulation.run(4);  // two robots.txt, the seed, its target
  simulation.reload(daemon.config, {});
  simulation.run(1'000, minutes(10));
  CHECK(simulation.state("http://www.example.org/y") == "done");
}

TEST_CASE("a daemon that only visits again keeps the queue on disk small") {
  Daemon daemon;
  daemon.web.page("http://a.test/", links({"/x"}));
  daemon.web.page("http://a.test/x", "x");
  config::Site site = quick_site({"http://a.test/"});
  site.schedule = "every 1m";
  Simulation simulation = daemon.start({site});
  simulation.run(20'000, hours(100));
  simulation.flush();
  CHECK(daemon.web.count("http://a.test/x") >= 5'900);
  CHECK(daemon.store.chunks()->size() <= 4'100);
}

TEST_CASE("after a restart as many URLs wait as are queued") {
  Daemon daemon;
  std::vector<std::string> targets;
  for (int i = 0; i < 2'000; ++i) targets.push_back("/" + std::to_string(i));
  daemon.web.page("http://a.test/", links(targets));
  const config::Site site = quick_site({"http://a.test/"});
  {
    Simulation before = daemon.start({site});
    before.run(2, hours(1));  // robots.txt and the seed
    before.flush();
  }
  REQUIRE(daemon.store.chunks()->size() > 1);
  Simulation simulation = daemon.start({site});
  CHECK(simulation.frontier().counts().waiting == 2'000);
}
