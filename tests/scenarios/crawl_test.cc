#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/support/simulation.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::milliseconds;

namespace {

struct Crawl {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;
  config::Config config;

  Simulation start(config::Site site, pipeline::RunMode mode = {}) {
    config.sites = {std::move(site)};
    return Simulation(config, web, clock, store, mode);
  }
  Simulation recrawl(config::Site site) {
    config.sites = {std::move(site)};
    return Simulation(config, web, clock, store, {}, Simulation::Recrawl::yes);
  }
};

// A site of `count` pages, each linking to the next three.
void add_chain(ScriptedWeb& web, int count) {
  for (int i = 0; i < count; ++i) {
    std::vector<std::string> next;
    for (int j = 1; j <= 3; ++j) {
      if (i + j < count) next.push_back("/" + std::to_string(i + j));
    }
    web.page("http://a.test/" + std::to_string(i), links(next));
  }
}

}  // namespace

TEST_CASE("a page and what it links to are stored once each") {
  Crawl crawl;
  crawl.web.page("http://a.test/", links({"/x", "/x#part", "/y", "/"}));
  crawl.web.page("http://a.test/x", links({"/y", "/"}));
  crawl.web.page("http://a.test/y", links({"/x"}));
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(simulation.finished());
  CHECK(crawl.store.pages().size() == 3);
  CHECK(crawl.web.pages().size() == 3);
}

TEST_CASE("every URL that was ever found stands in a named state, and the books balance") {
  Crawl crawl;
  crawl.web.robots("a.test", "User-agent: *\nDisallow: /no");
  crawl.web.page("http://a.test/", links({"/x", "/gone", "/no", "http://else.test/", "/moved"}));
  crawl.web.page("http://a.test/x", "");
  crawl.web.redirect("http://a.test/moved", "/x");
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(simulation.state("http://a.test/") == "done");
  CHECK(simulation.state("http://a.test/x") == "done");
  CHECK(simulation.state("http://a.test/gone") == "gone");
  CHECK(simulation.state("http://a.test/no") == "disallowed");
  CHECK(simulation.state("http://else.test/") == "out_of_scope");
  CHECK(simulation.state("http://a.test/moved") == "redirected");
  std::uint64_t sum = 0;
  const auto states = crawl.store.count_states();
  for (const auto& [state, count] : *states) sum += count;
  CHECK(sum == crawl.store.known().size());
}

TEST_CASE("a killed crawl goes on where it was and loses nothing") {
  for (std::size_t killed_after = 1; killed_after < 40; killed_after += 3) {
    Crawl crawl;
    add_chain(crawl.web, 50);
    crawl.start(quick_site({"http://a.test/0"})).run(killed_after);
    Simulation again = crawl.start(quick_site({"http://a.test/0"}));
    again.run();
    INFO("killed after " << killed_after << " requests");
    CHECK(again.finished());
    CHECK(crawl.store.pages().size() == 50);
    // At most one batch of four pages and its robots.txt were fetched again.
    CHECK(crawl.web.log().size() <= 51 + 4 + 1);
  }
}

TEST_CASE("a finished crawl run again fetches nothing") {
  Crawl crawl;
  add_chain(crawl.web, 5);
  crawl.start(quick_site({"http://a.test/0"})).run();
  const std::size_t requests = crawl.web.log().size();
  Simulation again = crawl.start(quick_site({"http://a.test/0"}));
  again.run();
  CHECK(again.finished());
  CHECK(crawl.web.log().size() == requests);
}

TEST_CASE("redirects are followed as links, up to the limit") {
  Crawl crawl;
  for (int i = 0; i < 60; ++i) {
    crawl.web.redirect("http://a.test/r" + std::to_string(i), "/r" + std::to_string(i + 1), 302);
  }
  Simulation simulation = crawl.start(quick_site({"http://a.test/r0"}));
  simulation.run();
  CHECK(simulation.finished());
  CHECK(crawl.web.pages().size() == 21);  // the seed and 20 hops
  CHECK(simulation.state("http://a.test/r20") == "too_deep");
}

TEST_CASE("a way back through redirects is gone once more, for cookies that came on it") {
  Crawl crawl;
  const auto to = [](const char* where) {
    return Answer{.status = 302, .headers = {{"Location", where}}};
  };
  crawl.web.answers("http://a.test/", {to("/check"), {.body = links({"/self"})}});
  crawl.web.answer("http://a.test/check", to("/again"));
  crawl.web.answer("http://a.test/again", to("/"));
  crawl.web.answers("http://a.test/self", {to("/self"), {.body = "itself"}});
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(simulation.state("http://a.test/") == "done");
  CHECK(simulation.state("http://a.test/self") == "done");
  CHECK(crawl.web.pages().size() == 6);
}

TEST_CASE("redirects that lead in a circle are named, and left") {
  Crawl crawl;
  int asked = 0;
  const auto to = [](const char* where) {
    return Answer{.status = 302, .headers = {{"Location", where}}};
  };
  SECTION("over another page") {
    crawl.web.answer("http://a.test/", to("/check"));
    crawl.web.answer("http://a.test/check", to("/"));
  }
  SECTION("at once") { crawl.web.answer("http://a.test/", to("/")); }
  SECTION("over another page each time") {
    crawl.web.answer("http://a.test/robots.txt", {.status = 404});
    crawl.web.otherwise([&asked, to](const std::string& url) {
      return url == "http://a.test/" ? to(("/check" + std::to_string(++asked)).c_str()) : to("/");
    });
  }
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run(50);
  CHECK(simulation.finished());
  CHECK(crawl.web.pages().size() <= 4);
  CHECK(simulation.totals().problems.at("redirect_loop") >= 1);
}

TEST_CASE("the last problems are kept, and not all of them") {
  Crawl crawl;
  std::string links;
  for (int i = 0; i < 15; ++i) links += "<a href=/" + std::to_string(i) + ">x</a>";
  crawl.web.page("http://a.test/", links);
  crawl.web.otherwise([](const std::string&) { return Answer{.status = 404}; });
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run(50);
  const auto& totals = simulation.totals();
  CHECK(totals.problems.at("http_404") == 15);
  REQUIRE(totals.last_problems.size() == pipeline::kProblemsKept);
  CHECK(totals.last_problems.back().url == "http://a.test/14");
  CHECK(totals.last_problems.back().reason == "http_404");
}

TEST_CASE("a redirect to another host asks that host's robots.txt first") {
  Crawl crawl;
  crawl.web.redirect("http://a.test/", "http://b.test/", 302);
  crawl.web.robots("b.test", "User-agent: *\nDisallow: /");
  config::Site site = quick_site({"http://a.test/"});
  site.scope = config::Scope::any;
  Simulation simulation = crawl.start(site);
  simulation.run();
  CHECK(crawl.web.count("http://b.test/robots.txt") == 1);
  CHECK(crawl.web.count("http://b.test/") == 0);
  CHECK(simulation.state("http://b.test/") == "disallowed");
}

TEST_CASE("a seed that moved within its domain takes the scope along") {
  Crawl crawl;
  crawl.web.redirect("http://example.org/", "http://www.example.org/");
  crawl.web.page("http://www.example.org/", links({"/x"}));
  crawl.web.page("http://www.example.org/x", "");
  Simulation simulation = crawl.start(quick_site({"http://example.org/"}));
  simulation.run();
  CHECK(simulation.state("http://www.example.org/x") == "done");
}

TEST_CASE("a scope that a moved seed took along holds after a restart, for that domain's seeds") {
  Crawl crawl;
  crawl.web.redirect("http://example.org/", "http://www.example.org/");
  crawl.web.page("http://www.example.org/", links({"/x"}));
  crawl.web.page("http://www.example.org/x", links({"/y"}));
  crawl.web.page("http://www.example.org/y", links({"/z"}));
  crawl.web.page("http://www.example.org/z", "");
  Simulation before = crawl.start(quick_site({"http://example.org/"}));
  before.run(5);  // two robots.txt, the seed, its target, /x
  before.flush();
  REQUIRE(before.state("http://www.example.org/y") == "queued");
  SECTION("the same seed") {
    Simulation after = crawl.start(quick_site({"http://example.org/"}));
    after.run();
    CHECK(after.state("http://www.example.org/z") == "done");
  }
  SECTION("another seed") {
    crawl.web.page("http://other.test/", "");
    Simulation after = crawl.start(quick_site({"http://other.test/"}));
    after.run();
    CHECK(after.state("http://www.example.org/z") == "out_of_scope");
  }
}

TEST_CASE("the depth limit counts link hops from the seed") {
  Crawl crawl;
  crawl.web.page("http://a.test/", links({"/1"}));
  crawl.web.page("http://a.test/1", links({"/2"}));
  crawl.web.page("http://a.test/2", links({"/3"}));
  config::Site site = quick_site({"http://a.test/"});
  site.max_depth = 2;
  Simulation simulation = crawl.start(site);
  simulation.run();
  CHECK(simulation.state("http://a.test/2") == "done");
  CHECK(simulation.state("http://a.test/3") == "too_deep");
}

TEST_CASE("sitemaps named by robots.txt are read and their pages fetched") {
  Crawl crawl;
  crawl.web.robots("a.test", "Sitemap: http://a.test/map.xml");
  crawl.web.answer(
      "http://a.test/map.xml",
      {.body =
           "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><url><loc>http://a.test/"
           "hidden</loc></url><url><loc>http://off.test/</loc></url></urlset>",
       .headers = {{"Content-Type", "application/xml"}}});
  crawl.web.page("http://a.test/", links({}));
  crawl.web.page("http://a.test/hidden", "");
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(simulation.state("http://a.test/hidden") == "done");
  CHECK(simulation.state("http://off.test/") == "out_of_scope");
}

TEST_CASE("a trap of endless new links stops at the page budget of its host") {
  Crawl crawl;
  for (int i = 0; i < 200; ++i) {
    crawl.web.page("http://a.test/t" + std::to_string(i),
                   links({"/t" + std::to_string(i + 1), "/t" + std::to_string(i + 2)}));
  }
  config::Site site = quick_site({"http://a.test/t0"});
  site.budget.per_host = 30;
  Simulation simulation = crawl.start(site);
  simulation.run();
  CHECK(simulation.finished());
  CHECK(crawl.web.pages().size() == 30);
}

TEST_CASE("the page limit ends a run and leaves the rest queued") {
  Crawl crawl;
  add_chain(crawl.web, 50);
  crawl.config.limits.pages = 10;
  Simulation simulation = crawl.start(quick_site({"http://a.test/0"}));
  simulation.run(1000, std::chrono::minutes(1));
  CHECK(crawl.store.pages().size() == 10);
  CHECK(crawl.web.pages().size() == 10);
}

TEST_CASE("a failing server is asked again with back-off and finally stored") {
  Crawl crawl;
  crawl.web.answers("http://a.test/", {{.status = 500, .body = {}, .headers = {}},
                                       {.status = 500, .body = {}, .headers = {}},
                                       {.body = links({})}});
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(simulation.state("http://a.test/") == "done");
  CHECK(crawl.clock.elapsed() >= milliseconds(3000));
}

TEST_CASE("meta robots nofollow keeps the links of a page from being followed") {
  Crawl crawl;
  crawl.web.page("http://a.test/", "<meta name=robots content=nofollow>" + links({"/x"}));
  Simulation simulation = crawl.start(quick_site({"http://a.test/"}));
  simulation.run();
  CHECK(simulation.state("http://a.test/x") == "unknown");
}

TEST_CASE("a recurring site asks again with its validators, and a 304 stores no version") {
  Crawl crawl;
  crawl.web.answers(
      "http://a.test/",
      {{.body = links({}), .headers = {{"Content-Type", "text/html"}, {"ETag", "\"v1\""}}},
       {.status = 304, .body = {}, .headers = {}}});
  config::Site site = quick_site({"http://a.test/"});
  site.revisit.default_interval = std::chrono::hours(1);
  Simulation simulation = crawl.start(site, {.recurring = true});
  simulation.run(100, std::chrono::hours(3));
  CHECK(crawl.web.count("http://a.test/") >= 2);
  CHECK(crawl.web.log().back().validators.etag == "\"v1\"");
  CHECK(crawl.store.pages().size() == 1);
}

TEST_CASE("a scheduled site is visited at the beat of its schedule") {
  Crawl crawl;
  crawl.web.page("http://a.test/", links({}));
  config::Site site = quick_site({"http://a.test/"});
  site.robots = config::RobotsPolicy::ignore;
  site.schedule = "every 6h";
  Simulation simulation = crawl.start(site, {.recurring = true});
  simulation.run(100, std::chrono::hours(25));
  const auto times = crawl.web.times("a.test");
  REQUIRE(times.size() == 5);
  CHECK(times[2] - times[1] == std::chrono::hours(6));
  CHECK(times[4] - times[3] == std::chrono::hours(6));
}

// The site http://a.test/, all of whose URLs are visited every ten hours.
void run_past_the_second_visit(Crawl& crawl) {
  config::Site site = quick_site({"http://a.test/"});
  site.revisit.default_interval = std::chrono::hours(10);
  site.revisit.adaptive = false;
  Simulation simulation = crawl.start(site, {.recurring = true});
  simulation.run(100, std::chrono::hours(10) + std::chrono::minutes(1));
}

TEST_CASE("a newer lastmod in a sitemap brings a visit forward") {
  Crawl crawl;
  const auto sitemap = [](const std::string& lastmod) {
    return Answer{.body = "<urlset><url><loc>http://a.test/</loc><lastmod>" + lastmod +
                          "</lastmod></url></urlset>",
                  .headers = {{"Content-Type", "application/xml"}}};
  };
  crawl.web.robots("a.test", "Sitemap: http://a.test/map.xml");
  crawl.web.page("http://a.test/", links({}));
  crawl.web.answers("http://a.test/map.xml",
                    {sitemap("2020-01-01"), sitemap("2023-11-15T09:00:00Z")});
  run_past_the_second_visit(crawl);
  // Each was visited at the start and after ten hours, at 08:13; the page once more at the
  // sitemap's word.
  CHECK(crawl.web.count("http://a.test/map.xml") == 2);
  CHECK(crawl.web.count("http://a.test/") == 3);
}

TEST_CASE("an entry of a feed that is newer than the last visit brings the next one forward") {
  Crawl crawl;
  const auto feed = [](const std::string& date) {
    return Answer{
        .body = "<rss version=\"2.0\"><channel><item><link>http://a.test/post</link><pubDate>" +
                date + "</pubDate></item></channel></rss>",
        .headers = {{"Content-Type", "application/rss+xml"}}};
  };
  crawl.web.page("http://a.test/", links({"/feed", "/post"}));
  crawl.web.page("http://a.test/post", links({}));
  crawl.web.answers("http://a.test/feed",
                    {feed("Wed, 01 Jan 2020 00:00:00 GMT"), feed("Wed, 15 Nov 2023 09:00:00 GMT")});
  run_past_the_second_visit(crawl);
  CHECK(crawl.web.count("http://a.test/feed") == 2);
  CHECK(crawl.web.count("http://a.test/post") == 3);
}

TEST_CASE("a recrawl visits every known page once more and then ends") {
  Crawl crawl;
  add_chain(crawl.web, 5);
  crawl.start(quick_site({"http://a.test/0"})).run();
  crawl.clock.advance(std::chrono::hours(1));
  Simulation again = crawl.recrawl(quick_site({"http://a.test/0"}));
  again.run();
  CHECK(again.finished());
  CHECK(crawl.web.count("http://a.test/3") == 2);
  CHECK(crawl.store.pages().size() == 5);
}

TEST_CASE("a page that asks not to be kept for learning is not kept where that is obeyed") {
  Crawl crawl;
  crawl.web.page("http://a.test/", "<meta name=robots content=noai>" + links({}));
  config::Site site = quick_site({"http://a.test/"});
  site.opt_out = config::OptOut::obey;
  Simulation simulation = crawl.start(site);
  simulation.run();
  CHECK(crawl.store.pages().empty());
  CHECK(simulation.state("http://a.test/") == "disallowed");
}

TEST_CASE("headers that reserve rights keep a page out where that is obeyed, and are data else") {
  Crawl crawl;
  const auto page = [&](const std::string& url, const char* name, const char* value) {
    crawl.web.answer(
        url, {.body = "<p>text", .headers = {{"Content-Type", "text/html"}, {name, value}}});
  };
  crawl.web.page("http://a.test/", links({"/tdm", "/signal", "/search", "/noai"}));
  page("http://a.test/tdm", "TDM-Reservation", "1");
  page("http://a.test/signal", "Content-Signal", "search=yes, ai-train=no");
  page("http://a.test/search", "Content-Signal", "search=no, ai-train=yes");
  page("http://a.test/noai", "X-Robots-Tag", "noai");
  config::Site site = quick_site({"http://a.test/"});
  SECTION("recorded") {
    Simulation simulation = crawl.start(site);
    simulation.run();
    CHECK(crawl.store.pages().size() == 5);
    CHECK(simulation.state("http://a.test/tdm") == "done");
  }
  SECTION("obeyed, for learning only") {
    site.opt_out = config::OptOut::obey;
    site.uses = {"ai-train"};
    Simulation simulation = crawl.start(site);
    simulation.run();
    CHECK(simulation.state("http://a.test/tdm") == "disallowed");
    CHECK(simulation.state("http://a.test/signal") == "disallowed");
    CHECK(simulation.state("http://a.test/noai") == "disallowed");
    CHECK(simulation.state("http://a.test/search") == "done");
  }
}

TEST_CASE("robots.txt is asked about the User-Agent that is sent") {
  Crawl crawl;
  crawl.web.robots("a.test", "User-agent: ShopBot\nDisallow: /\n");
  crawl.web.page("http://a.test/", "");
  config::Site site = quick_site({"http://a.test/"});
  site.headers = {{"user-agent", "Mozilla/5.0 (compatible; ShopBot/2.0; +http://b.test/)"}};
  Simulation simulation = crawl.start(site);
  simulation.run();
  CHECK(simulation.state("http://a.test/") == "disallowed");
  Simulation again = crawl.start(site);
  again.run();
  CHECK(crawl.web.pages().empty());
}

TEST_CASE("a host whose robots.txt refuses our use is left alone where that is obeyed") {
  Crawl crawl;
  crawl.web.robots("a.test", "User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /");
  crawl.web.page("http://a.test/", "x");
  config::Site site = quick_site({"http://a.test/"});
  const auto state = [&] {
    Simulation simulation = crawl.start(site);
    simulation.run();
    return simulation.state("http://a.test/");
  };
  SECTION("recorded") { CHECK(state() == "done"); }
  SECTION("obeyed") {
    site.opt_out = config::OptOut::obey;
    CHECK(state() == "disallowed");
    CHECK(crawl.web.pages().empty());
  }
  SECTION("obeyed, for a search engine") {
    site.opt_out = config::OptOut::obey;
    site.uses = {"search"};
    CHECK(state() == "done");
  }
}

TEST_CASE("each X-Robots-Tag field speaks to the agents that it names itself") {
  Crawl crawl;
  crawl.web.answer("http://a.test/", {.body = links({"/x"}),
                                      .headers = {{"Content-Type", "text/html"},
                                                  {"X-Robots-Tag", "otherbot: noindex"},
                                                  {"X-Robots-Tag", "nofollow"}}});
  crawl.web.page("http://a.test/x", "");
  crawl.start(quick_site({"http://a.test/"})).run();
  REQUIRE(crawl.store.pages().size() == 1);
}

TEST_CASE("a sitemap in its usual place is asked for by choice, where robots.txt names none") {
  Crawl crawl;
  crawl.web.page("http://a.test/", "");
  crawl.web.page("http://a.test/hidden", "");
  crawl.web.answer("http://a.test/sitemap.xml",
                   {.body = "<urlset><url><loc>http://a.test/hidden</loc></url></urlset>",
                    .headers = {{"Content-Type", "text/xml"}}});
  config::Site site = quick_site({"http://a.test/"});
  SECTION("not chosen") {
    crawl.start(site).run();
    CHECK(crawl.web.count("http://a.test/sitemap.xml") == 0);
  }
  SECTION("chosen") {
    site.sitemaps = config::Sitemaps::usual;
    crawl.start(site).run();
    CHECK(crawl.web.count("http://a.test/hidden") == 1);
  }
  SECTION("chosen, but robots.txt names another") {
    site.sitemaps = config::Sitemaps::usual;
    crawl.web.robots("a.test", "Sitemap: http://a.test/other.xml");
    crawl.start(site).run();
    CHECK(crawl.web.count("http://a.test/sitemap.xml") == 0);
    CHECK(crawl.web.count("http://a.test/other.xml") == 1);
  }
  SECTION("off: not even those of robots.txt") {
    site.sitemaps = config::Sitemaps::off;
    crawl.web.robots("a.test", "Sitemap: http://a.test/sitemap.xml");
    crawl.start(site).run();
    CHECK(crawl.web.count("http://a.test/sitemap.xml") == 0);
  }
}

TEST_CASE("a refusal names the version of robots.txt that decided, and all versions are kept") {
  Crawl crawl;
  crawl.web.page("http://a.test/", links({"/x"}));
  crawl.web.page("http://a.test/x", "");
  crawl.web.robots("a.test", "User-agent: *\nDisallow: /x");
  const auto reason = [&](const char* url) {
    return crawl.store.reason_of(crawl.store.id_of(url));
  };
  crawl.start(quick_site({"http://a.test/"})).run();
  CHECK(reason("http://a.test/x") == "robots.txt line 2, version 1");
  crawl.web.robots("a.test", "User-agent: *\nAllow: /\nDisallow: /y");
  crawl.web.page("http://a.test/", links({"/x", "/y"}));
  crawl.clock.advance(std::chrono::hours(48));
  crawl.recrawl(quick_site({"http://a.test/"})).run();
  CHECK(crawl.web.count("http://a.test/robots.txt") == 2);
  CHECK(crawl.web.count("http://a.test/x") == 1);  // refused no more
  CHECK(reason("http://a.test/y") == "robots.txt line 3, version 2");
  CHECK(*crawl.store.robots_text(1) == "User-agent: *\nDisallow: /x");
}
