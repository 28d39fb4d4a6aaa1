#include <catch2/catch.hpp>
#include <deque>

#include "tests/support/simulation.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::hours;

namespace {

Answer sitemap(const std::string& path) {
  return {.body = "<urlset><url><loc>http://a.test/" + path + "</loc></url></urlset>",
          .headers = {{"Content-Type", "application/xml"}}};
}

}  // namespace

TEST_CASE("a sitemap that changes is asked for more often, one that does not less often") {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;
  config::Config config;
  config::Site site = quick_site({"http://a.test/"});
  site.revisit = {
      .default_interval = hours(16), .min = hours(1), .max = hours(400), .adaptive = true};
  config.sites = {site};
  web.robots("a.test", "Sitemap: http://a.test/lively.xml\nSitemap: http://a.test/still.xml");
  web.page("http://a.test/", "");
  std::deque<Answer> versions;
  for (int i = 0; i < 20; ++i) versions.push_back(sitemap("new" + std::to_string(i)));
  web.answers("http://a.test/lively.xml", versions);
  web.answer("http://a.test/still.xml", sitemap("old"));
  Simulation simulation(config, web, clock, store, {.recurring = true});
  simulation.run(100'000, hours(47));
  // At 0, 16, 24, 28 hours ...; at 0, 16 and 40.
  CHECK(web.count("http://a.test/lively.xml") > 6);
  CHECK(web.count("http://a.test/still.xml") == 3);
  for (const auto& [id, url] : store.known()) {
    if (url.purpose != model::Purpose::sitemap) continue;
    for (const auto& [fetch, row] : store.fetches()) {
      if (row.url_id == id) CHECK(row.change == model::Change::none);  // it is no page
    }
  }
}

TEST_CASE("a date of a sitemap that lies in the future is no reason for a visit") {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;
  config::Config config;
  config::Site site = quick_site({"http://a.test/"});
  site.revisit = {.default_interval = hours(24 * 30),
                  .min = hours(1),
                  .max = hours(24 * 30),
                  .adaptive = false};
  config.sites = {site};
  web.robots("a.test", "Sitemap: http://a.test/one.xml\nSitemap: http://a.test/two.xml");
  web.page("http://a.test/", "");
  const auto dated = [](const std::string& date) {
    return Answer{.body = "<urlset><url><loc>http://a.test/page</loc><lastmod>" + date +
                          "</lastmod></url></urlset>",
                  .headers = {{"Content-Type", "application/xml"}}};
  };
  web.page("http://a.test/page", "x");
  // Both list the page; the second cannot be had for a day.
  web.answer("http://a.test/one.xml", dated("2001-01-01"));
  web.answer("http://a.test/two.xml", {.status = 503, .body = {}});
  Simulation simulation(config, web, clock, store, {.recurring = true});
  simulation.run(100'000, hours(24));
  REQUIRE(web.count("http://a.test/page") == 1);
  const bool future = GENERATE(true, false);
  const auto day = base::to_iso8601(clock.wall() + hours(future ? 24 * 400 : -1)).substr(0, 19);
  web.answer("http://a.test/two.xml", dated(day + "Z"));
  simulation.run(100'000, hours(24 * 20));
  CHECK(web.count("http://a.test/page") == (future ? 1 : 2));
}
