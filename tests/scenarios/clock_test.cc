// The wall clock is set while a crawl runs: what is planned keeps its distance from now.
#include <catch2/catch.hpp>

#include "tests/support/simulation.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

namespace {

struct Crawl {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;

  Simulation start(config::Site site, pipeline::RunMode mode = {}) {
    config::Config config;
    config.sites = {std::move(site)};
    return Simulation(std::move(config), web, clock, store, mode);
  }
};

Answer busy() { return {.status = 503, .body = {}, .headers = {}}; }

}  // namespace

TEST_CASE("a clock that is set back or forward by a day holds up no retry and hurries none") {
  for (const hours step : {hours(-24), hours(24)}) {
    CAPTURE(step.count());
    Crawl crawl;
    crawl.web.answers("http://a.test/", {busy(), {.body = links({})}});
    config::Site site = quick_site({"http://a.test/"});
    site.retry_delay = minutes(1);
    Simulation simulation = crawl.start(site);
    simulation.run(2);  // robots.txt and the first attempt
    simulation.run(1, milliseconds(500));
    REQUIRE(simulation.state("http://a.test/") == "retry_later");
    crawl.clock.set_wall(step);
    simulation.run();
    CHECK(simulation.finished());
    CHECK(simulation.state("http://a.test/") == "done");
    const auto times = crawl.web.times("a.test");
    REQUIRE(times.size() == 3);
    CHECK(times[2] - times[1] >= minutes(1));
    CHECK(times[2] - times[1] < minutes(3));
  }
}

TEST_CASE("a clock that is set makes no burst of visits and lets none out") {
  for (const hours step : {hours(-24), hours(24)}) {
    CAPTURE(step.count());
    Crawl crawl;
    for (int n = 0; n < 10; ++n) crawl.web.page("http://a.test/" + std::to_string(n), links({}));
    crawl.web.page("http://a.test/",
                   links({"/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9"}));
    config::Site site = quick_site({"http://a.test/"});
    site.delay = milliseconds(1'000);
    site.revisit.default_interval = hours(10);
    site.revisit.min = hours(10);
    site.revisit.max = hours(10);
    Simulation simulation = crawl.start(site, {.recurring = true});
    simulation.run(100, hours(1));
    REQUIRE(crawl.web.count("http://a.test/5") == 1);
    crawl.clock.set_wall(step);
    simulation.run(100, hours(8));
    CHECK(crawl.web.count("http://a.test/5") == 1);
    simulation.run(100, hours(4));
    CHECK(crawl.web.count("http://a.test/5") == 2);
    const auto times = crawl.web.times("a.test");
    for (std::size_t i = 1; i < times.size(); ++i)
      CHECK(times[i] - times[i - 1] >= milliseconds(1'000));
  }
}

TEST_CASE(
    "what fell due while the machine slept is visited once it wakes, by a robots.txt of today") {
  Crawl crawl;
  crawl.web.page("http://a.test/", links({"/5"}));
  crawl.web.page("http://a.test/5", links({}));
  config::Site site = quick_site({"http://a.test/"});
  site.delay = milliseconds(1'000);
  site.revisit.default_interval = hours(30);
  site.revisit.min = hours(30);
  site.revisit.max = hours(30);
  Simulation simulation = crawl.start(site, {.recurring = true});
  simulation.run(100, hours(1));
  REQUIRE(crawl.web.count("http://a.test/5") == 1);
  crawl.clock.sleep(hours(28));
  simulation.run(100, minutes(30));
  CHECK(crawl.web.count("http://a.test/5") == 1);
  simulation.run(100, hours(1));
  CHECK(crawl.web.count("http://a.test/5") == 2);
  CHECK(crawl.web.count("http://a.test/robots.txt") == 2);
  const auto times = crawl.web.times("a.test");
  for (std::size_t i = 1; i < times.size(); ++i)
    CHECK(times[i] - times[i - 1] >= milliseconds(1'000));
}

TEST_CASE("a host that asked for a rest before the machine slept is asked when that is over") {
  Crawl crawl;
  crawl.web.page("http://a.test/", links({"/5"}));
  const Answer busy{.status = 503, .body = {}, .headers = {{"Retry-After", "1200"}}};
  crawl.web.answers("http://a.test/5", {busy, Answer{.body = "x"}});
  config::Site site = quick_site({"http://a.test/"});
  site.max_retry_after = hours(1);
  Simulation simulation = crawl.start(site, {});
  simulation.run(100, minutes(2));
  REQUIRE(crawl.web.count("http://a.test/5") == 1);
  crawl.clock.sleep(minutes(16));
  simulation.run(100, minutes(1));
  CHECK(crawl.web.count("http://a.test/5") == 1);
  simulation.run(100, minutes(2));
  CHECK(crawl.web.count("http://a.test/5") == 2);
}
