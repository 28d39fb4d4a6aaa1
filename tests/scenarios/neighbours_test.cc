// Sites of one configuration that link to each other.
#include <catch2/catch.hpp>

#include "tests/support/simulation.h"

using namespace crawld;
using namespace crawld::tests;

namespace {

config::Site site_of(const std::string& name, const std::string& seed, config::Scope scope) {
  config::Site site = quick_site({seed});
  site.name = name;
  site.scope = scope;
  return site;
}

model::SiteId site_in(const storage::MemoryStore& store, const std::string& url) {
  for (const auto& [id, row] : store.known()) {
    if (row.url == url) return row.site;
  }
  return storage::kNoSite;
}

}  // namespace

TEST_CASE("a page that another site links to first is crawled by the site it belongs to") {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;
  config::Config config;
  config.sites = {site_of("a", "http://a.test/", config::Scope::host),
                  site_of("b", "http://b.test:8080/", config::Scope::host),
                  site_of("docs", "http://c.test/docs/", config::Scope::prefix),
                  site_of("blog", "http://c.test/blog/", config::Scope::prefix)};
  web.page("http://a.test/", links({"http://b.test:8080/x", "http://c.test/blog/x",
                                    "http://c.test/shop", "http://else.test/"}));
  web.page("http://b.test:8080/", links({"/later"}));
  web.page("http://b.test:8080/later", links({"/x"}));
  web.page("http://b.test:8080/x", "");
  web.page("http://c.test/docs/", links({"/docs/y", "/blog/y"}));
  web.page("http://c.test/docs/y", "");
  web.page("http://c.test/blog/", links({"/blog/x", "/blog/y"}));
  web.page("http://c.test/blog/x", "");
  web.page("http://c.test/blog/y", "");
  Simulation simulation(config, web, clock, store);
  simulation.run();
  CHECK(simulation.state("http://b.test:8080/x") == "done");
  CHECK(site_in(store, "http://b.test:8080/x") == 1);
  CHECK(simulation.state("http://c.test/docs/y") == "done");
  CHECK(simulation.state("http://c.test/blog/x") == "done");
  CHECK(simulation.state("http://c.test/blog/y") == "done");
  CHECK(site_in(store, "http://c.test/blog/y") == 3);
  CHECK(simulation.state("http://c.test/shop") == "out_of_scope");
  CHECK(simulation.state("http://else.test/") == "out_of_scope");
}

TEST_CASE("a page is handed to a site in that site's own form, and once") {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;
  config::Config config;
  config::Site plain = site_of("b", "http://b.test/", config::Scope::host);
  plain.canonicalize.strip_params = {"sort"};
  config.sites = {site_of("a", "http://a.test/", config::Scope::host), plain};
  web.page("http://a.test/",
           links({"http://b.test/x?sort=1", "http://b.test/x?sort=2", "http://b.test/x"}));
  web.page("http://b.test/", "");
  web.page("http://b.test/x", "");
  Simulation simulation(config, web, clock, store);
  simulation.run();
  CHECK(simulation.state("http://b.test/x") == "done");
  CHECK(site_in(store, "http://b.test/x") == 1);
  CHECK(store.pages().size() == 3);
}

TEST_CASE("a site is known by the name that its seed is known by") {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;
  config::Config config;
  config::Site folded = site_of("b", "http://www.b.test/", config::Scope::host);
  folded.canonicalize.fold_www = true;
  config.sites = {site_of("a", "http://a.test/", config::Scope::host), folded};
  web.page("http://a.test/", links({"http://b.test/x", "http://www.b.test/y"}));
  web.page("http://b.test/", links({"/z"}));
  for (const char* page : {"http://b.test/x", "http://b.test/y", "http://b.test/z"}) {
    web.page(page, page);
  }
  Simulation simulation(config, web, clock, store);
  simulation.run();
  for (const char* page : {"http://b.test/x", "http://b.test/y", "http://b.test/z"}) {
    CHECK(simulation.state(page) == "done");
    CHECK(site_in(store, page) == 1);
  }
}

TEST_CASE("a sitemap that robots.txt names by an alias is asked for by the host's name") {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;
  config::Config config;
  config::Site site = site_of("a", "http://a.test/", config::Scope::host);
  site.canonicalize.host_aliases = {{"old.test", "a.test"}};
  config.sites = {site};
  web.robots("a.test", "Sitemap: http://old.test/map.xml");
  web.page("http://a.test/", "");
  web.answer("http://a.test/map.xml",
             {.body = "<urlset><url><loc>http://a.test/x</loc></url></urlset>",
              .headers = {{"Content-Type", "application/xml"}}});
  web.page("http://a.test/x", "");
  Simulation simulation(config, web, clock, store);
  simulation.run();
  CHECK(simulation.state("http://a.test/x") == "done");
  CHECK(web.count("http://old.test/robots.txt") == 0);
}

TEST_CASE("a site that is visited without a pause leaves turns of their host to another") {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;
  config::Config config;
  config.sites = {site_of("news", "http://a.test/news/", config::Scope::prefix),
                  site_of("docs", "http://a.test/docs/", config::Scope::prefix)};
  for (config::Site& site : config.sites) site.delay = std::chrono::seconds(1);
  config.sites[0].schedule = "every 1s";
  std::vector<std::string> chapters;
  for (int i = 0; i < 20; ++i) chapters.push_back("/docs/" + std::to_string(i));
  for (const std::string& path : chapters) web.page("http://a.test" + path, path);
  web.page("http://a.test/docs/", links(chapters));
  web.page("http://a.test/news/", links({"/news/today", "/news/later"}));
  web.page("http://a.test/news/today", "today");
  web.page("http://a.test/news/later", "later");
  Simulation simulation(config, web, clock, store, {.recurring = true});
  simulation.run(1'000, std::chrono::minutes(1));
  for (const std::string& path : chapters) CHECK(web.count("http://a.test" + path) == 1);
  // And each of the news has its share of the rest.
  for (const char* page :
       {"http://a.test/news/", "http://a.test/news/today", "http://a.test/news/later"}) {
    CHECK(web.count(page) >= 9);
  }
}
