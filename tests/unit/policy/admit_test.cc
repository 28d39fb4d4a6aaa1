#include "crawler/policy/admit.h"

#include <catch2/catch.hpp>

using namespace crawld;
using namespace crawld::policy;
using model::Link;
using model::LinkTag;
using model::Purpose;
using model::Verdict;

namespace {

struct Page {
  model::Settled settled{
      .parsed = {.fetched = {.lease = {.request = {.url = *model::Url::parse(
                                                       "http://a.test/dir/page")}},
                             .outcome = model::Response{.status = 200}},
                 .page = model::ParsedPage{}},
      .verdict = Verdict::done};
  FollowPolicy follow;
  config::Site site;
  RecentLinks* recent = nullptr;  // nothing: a new one each time

  model::ParsedPage& page() { return std::get<model::ParsedPage>(settled.parsed.page); }
  model::Request& request() { return settled.parsed.fetched.lease.request; }
  void link(const std::string& to, LinkTag tag = LinkTag::a, const std::string& rel = {}) {
    page().add_link({.url = to, .text = {}, .rel = rel, .tag = tag});
  }
  void redirect(const std::string& to) {
    settled.verdict = Verdict::redirected;
    settled.parsed.page = model::NotParsed{};
    std::get<model::Response>(settled.parsed.fetched.outcome).headers.add("Location", to);
  }
  std::vector<model::Discovered> admitted() {
    site.seeds = {"http://a.test/"};
    site.max_depth = 3;
    const auto scope = ScopeRules::compile(site);
    const Canonicalizer canonicalizer{config::Canonicalize{}};
    const std::function<bool(const model::Url&)> forbidden = [](const model::Url& host) {
      return host.hostname() == "127.0.0.1";
    };
    RecentLinks fresh;
    return admit(settled, {.scope = *scope,
                           .canonicalizer = canonicalizer,
                           .follow = follow,
                           .forbidden_address = forbidden,
                           .this_year = 2026,
                           .recent = recent != nullptr ? *recent : fresh});
  }
  std::vector<std::string> urls() {
    std::vector<std::string> all;
    for (const auto& found : admitted()) all.push_back(found.url.href());
    return all;
  }
};

using Urls = std::vector<std::string>;

}  // namespace

TEST_CASE("a page names each URL once, however it is spelled, and never itself") {
  Page page;
  page.link("http://a.test/x");
  page.link("http://a.test/x");
  page.link("http://a.test/x#part");
  page.link("http://a.test/x?utm_source=mail");
  page.link("http://a.test/dir/page#top");
  page.link("mailto:a@a.test");
  CHECK(page.urls() == Urls{"http://a.test/x"});
}

TEST_CASE("a link that must not be followed is no discovery") {
  Page page;
  page.link("http://a.test/x");
  page.page().links.back().nofollow = true;
  page.link("http://a.test/y");
  CHECK(page.urls() == Urls{"http://a.test/y"});
  page.follow.nofollow_links = true;
  CHECK(page.urls() == Urls{"http://a.test/x", "http://a.test/y"});
}

TEST_CASE("a page that says nofollow leads nowhere unless robots are ignored") {
  Page page;
  page.link("http://a.test/x");
  page.page().robots = {"noindex", "nofollow"};
  CHECK(page.urls().empty());
  page.follow.obey_meta_robots = false;
  CHECK(page.urls().size() == 1);
}

TEST_CASE("resources of a page are left out unless requisites are asked for") {
  Page page;
  page.link("http://a.test/style.css", LinkTag::link, "stylesheet");
  page.link("http://a.test/i.ico", LinkTag::link, "shortcut icon");
  page.link("http://a.test/p.png", LinkTag::img);
  page.link("http://a.test/s.js", LinkTag::script);
  page.link("http://a.test/next", LinkTag::link, "next");
  page.link("http://a.test/drawn", LinkTag::svg_a);
  CHECK(page.urls() == Urls{"http://a.test/next", "http://a.test/drawn"});
  page.follow.requisites = true;
  CHECK(page.urls().size() == 6);
}

TEST_CASE("what a link may not lead to may be a part of the page") {
  Page page;
  page.site.scope = config::Scope::page;
  page.follow.requisites = true;
  RecentLinks recent;
  page.recent = &recent;
  page.link("http://a.test/i.png");
  page.link("http://a.test/i.png", LinkTag::img);
  page.link("http://a.test/s.css", LinkTag::link, "stylesheet");
  page.link("http://a.test/other", LinkTag::link, "search");
  const auto found = page.admitted();
  REQUIRE(found.size() == 3);
  CHECK((found[0].hop == 'E' && found[0].state == Verdict::queued));
  CHECK((found[1].hop == 'E' && found[1].state == Verdict::queued));
  CHECK((found[2].hop == 'L' && found[2].state == Verdict::out_of_scope));
}

TEST_CASE("a redirect that only adds what canonicalization strips still leads somewhere") {
  Page page;
  page.redirect("/dir/page?utm_source=x");
  CHECK(page.urls() == Urls{"http://a.test/dir/page?utm_source=x"});
}

TEST_CASE("a redirect to itself leads nowhere") {
  Page page;
  page.redirect("http://a.test/dir/page#again");
  CHECK(page.urls().empty());
}

TEST_CASE("a redirect keeps the depth and counts its hops") {
  Page page;
  page.request().depth = 2;
  page.request().redirects = 4;
  page.redirect("../other");
  const auto found = page.admitted();
  REQUIRE(found.size() == 1);
  CHECK(found[0].url.href() == "http://a.test/other");
  CHECK(found[0].depth == 2);
  CHECK(found[0].redirects == 5);
  CHECK(found[0].hop == 'R');
}

TEST_CASE("what the scope refuses is discovered with the rule that refused it") {
  Page page;
  page.request().depth = 3;
  page.link("http://b.test/");
  page.link("http://a.test/deep");
  page.link("http://127.0.0.1/");
  const auto found = page.admitted();
  REQUIRE(found.size() == 3);
  CHECK(found[0].state == Verdict::out_of_scope);
  CHECK(found[0].reason == "scope");
  CHECK(found[1].state == Verdict::too_deep);
  CHECK(found[2].state == Verdict::blocked);
  CHECK(found[2].reason == "blocked_address");
}

TEST_CASE("a sitemap gives pages, an index gives sitemaps down to a depth") {
  Page page;
  page.request().purpose = Purpose::sitemap;
  page.request().depth = 2;
  page.page().sitemap.kind = model::SitemapKind::index;
  page.page().sitemap.sitemaps = {{.loc = "http://a.test/more.xml"}};
  page.page().sitemap.urls = {{.loc = "http://a.test/x", .lastmod = 5}};
  page.link("http://a.test/not-of-a-sitemap");
  const auto found = page.admitted();
  REQUIRE(found.size() == 2);
  CHECK(found[0].lastmod == 5);
  CHECK(found[0].hop == 'M');
  CHECK(found[1].purpose == Purpose::sitemap);
  CHECK(found[1].depth == 3);
  page.request().depth = 3;
  CHECK(page.admitted().size() == 1);
}

TEST_CASE("a link that was judged lately is left out, unless it is nearer or newer now") {
  RecentLinks recent;
  Page page;
  page.recent = &recent;
  page.request().depth = 2;
  page.link("http://a.test/x");
  CHECK(page.urls() == Urls{"http://a.test/x"});
  CHECK(page.urls().empty());
  SECTION("from a page that is nearer to the seed") {
    page.request().depth = 1;
    CHECK(page.urls() == Urls{"http://a.test/x"});
    CHECK(page.urls().empty());
  }
  SECTION("as a page of another site") {
    page.request().site = 1;
    CHECK(page.urls() == Urls{"http://a.test/x"});
  }
  SECTION("in a sitemap that tells when it changed") {
    page.page().links.clear();
    page.page().sitemap.urls.push_back({.loc = "http://a.test/x", .lastmod = 1});
    page.request().depth = 0;
    CHECK(page.urls() == Urls{"http://a.test/x"});
    CHECK(page.urls() == Urls{"http://a.test/x"});
  }
}

TEST_CASE("other rules make every link new") {
  RecentLinks recent;
  recent.judge_by(std::make_shared<int>());
  CHECK_FALSE(recent.seen("http://a.test/", 0, {.depth = 1}));
  CHECK(recent.seen("http://a.test/", 0, {.depth = 1}));
  recent.judge_by(std::make_shared<int>());
  CHECK_FALSE(recent.seen("http://a.test/", 0, {.depth = 1}));
}
