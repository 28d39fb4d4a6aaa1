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
