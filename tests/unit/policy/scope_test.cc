#include "crawler/policy/scope.h"

#include <catch2/catch.hpp>

#include "crawler/policy/http_date.h"
#include "crawler/policy/traps.h"

using namespace crawld;
using namespace crawld::policy;
using config::Scope;
using model::Verdict;

namespace {

config::Site site_of(Scope scope, std::string seed = "http://www.a.test/docs/index") {
  config::Site site;
  site.seeds = {std::move(seed)};
  site.scope = scope;
  return site;
}

Judgement judge(const config::Site& site, const std::string& url, const LinkContext& context = {}) {
  const auto rules = ScopeRules::compile(site);
  REQUIRE(rules);
  return rules->judge(*model::Url::parse(url), context, 2026);
}

bool admits(const config::Site& site, const std::string& url) {
  return judge(site, url).verdict == Verdict::queued;
}

}  // namespace

TEST_CASE("a seed lets in what it is known as, whatever its own spelling") {
  const Scope scope = GENERATE(Scope::page, Scope::prefix, Scope::host, Scope::domain);
  config::Site site = site_of(scope, "http://www.a.test/docs/?utm_source=x");
  SECTION("without www.") { site.canonicalize.fold_www = true; }
  SECTION("by the name of a mirror") {
    site.canonicalize.host_aliases = {{"www.a.test", "a.test"}};
  }
  CHECK(admits(site, "http://a.test/docs/"));
  CHECK(admits(site, "http://a.test/docs/more") == (scope != Scope::page));
  CHECK_FALSE(admits(site, "http://b.test/docs/"));
}

TEST_CASE("each scope draws its line") {
  struct Row {
    std::string url;
    bool page, prefix, host, domain, any;
  };
  const std::vector<Row> rows = {
      {"http://www.a.test/docs/index", true, true, true, true, true},
      {"http://www.a.test/docs/more", false, true, true, true, true},
      {"https://www.a.test/docs/more", false, true, true, true, true},
      {"http://www.a.test/docsmore", false, false, true, true, true},
      {"http://www.a.test/", false, false, true, true, true},
      {"http://a.test/", false, false, false, true, true},
      {"http://other.a.test/", false, false, false, true, true},
      {"http://nota.test/", false, false, false, false, true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.url);
    CHECK(admits(site_of(Scope::page), row.url) == row.page);
    CHECK(admits(site_of(Scope::prefix), row.url) == row.prefix);
    CHECK(admits(site_of(Scope::host), row.url) == row.host);
    CHECK(admits(site_of(Scope::domain), row.url) == row.domain);
    CHECK(admits(site_of(Scope::any), row.url) == row.any);
  }
}

TEST_CASE("parts of a page are in scope at its host, whatever the page or prefix") {
  const LinkContext part{.embedded = true};
  for (const Scope scope : {Scope::page, Scope::prefix, Scope::host}) {
    const config::Site site = site_of(scope);
    CHECK(judge(site, "http://www.a.test/assets/style.css", part).verdict == Verdict::queued);
    CHECK(judge(site, "http://cdn.a.test/style.css", part).reason == "scope");
  }
  config::Site site = site_of(Scope::prefix);
  site.exclude = {"*.css"};
  CHECK(judge(site, "http://www.a.test/assets/style.css", part).reason == "exclude[0]");
}

TEST_CASE("parts of the deepest pages are not too deep, and parts of parts are at an end") {
  config::Site site = site_of(Scope::host);
  site.max_depth = 1;
  const std::string url = "http://www.a.test/i.png";
  CHECK(judge(site, url, {.depth = 2}).verdict == Verdict::too_deep);
  CHECK(judge(site, url, {.depth = 4, .embedded = true}).verdict == Verdict::queued);
  CHECK(judge(site, url, {.depth = 5, .embedded = true}).verdict == Verdict::too_deep);
}

TEST_CASE("only ports that were opened or that a seed has are contacted") {
  config::Site site = site_of(Scope::any, "http://a.test:8080/");
  CHECK(admits(site, "http://b.test/"));
  CHECK(admits(site, "https://b.test/"));
  CHECK(admits(site, "http://b.test:8080/"));
  CHECK(judge(site, "http://b.test:22/").reason == "port");
  site.ports = {22};
  CHECK(admits(site, "http://b.test:22/"));
}

TEST_CASE("include and exclude are judged in order and name their rule") {
  config::Site site = site_of(Scope::host);
  site.exclude = {"*.zip", "re:/private/"};
  site.include = {"*/docs/*"};
  CHECK(judge(site, "http://www.a.test/docs/x.zip").reason == "exclude[0]");
  CHECK(judge(site, "http://www.a.test/docs/private/x").reason == "exclude[1]");
  CHECK(judge(site, "http://www.a.test/blog/x").reason == "include");
  CHECK(admits(site, "http://www.a.test/docs/x"));
  CHECK(admits(site, "http://www.a.test/docs/index"));
}

TEST_CASE("a bad pattern or seed does not compile and is named") {
  config::Site site = site_of(Scope::host);
  site.exclude = {"re:("};
  const auto pattern = ScopeRules::compile(site);
  REQUIRE_FALSE(pattern);
  CHECK(pattern.error().message.find("re:(") != std::string::npos);
  CHECK_FALSE(ScopeRules::compile(site_of(Scope::host, "ftp://a.test/")));
  CHECK_FALSE(ScopeRules::compile(site_of(Scope::host, "a.test")));
}

TEST_CASE("depth is refused beyond the limit, domains open further hosts") {
  config::Site site = site_of(Scope::host);
  site.max_depth = 2;
  site.domains = {"b.test"};
  CHECK(judge(site, "http://www.a.test/x", {.depth = 2}).verdict == Verdict::queued);
  CHECK(judge(site, "http://www.a.test/x", {.depth = 3}).verdict == Verdict::too_deep);
  CHECK(admits(site, "http://x.b.test/"));
  CHECK_FALSE(admits(site, "http://xb.test/"));
}

TEST_CASE("a domain may be written as wget, cookies and people write it") {
  config::Site site = site_of(Scope::host);
  for (const char* domain : {".b.test", "B.Test", ".b.TEST"}) {
    site.domains = {domain};
    CHECK(admits(site, "http://b.test/"));
    CHECK(admits(site, "http://x.b.test/"));
    CHECK_FALSE(admits(site, "http://xb.test/"));
  }
  site.domains = {".Bücher.test"};
  CHECK(admits(site, "http://www.xn--bcher-kva.test/"));
}

TEST_CASE("a sitemap may stand on another host but not behind a closed port") {
  const config::Site site = site_of(Scope::host);
  const LinkContext sitemap{.purpose = model::Purpose::sitemap};
  CHECK(judge(site, "http://cdn.test/sitemap.xml", sitemap).verdict == Verdict::queued);
  CHECK(judge(site, "http://cdn.test:22/sitemap.xml", sitemap).verdict == Verdict::blocked);
}

TEST_CASE("endless URLs are trapped, honest ones are not") {
  const config::Site site = site_of(Scope::host);
  const auto trapped = [&](const std::string& path) {
    const Judgement judgement = judge(site, "http://www.a.test" + path);
    return judgement.verdict == Verdict::trapped ? judgement.reason : "";
  };
  CHECK(trapped("/" + std::string(9'000, 'x')) == "max_url_length");
  std::string deep;
  for (int i = 0; i < 70; ++i) deep += "/" + std::to_string(i);
  CHECK(trapped(deep) == "max_segments");
  CHECK(trapped("/a/b/a/b/a/b/a/b/a/b") == "max_repeated_segments");
  CHECK(trapped("/a/b/a/b/a/b/a/b") == "");
}

TEST_CASE("a calendar ends ten years ahead and a hundred back") {
  const config::Site site = site_of(Scope::host);
  const auto trapped = [&](const std::string& path) {
    return judge(site, "http://www.a.test" + path).reason == "calendar";
  };
  for (const char* path :
       {"/calendar/2071/11/", "/calendar/1870/1/", "/2071/11", "/events/2071-11/",
        "/events/2071-11-03", "/e?date=2071-11-03", "/e?date=2071-11-03T09:00&view=day",
        "/?month=3&year=2071", "/e?y=2071&m=12&view=grid"}) {
    CAPTURE(path);
    CHECK(trapped(path));
  }
  for (const char* path :
       {"/calendar/2030/11/", "/archive/1990/01/17/", "/rfc/9309/section", "/2071/13", "/2071-13",
        "/part/2071-11x", "/events/2030-11-03", "/e?id=2071", "/e?year=2071",
        "/e?year=20711&month=3", "/e?date=2030-11-03", "/e?q=20711103", "/e?=&&=2071",
        "/e?y=2030&m=12"}) {
    CAPTURE(path);
    CHECK_FALSE(trapped(path));
  }
  const auto archived = model::Url::parse("http://www.a.test/calendar/1870/1/");
  constexpr int kNoYear = 0;
  CHECK(trap(*archived, TrapLimits{}, kNoYear).empty());
}

TEST_CASE("HTTP dates are read in three forms and nothing else is") {
  const auto then = base::from_millis(784'111'777'000);
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == then);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == then);
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == then);
  for (const char* text :
       {"", "now", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37 GMT+1",
        "Sun, 06 Nov 1994 08:49:37 PST", "Sun, 40 Nov 1994 08:49:37 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text));
  }
}

TEST_CASE("the scope of a site without seeds is seen from the sitemaps it names") {
  config::Site site;
  site.name = "a";
  site.sitemap_urls = {"http://a.test:8080/maps/all.xml"};
  const auto judged = [&](const char* url) {
    return policy::ScopeRules::compile(site)->judge(*model::Url::parse(url), {}, 2026).verdict;
  };
  CHECK(judged("http://a.test:8080/page") == model::Verdict::queued);
  CHECK(judged("http://b.test/page") == model::Verdict::out_of_scope);
  site.seeds = {"http://b.test/"};
  CHECK(judged("http://a.test/page") == model::Verdict::out_of_scope);
  CHECK(judged("http://b.test/page") == model::Verdict::queued);
}
