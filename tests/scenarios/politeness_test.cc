#include <catch2/catch.hpp>

#include "tests/support/simulation.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::milliseconds;
using Times = std::vector<milliseconds>;

namespace {

struct Crawl {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;

  Simulation start(config::Site site, Simulation::Recrawl recrawl = Simulation::Recrawl::no) {
    config::Config config;
    config.sites = {std::move(site)};
    return Simulation(std::move(config), web, clock, store, {}, recrawl);
  }
};

}  // namespace

TEST_CASE("robots.txt is asked first on every host") {
  Crawl crawl;
  crawl.web.page("http://a.test/", links({"/x", "http://b.test/"}));
  crawl.web.page("http://a.test/x", "");
  crawl.web.page("http://b.test/", "");
  config::Site site = quick_site({"http://a.test/"});
  site.scope = config::Scope::any;
  crawl.start(site).run();
  CHECK(crawl.web.log().front().url == "http://a.test/robots.txt");
  CHECK(crawl.web.count("http://b.test/robots.txt") == 1);
  CHECK(crawl.web.pages().size() == 3);
}

TEST_CASE("a disallowed URL is never asked for and is booked with the line that decided") {
  Crawl crawl;
  crawl.web.robots("a.test", "User-agent: *\nDisallow: /private/\n");
  crawl.web.page("http://a.test/", links({"/private/x", "/open"}));
  crawl.web.page("http://a.test/open", "");
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(crawl.web.count("http://a.test/private/x") == 0);
  CHECK(simulation.state("http://a.test/private/x") == "disallowed");
  CHECK(simulation.state("http://a.test/open") == "done");
}

TEST_CASE("a host stays closed until its crawl delay has passed") {
  Crawl crawl;
  crawl.web.robots("a.test", "User-agent: *\nCrawl-delay: 5");
  crawl.web.page("http://a.test/", links({"/x", "/y"}));
  crawl.web.page("http://a.test/x", "");
  crawl.web.page("http://a.test/y", "");
  crawl.start(quick_site({"http://a.test/"})).run();
  // The delay counts from robots.txt itself, though that was asked before it was known.
  CHECK(crawl.web.times("a.test") ==
        Times{milliseconds(0), milliseconds(5000), milliseconds(10000), milliseconds(15000)});
}

TEST_CASE("the delay of the site lies between all requests to a host") {
  Crawl crawl;
  crawl.web.page("http://a.test/", links({"/x", "/y"}));
  crawl.web.page("http://a.test/x", "");
  crawl.web.page("http://a.test/y", "");
  config::Site site = quick_site({"http://a.test/"});
  site.delay = milliseconds(1000);
  crawl.start(site).run();
  CHECK(crawl.web.times("a.test") ==
        Times{milliseconds(0), milliseconds(1000), milliseconds(2000), milliseconds(3000)});
}

TEST_CASE("a Crawl-delay over the limit is clamped, or the host is skipped") {
  Crawl crawl;
  crawl.web.robots("a.test", "User-agent: *\nCrawl-delay: 86400");
  crawl.web.page("http://a.test/", links({"/x"}));
  crawl.web.page("http://a.test/x", "");
  config::Site site = quick_site({"http://a.test/"});
  site.max_crawl_delay = milliseconds(2000);
  SECTION("clamped") {
    Simulation simulation = crawl.start(site);
    simulation.run();
    CHECK(crawl.web.times("a.test").back() == milliseconds(4000));
    CHECK(simulation.state("http://a.test/x") == "done");
  }
  SECTION("skipped") {
    site.on_excess = config::OnExcess::skip;
    Simulation simulation = crawl.start(site);
    simulation.run();
    CHECK(crawl.web.pages().empty());
    CHECK(simulation.state("http://a.test/") == "disallowed");
  }
}

TEST_CASE("a site that a reload gives another name is judged by the lines of that name") {
  Crawl crawl;
  crawl.web.robots("a.test", "User-agent: testbot\nDisallow: /\n\nUser-agent: other\nAllow: /\n");
  crawl.web.page("http://a.test/", "");
  crawl.web.page("http://a.test/late", "");
  config::Config config;
  config.sites = {quick_site({"http://a.test/"})};
  config.user_agent.name = "testbot";
  Simulation simulation(config, crawl.web, crawl.clock, crawl.store, {.recurring = true});
  simulation.run(10, std::chrono::minutes(1));
  CHECK(crawl.web.pages().empty());
  config.sites[0].headers["User-Agent"] = "other/1.0";
  simulation.reload(config, {});
  simulation.tell(pipeline::Injections{
      {{.url = *model::Url::parse("http://a.test/late"), .state = model::Verdict::queued}}});
  simulation.run(10, std::chrono::minutes(1));
  CHECK(crawl.web.count("http://a.test/robots.txt") == 2);
  CHECK(simulation.state("http://a.test/late") == "done");
}

TEST_CASE("Retry-After of a 429 closes the host, then the page is fetched") {
  Crawl crawl;
  crawl.web.answers(
      "http://a.test/",
      {{.status = 429, .body = {}, .headers = {{"Retry-After", "4"}}}, {.body = links({})}});
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(crawl.web.times("a.test").at(2) >= milliseconds(4000));
  CHECK(simulation.state("http://a.test/") == "done");
}

TEST_CASE("a Retry-After of a year gives the URL up and the crawl ends") {
  Crawl crawl;
  crawl.web.answer("http://a.test/",
                   {.status = 503, .body = {}, .headers = {{"Retry-After", "31536000"}}});
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(simulation.finished());
  CHECK(simulation.state("http://a.test/") == "failed");
  CHECK(crawl.clock.elapsed() < std::chrono::minutes(2));
}

TEST_CASE("a host that asks for an hour again and again is left alone, and comes back afterwards") {
  Crawl crawl;
  std::vector<std::string> targets;
  for (int i = 0; i < 40; ++i) targets.push_back("/" + std::to_string(i));
  crawl.web.page("http://a.test/", links(targets));
  const Answer tired{.status = 429, .body = {}, .headers = {{"Retry-After", "3600"}}};
  for (const std::string& target : targets) crawl.web.answer("http://a.test" + target, tired);
  config::Site site = quick_site({"http://a.test/"});
  SECTION("once") {
    Simulation simulation = crawl.start(site);
    simulation.run();
    CHECK(simulation.finished());
    CHECK(crawl.web.pages().size() == 4);  // the seed, then three that ask for patience
    CHECK(simulation.totals().problems.at("host_throttles") == 37);
  }
  SECTION("by a daemon") {
    config::Config config;
    config.sites = {site};
    Simulation simulation(config, crawl.web, crawl.clock, crawl.store, {.recurring = true});
    simulation.run(1'000, std::chrono::minutes(50));
    CHECK(crawl.web.pages().size() == 4);
    for (const std::string& target : targets) crawl.web.page("http://a.test" + target, target);
    simulation.run(1'000, std::chrono::hours(3));
    for (const std::string& target : targets) {
      CHECK(simulation.state("http://a.test" + target) == "done");
    }
  }
}

TEST_CASE("a host that fails at everything is asked now and then, and is crawled once it is well") {
  Crawl crawl;
  std::vector<std::string> targets;
  for (int i = 0; i < 60; ++i) targets.push_back("/" + std::to_string(i));
  crawl.web.page("http://a.test/", links(targets));
  const Answer down{.status = 502, .body = {}, .headers = {}};
  for (const std::string& target : targets) crawl.web.answer("http://a.test" + target, down);
  config::Config config;
  config.sites = {quick_site({"http://a.test/"})};
  SECTION("soon") {
    Simulation simulation(config, crawl.web, crawl.clock, crawl.store, {});
    simulation.run(1'000, std::chrono::minutes(5));
    CHECK(crawl.web.pages().size() < 25);
    simulation.flush();
    std::string reason;
    REQUIRE(crawl.store.each_host([&](const storage::HostState& host) { reason = host.reason; }));
    CHECK_THAT(reason, Catch::Contains("server errors (5xx) in a row"));
    for (const std::string& target : targets) crawl.web.page("http://a.test" + target, target);
    simulation.run();
    CHECK(simulation.finished());
    for (const std::string& target : targets) {
      CHECK(simulation.state("http://a.test" + target) == "done");
    }
    CHECK(crawl.clock.elapsed() < std::chrono::minutes(8));
  }
  SECTION("never") {
    Simulation simulation(config, crawl.web, crawl.clock, crawl.store, {});
    simulation.run();
    CHECK(simulation.finished());
    CHECK(crawl.web.pages().size() < 40);
    CHECK(crawl.clock.elapsed() < std::chrono::minutes(20));
    CHECK(simulation.totals().problems.at("host_fails") > 40);
  }
}

TEST_CASE("a broken part of a site does not pass for the whole host") {
  Crawl crawl;
  std::vector<std::string> targets;
  for (int i = 0; i < 100; ++i)
    targets.push_back((i < 40 ? "/broken/" : "/well/") + std::to_string(i));
  crawl.web.page("http://a.test/", links(targets));
  for (int i = 0; i < 100; ++i) {
    if (i < 40) {
      crawl.web.answer("http://a.test" + targets[i], {.status = 500, .body = {}, .headers = {}});
    } else {
      crawl.web.page("http://a.test" + targets[i], targets[i]);
    }
  }
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(simulation.finished());
  for (int i = 0; i < 100; ++i) {
    CHECK(simulation.state("http://a.test" + targets[i]) == (i < 40 ? "failed" : "done"));
  }
  CHECK(simulation.totals().problems.count("host_fails") == 0);
  CHECK(crawl.clock.elapsed() < std::chrono::minutes(2));
}

TEST_CASE("an endless 429 is asked a bounded number of times with growing gaps") {
  Crawl crawl;
  crawl.web.answer("http://a.test/", {.status = 429, .body = {}, .headers = {}});
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  const Times times = crawl.web.times("a.test");
  REQUIRE(times.size() == 5);  // robots.txt, then four attempts
  CHECK(times[3] - times[2] > times[2] - times[1]);
  CHECK(times[4] - times[3] > times[3] - times[2]);
  CHECK(simulation.state("http://a.test/") == "failed");
}

TEST_CASE("a host without a robots.txt answer is left alone after a few tries") {
  Crawl crawl;
  crawl.web.answer("http://a.test/robots.txt", {.status = 503, .body = {}, .headers = {}});
  crawl.web.page("http://a.test/", links({}));
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(crawl.web.count("http://a.test/robots.txt") == 3);
  CHECK(crawl.web.pages().empty());
  CHECK(simulation.state("http://a.test/") == "disallowed");
}

TEST_CASE("robots.txt behind redirects holds for the host that was asked for") {
  Crawl crawl;
  crawl.web.redirect("http://a.test/robots.txt", "http://b.test/rules");
  crawl.web.answer("http://b.test/rules", {.body = "User-agent: *\nDisallow: /no",
                                           .headers = {{"Content-Type", "text/plain"}}});
  crawl.web.page("http://a.test/", links({"/no", "/yes"}));
  crawl.web.page("http://a.test/yes", "");
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(crawl.web.count("http://a.test/no") == 0);
  CHECK(simulation.state("http://a.test/yes") == "done");
}

TEST_CASE("a slow host does not hold up another one") {
  Crawl crawl;
  crawl.web.robots("slow.test", "User-agent: *\nCrawl-delay: 20");
  crawl.web.page("http://slow.test/", links({"/1", "/2", "/3"}));
  crawl.web.page("http://fast.test/", links({"/1", "/2", "/3"}));
  for (const std::string host : {"http://slow.test/", "http://fast.test/"}) {
    for (const std::string path : {"1", "2", "3"}) crawl.web.page(host + path, "");
  }
  crawl.start(quick_site({"http://slow.test/", "http://fast.test/"})).run();
  CHECK(crawl.web.times("fast.test").back() < milliseconds(1000));
  CHECK(crawl.web.times("slow.test").back() >= milliseconds(60'000));
}

TEST_CASE("a dead host is given up after a few requests") {
  Crawl crawl;
  std::vector<std::string> targets;
  for (int i = 0; i < 100; ++i) targets.push_back("/" + std::to_string(i));
  crawl.web.page("http://a.test/", links(targets));
  for (const std::string& target : targets) {
    crawl.web.fail("http://a.test" + target, model::FetchFailureKind::timeout);
  }
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(simulation.finished());
  CHECK(crawl.web.log().size() < 20);
}

TEST_CASE("a robots.txt that is asked for too often keeps the host waiting as long as it says") {
  Crawl crawl;
  crawl.web.answer("http://a.test/robots.txt",
                   {.status = 429, .body = {}, .headers = {{"Retry-After", "40"}}});
  crawl.web.page("http://a.test/", links({}));
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  const auto times = crawl.web.times("a.test");
  REQUIRE(times.size() == 3);
  CHECK(times[1] - times[0] >= std::chrono::seconds(40));
  CHECK(crawl.web.pages().empty());
  CHECK(simulation.state("http://a.test/") == "disallowed");
}

TEST_CASE("no Retry-After of a robots.txt is cut short") {
  Crawl crawl;
  crawl.web.answer("http://a.test/robots.txt",
                   {.status = 503, .body = {}, .headers = {{"Retry-After", "200"}}});
  crawl.web.page("http://a.test/", links({}));
  crawl.start(quick_site({"http://a.test/"})).run();
  const auto times = crawl.web.times("a.test");
  REQUIRE(times.size() == 3);
  CHECK(times[1] - times[0] >= std::chrono::seconds(200));
  CHECK(times[2] - times[1] >= std::chrono::seconds(200));
}

TEST_CASE("a robots.txt that is to be asked for next year means no, at once") {
  Crawl crawl;
  crawl.web.answer("http://a.test/robots.txt",
                   {.status = 503, .body = {}, .headers = {{"Retry-After", "31536000"}}});
  crawl.web.page("http://a.test/", links({}));
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(simulation.finished());
  CHECK(crawl.web.times("a.test").size() == 1);
  CHECK(simulation.state("http://a.test/") == "disallowed");
}

TEST_CASE("a part of a robots.txt is not the rules") {
  Crawl crawl;
  crawl.web.answer("http://a.test/robots.txt",
                   {.status = 206, .body = "User-agent: *\nDisallow:", .truncated = true});
  crawl.web.page("http://a.test/", links({}));
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(crawl.web.pages().empty());
}

TEST_CASE("a robots.txt that could not be read says no after a restart, too") {
  Crawl crawl;
  const Answer unreadable =
      GENERATE(Answer{.body = "User-agent: *", .headers = {{"Content-Encoding", "x-unheard-of"}}},
               Answer{.status = 206, .body = "User-agent: *", .truncated = true});
  crawl.web.answer("http://a.test/robots.txt", unreadable);
  crawl.start(quick_site({"http://a.test/"})).run();
  Simulation again = crawl.start(quick_site({"http://a.test/", "http://a.test/other"}));
  again.run();
  CHECK(crawl.web.pages().empty());
  CHECK(again.state("http://a.test/other") == "disallowed");
}

TEST_CASE("a robots.txt that fails and redirects in turn is given up") {
  Crawl crawl;
  int asked = 0;
  crawl.web.otherwise([&](const std::string&) {
    return ++asked % 2 == 0 ? Answer{.status = 503}
                            : Answer{.status = 302, .headers = {{"Location", "/robots2.txt"}}};
  });
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run(100);
  CHECK(crawl.web.pages().size() < 20);
}

TEST_CASE("a robots.txt that is asked for again keeps the pace of the host that answered") {
  Crawl crawl;
  std::vector<std::string> seeds;
  for (const char* host : {"http://a.test/", "http://b.test/", "http://c.test/"}) {
    crawl.web.redirect(std::string(host) + "robots.txt", "http://rules.test/robots.txt");
    seeds.emplace_back(host);
  }
  crawl.web.answer("http://rules.test/robots.txt", {.status = 503, .headers = {}});
  config::Site site = quick_site(seeds);
  site.delay = milliseconds(1'000);
  crawl.start(site).run();
  const auto times = crawl.web.times("rules.test");
  REQUIRE(times.size() == 9);
  for (std::size_t i = 1; i < times.size(); ++i) {
    CHECK(times[i] - times[i - 1] >= milliseconds(1'000));
  }
}

TEST_CASE("a host that could not be had is asked again by the next run") {
  Crawl crawl;
  crawl.web.page("http://a.test/other", "");
  crawl.web.fail_host("http://a.test", model::FetchFailureKind::connect);
  crawl.start(quick_site({"http://a.test/"})).run();
  SECTION("and booked as before where it still cannot") {
    Simulation again = crawl.start(quick_site({"http://a.test/other"}));
    again.run();
    CHECK(again.state("http://a.test/other") == "failed");
    CHECK(again.totals().problems.at("connect") == 1);
  }
  SECTION("and crawled where it can") {
    crawl.web.heal_host("http://a.test");
    Simulation again = crawl.start(quick_site({"http://a.test/other"}));
    again.run();
    CHECK(again.state("http://a.test/other") == "done");
  }
}

TEST_CASE("a recrawl asks anew for a robots.txt that was not to be had") {
  Crawl crawl;
  crawl.web.answers("http://a.test/robots.txt",
                    {{.status = 503}, {.status = 503}, {.status = 503}, {.status = 404}});
  crawl.web.page("http://a.test/other", "");
  crawl.start(quick_site({"http://a.test/"})).run();
  const auto recrawl = GENERATE(Simulation::Recrawl::no, Simulation::Recrawl::yes);
  Simulation again = crawl.start(quick_site({"http://a.test/other"}), recrawl);
  again.run();
  CHECK(again.state("http://a.test/other") ==
        (recrawl == Simulation::Recrawl::yes ? "done" : "disallowed"));
}

TEST_CASE("an address that is not contacted closes its host, and not for a run that opens it") {
  Crawl crawl;
  crawl.web.robots("a.test", "User-agent: *\nDisallow: /private");
  crawl.web.page("http://a.test/other", "");
  crawl.web.fail_host("http://a.test", model::FetchFailureKind::blocked_address);
  Simulation before = crawl.start(quick_site({"http://a.test/"}));
  before.run();
  CHECK(before.state("http://a.test/") == "blocked");
  CHECK(before.totals().problems.at("blocked_address") == 1);
  crawl.web.heal_host("http://a.test");
  Simulation again = crawl.start(quick_site({"http://a.test/other", "http://a.test/private"}));
  again.run();
  CHECK(again.state("http://a.test/other") == "done");
  CHECK(again.state("http://a.test/private") == "disallowed");
}
