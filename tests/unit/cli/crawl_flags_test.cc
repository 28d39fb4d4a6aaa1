// What flags, URLs and the environment make of a crawl, and what they are refused for.
#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "crawler/base/pattern.h"
#include "crawler/cli/flags/crawl_options.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/flags/unknown_flags.h"
#include "tests/support/environment_variable.h"
#include "tests/support/folder.h"

using namespace crawld;
using namespace crawld::cli;
using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;
using crawld::tests::EnvironmentVariable;
using crawld::tests::Folder;

namespace {

base::Result<CrawlPlan> plan_of(const Arguments& arguments) {
  CrawlOptions options;
  CLI::App app("", "crawl");
  add_crawl_flags(app, options);
  REQUIRE_FALSE(parse_options(app, spell_out_wget_flags(arguments)));
  auto loaded = load_config(options);
  if (!loaded) return std::move(loaded).error();
  return make_plan(options, *std::move(loaded));
}

// Of a crawl of a.test with `flags`.
std::string refusal(Arguments flags) {
  flags.push_back("http://a.test/");
  const auto plan = plan_of(flags);
  return plan ? "" : plan.error().message;
}
config::Site site(Arguments flags) {
  flags.push_back("http://a.test/");
  const auto plan = plan_of(flags);
  INFO((plan ? "" : plan.error().message));
  REQUIRE(plan);
  return plan->config.sites.at(0);
}

std::string written(const Folder& folder, const std::string& name, const std::string& text) {
  std::ofstream(folder.file(name), std::ios::binary) << text;
  return folder.file(name);
}

bool any_matches(const std::vector<std::string>& patterns, const std::string& url) {
  for (const std::string& text : patterns) {
    const auto pattern = base::Pattern::compile(text);
    REQUIRE(pattern);
    if (pattern->matches(url)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a flag has the range of the key that it stands for") {
  const Arguments wrong[] = {{"--concurrency", "0"},
                             {"--concurrency", "4294967296"},
                             {"--concurrency-per-host", "0"},
                             {"--concurrency-per-host", "4294967296"},
                             {"--depth", "4294967296"},
                             {"--max-redirect", "101"},
                             {"--parse-workers", "2000"},
                             {"--wait", "2d"},
                             {"--max-time", "x"},
                             {"--scope", "planet"},
                             {"--sandbox", "maybe"},
                             {"--max-bytes", "5x"},
                             {"--tries", "102"},
                             {"--timeout", "0.01"}};
  for (const Arguments& flags : wrong) {
    CHECK_THAT(refusal(flags), StartsWith(flags[0] + ": "));
  }
}

TEST_CASE("a flag is checked as the file is, and named") {
  const Arguments wrong[] = {{"--allow-address", "foo"},     {"--include", "re:["},
                             {"--exclude", "re:["},          {"--resolve", "foo"},
                             {"--resolve", "a.test:x:::1"},  {"--header", "A B: c"},
                             {"--header", "A: b\r\nC: d"},   {"--header", "nothing"},
                             {"--ca-certificate", "/no/it"}, {"--load-cookies", "/no/it"},
                             {"--proxy", "foo://x"},         {"--user-agent", "a/1\nX-Inj: b"},
                             {"--certificate", "/no/it"},    {"--private-key", "/no/it"},
                             {"--bind-address", "eth99"},    {"--ciphers", "AES-9000"},
                             {"--tls-min-version", "1.2"}};
  for (const Arguments& flags : wrong) {
    CHECK_THAT(refusal(flags), StartsWith(flags[0] + ": "));
  }
  CHECK(refusal({"--resolve", "a.test:80:127.0.0.1,[::1]"}).empty());
  CHECK(refusal({"--resolve", "[::1]:80:127.0.0.1"}).empty());
}

TEST_CASE("bare numbers of flags count seconds and bytes, as wget's do") {
  const auto plan = plan_of({"-w", "1.5", "-Q", "100", "--max-time", "0.2", "a.test"});
  REQUIRE(plan);
  CHECK(plan->config.sites.at(0).delay == std::chrono::milliseconds(1'500));
  CHECK(plan->config.limits.bytes == 100);
  CHECK(plan->config.limits.time == std::chrono::milliseconds(200));
}

TEST_CASE("0 and inf lift a limit, as they do for wget") {
  CHECK(site({"-t", "0"}).retries == 100);
  CHECK(site({"-t", "inf"}).retries == 100);
  CHECK(site({"-t", "1"}).retries == 0);
  CHECK_FALSE(site({"-l", "inf"}).max_depth);
  CHECK(refusal({"-Q", "inf"}).empty());
  const config::Timeouts longest = site({"-T", "0"}).timeout;
  CHECK(longest.dns == std::chrono::minutes(10));
  CHECK(longest.first_byte == std::chrono::hours(1));
  CHECK(longest.total == std::chrono::hours(24));
  CHECK(site({"-T", "900"}).timeout.connect == std::chrono::minutes(10));
}

TEST_CASE("-A wants names by their end or pattern, and the pages that lead to them") {
  const auto wanted = site({"-A", "pdf,img[0-9]?.*"}).include;
  for (const char* url :
       {"http://a.test/x/a.pdf", "http://a.test/a.pdf?v=1", "http://a.test/img1x.png",
        "http://a.test/", "http://a.test/d/", "http://a.test/d/page?x=1.jpg",
        "http://a.test/d/page.html", "http://a.test/p.shtml?a"}) {
    INFO(url);
    CHECK(any_matches(wanted, url));
  }
  for (const char* url : {"http://a.test/a.jpg", "http://a.test/a.jpg?x=a.pdf",
                          "http://a.test/a.pdf/b.jpg", "http://a.test/ximg1x.png"}) {
    INFO(url);
    CHECK_FALSE(any_matches(wanted, url));
  }
}

TEST_CASE("-R looks at the last segment, without the query") {
  const auto refused = site({"-R", "pdf"}).exclude;
  CHECK(any_matches(refused, "http://a.test/x/a.pdf"));
  CHECK(any_matches(refused, "http://a.test/a.pdf?page=2"));
  CHECK_FALSE(any_matches(refused, "http://a.test/show?file=a.pdf"));
  CHECK_FALSE(any_matches(refused, "http://a.test/pdf/"));
  CHECK_FALSE(any_matches(refused, "http://a.pdf"));
}

TEST_CASE("an empty list of -A or -R is none") {
  CHECK(site({"-A", ""}).include.empty());
  CHECK(site({"-R", ","}).exclude.empty());
}

TEST_CASE("user and password of a URL are for its origin, and part of no seed") {
  const auto plan = plan_of({"http://us%20er:p%40w@a.test/x"});
  REQUIRE(plan);
  CHECK(plan->config.sites.at(0).auth == "basic us er:p@w");
  CHECK(plan->config.sites.at(0).seeds == config::SeedList{"http://a.test/x"});
  CHECK(plan_of({"u:p@a.test"})->config.sites.at(0).auth == "basic u:p");
  const auto two = plan_of({"http://u:p@a.test/", "http://b.test/"});
  REQUIRE_FALSE(two);
  CHECK_THAT(two.error().message, Contains("hold for one origin") && !Contains("u:p"));
}

TEST_CASE("the environment holds where there is no file, below the flags") {
  const EnvironmentVariable agent("CRAWLD_USER_AGENT_NAME", "envbot");
  const EnvironmentVariable pages("CRAWLD_LIMITS_PAGES", "2");
  const EnvironmentVariable auth("CRAWLD_DEFAULTS_AUTH", "basic me:se cret");
  const EnvironmentVariable addresses("CRAWLD_ALLOW_ADDRESSES", "[10.0.0.0/8]");
  const auto plan = plan_of({"--max-pages", "5", "a.test"});
  REQUIRE(plan);
  CHECK(plan->config.user_agent.name == "envbot");
  CHECK(plan->config.limits.pages == 5);
  CHECK(plan->config.sites.at(0).auth == "basic me:se cret");
  CHECK(plan->config.sites.at(0).allow_addresses == std::vector<std::string>{"10.0.0.0/8"});
  const EnvironmentVariable wrong("CRAWLD_CONCURRENCY", "abc");
  CHECK_THAT(refusal({}), Contains("CRAWLD_CONCURRENCY: \"abc\" is not"));
}

TEST_CASE("beside URLs the sites of a file are left alone, and that is said") {
  const Folder folder;
  const std::string file = written(folder, "f.yaml",
                                   "defaults: {max_depth: 3}\n"
                                   "sites: [{name: shop, seeds: ['http://b.test/']}]\n");
  const auto plan = plan_of({"-c", file, "http://a.test/", "b.test"});
  REQUIRE(plan);
  REQUIRE(plan->config.sites.size() == 1);
  CHECK(plan->config.sites[0].max_depth == 3);
  CHECK(plan->config.sites[0].seeds.size() == 2);
  REQUIRE(plan->notes.size() == 1);
  CHECK_THAT(plan->notes[0], Contains("left alone"));
  CHECK(plan_of({"-c", file, "shop"})->notes.empty());
  CHECK_THAT(plan_of({"-c", file, "shop", "http://a.test/"}).error().message, Contains("not both"));
  CHECK_THAT(plan_of({"-c", file, "shap"}).error().message, StartsWith("no site \"shap\""));
}

TEST_CASE("lines of a URL list with another scheme are left out and counted") {
  const Folder folder;
  const std::string list = written(folder, "list",
                                   "\xEF\xBB\xBFhttp://a.test/\nmailto:info@127.0.0.1\n"
                                   "tel:5551234\njavascript:void(0)\nftp://a.test/x\n"
                                   "localhost:8080/y\n");
  const auto plan = plan_of({"-i", list});
  REQUIRE(plan);
  CHECK(plan->config.sites.at(0).seeds ==
        config::SeedList{"http://a.test/", "http://localhost:8080/y"});
  REQUIRE(plan->notes.size() == 1);
  CHECK(plan->notes[0] == list + ": 4 lines left out: another scheme than http and https");
}

TEST_CASE("a word that begins with a dash is no seed") {
  CHECK_THAT(refusal({"-5"}), StartsWith("\"-5\" is neither"));
  CHECK_THAT(refusal({"-r2"}), Contains("is neither an option nor a URL"));
}

TEST_CASE("a file of cookies in another format is refused") {
  const Folder folder;
  const std::string cookies = "# Netscape HTTP Cookie File\n\na.test\tFALSE\t/\tFALSE\t0\tn\tv\n";
  CHECK(refusal({"--load-cookies", written(folder, "a", cookies)}).empty());
  CHECK(refusal({"--load-cookies", written(folder, "b", "# none yet\n")}).empty());
  CHECK_THAT(refusal({"--load-cookies", written(folder, "c", "[{\"name\": \"n\"}]")}),
             Contains("no Netscape cookies.txt"));
  CHECK_THAT(refusal({"--load-cookies", written(folder, "d", "a.test FALSE / FALSE 0 n v\n")}),
             Contains("no Netscape cookies.txt"));
}

TEST_CASE("a file for cookies that cannot be written is refused") {
  const Folder folder;
  CHECK(site({"--save-cookies", folder.file("c"), "--keep-session-cookies"}).save_cookies ==
        folder.file("c"));
  CHECK(site({"--keep-session-cookies"}).keep_session_cookies);
  CHECK_THAT(refusal({"--save-cookies", folder.file("none/c")}),
             StartsWith("--save-cookies: ") && Contains("there is no folder"));
  CHECK(refusal({"--load-cookies", folder.file("c"), "--save-cookies", folder.file("c")}).empty());
}

TEST_CASE("robots.txt is asked about the token that -U starts with") {
  const auto name = [](const char* header) {
    const auto plan = plan_of({"-U", header, "a.test"});
    REQUIRE(plan);
    CHECK(plan->config.user_agent.header() == header);
    return plan->config.user_agent.name;
  };
  CHECK(name("examplebot/2.0 (+https://a.test/)") == "examplebot");
  CHECK(name("my-bot, of mine") == "my-bot");
  CHECK(name("(x)") == "crawld");
}

TEST_CASE("a flag that is none is told with the one that does the same, or the nearest") {
  CrawlOptions options;
  CLI::App app("", "crawl");
  add_crawl_flags(app, options);
  CHECK(unknown_flags(app, {"--reject-regex"}) ==
        "--reject-regex is no flag here: --exclude re:EXPRESSION");
  for (const std::string files : {"-k", "--mirror", "-P", "--cut-dirs=2"}) {
    CHECK_THAT(unknown_flags(app, {files}), Contains("crawld export -f mirror -o DIRECTORY"));
  }
  CHECK(unknown_flags(app, {"--post-file", "f"}) ==
        "--post-file is no flag here; see crawld help crawl");
  CLI::App why("", "why");
  CHECK(unknown_flags(why, {"-c", "https://a.test/"}) ==
        "-c is no flag here: --db FILE names the database; it is the \"database\" of the file");
  CHECK(unknown_flags(app, {"--sitemap-only"}) ==
        "--sitemap-only is no flag here: -l 1 with the URL of the sitemap as the start");
  CHECK(unknown_flags(app, {"--no-verbose"}) == "--no-verbose is no flag here: -q");
  CHECK(unknown_flags(app, {"--depht=3"}) == "--depht is no flag here; did you mean \"--depth\"?");
  CHECK_THAT(unknown_flags(app, {"--max-depth"}), EndsWith("did you mean \"--depth\"?"));
  CHECK_THAT(unknown_flags(app, {"--screenshot"}), EndsWith("; see crawld help crawl"));
  CHECK(unknown_flags(app, {"--xyzzy", "-Z"}) ==
        "--xyzzy is no flag here; see crawld help crawl\n"
        "\"-Z\" was not expected here; see crawld help crawl");
}

TEST_CASE("flags choose the family of addresses as wget's do, and no two at once") {
  using base::AddressFamily;
  CHECK(site({}).address_family == AddressFamily::any);
  CHECK(site({"-4"}).address_family == AddressFamily::ipv4);
  CHECK(site({"--inet6-only"}).address_family == AddressFamily::ipv6);
  CHECK(site({"--prefer-family", "IPv6"}).address_family == AddressFamily::prefer_ipv6);
  CHECK(site({"--prefer-family=ipv4"}).address_family == AddressFamily::prefer_ipv4);
  CHECK(site({"--prefer-family", "none"}).address_family == AddressFamily::any);
  CHECK_THAT(refusal({"-4", "-6"}), StartsWith("-4, -6: "));
  CHECK_THAT(refusal({"--prefer-family", "6"}), StartsWith("--prefer-family: "));
  CHECK_THAT(refusal({"-6", "--bind-address", "127.0.0.1"}),
             StartsWith("--bind-address: 127.0.0.1 reaches no IPv6 address"));
  CHECK(refusal({"-6", "--bind-address", "::"}).empty());
  CHECK(refusal({"-6", "--bind-address", "lo"}).empty());
  CHECK(refusal({"--prefer-family", "IPv6", "--bind-address", "127.0.0.1"}).empty());
}

TEST_CASE("hosts that said https only are heeded unless a flag says otherwise") {
  CHECK(site({}).hsts);
  CHECK_FALSE(site({"--no-hsts"}).hsts);
}
