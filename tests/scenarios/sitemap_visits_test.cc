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

// `count` URLs of other hosts, numbered from `first`.
Answer foreign_sitemap(int first, int count) {
  Answer answer{.body = "<urlset>",
                .headers = {{"Content-Type", "application/xml"}, {"ETag", "\"1\""}}};
  for (int i = first; i < first + count; ++i) {
    answer.body += "<url><loc>http://b.test/" + std::to_string(i) + "</loc></url>";
  }
  answer.body += "</urlset>";
  return answer;
}

std::size_t rows_of(const storage::MemoryStore& store, const std::string& beginning) {
  std::size_t rows = 0;
  for (const auto& [id, url] : store.known()) rows += url.url.starts_with(beginning) ? 1 : 0;
  return rows;
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

TEST_CASE("what sitemaps name and scope refuses fills the books up to a bound only") {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;
  config::Config config;
  config.sites = {quick_site({"http://a.test/"})};
  std::string robots;
  constexpr int kEach = 50'000;
  for (int i = 0; i < 7; ++i) {
    const std::string url = "http://a.test/" + std::to_string(i) + ".xml";
    robots += "Sitemap: " + url + "\n";
    web.answer(url, foreign_sitemap(i * kEach, kEach));
  }
  web.robots("a.test", robots);
  web.page("http://a.test/", links({"http://b.test/349999"}));
  const auto last_etag_sent_to = [&](const std::string& url) {
    std::string etag;
    for (const SeenRequest& request : web.log()) {
      if (request.url == url) etag = request.validators.etag;
    }
    return etag;
  };
  Simulation simulation(config, web, clock, store);
  simulation.run();
  const std::size_t bound = pipeline::SitemapBounds::kMostRefused;
  CHECK(rows_of(store, "http://b.test/") <= bound + 1);  // that the page links to, too
  CHECK(rows_of(store, "http://b.test/") >= bound);
  CHECK(simulation.state("http://b.test/349999") == "out_of_scope");
  CHECK(simulation.totals().problems.at(std::string(pipeline::kUrlsLeftOut)) == 2);
  // What was left out is found when the sitemaps are visited again.
  Simulation again(config, web, clock, store, {}, Simulation::Recrawl::yes);
  again.run();
  CHECK(last_etag_sent_to("http://a.test/0.xml") == "\"1\"");
  CHECK(last_etag_sent_to("http://a.test/6.xml").empty());
}
