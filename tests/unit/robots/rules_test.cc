// Clauses of RFC 9309 and the hostile files, one test each.
#include "crawler/robots/rules.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <ctime>
#include <string>

#include "crawler/robots/lifetime.h"

namespace {

using crawld::robots::AgentRules;
using crawld::robots::Answer;
using crawld::robots::Rules;
using std::chrono::milliseconds;

Answer ask(const std::string& robots_txt, const std::string& path,
           const std::string& agent = "examplebot") {
  return Rules::parse(robots_txt).allowed(agent, path);
}

bool allowed(const std::string& robots_txt, const std::string& path,
             const std::string& agent = "examplebot") {
  return ask(robots_txt, path, agent).allowed;
}

// Of this process, so that a busy machine changes nothing; the bounds below are far
// above the milliseconds it takes and far below what a blow-up would.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::string times(int n, const std::string& text) {
  std::string all;
  for (int i = 0; i < n; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("the longest pattern wins and allow wins a tie (2.2.2)") {
  const std::string text = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /c\nAllow: /c\n";
  CHECK(ask(text, "/a/x").line == 2);
  CHECK_FALSE(ask(text, "/a/x").allowed);
  CHECK(ask(text, "/a/b/c").line == 3);
  CHECK(ask(text, "/a/b/c").allowed);
  CHECK(allowed(text, "/c/d"));
  CHECK(ask(text, "/elsewhere").line == 0);
}

TEST_CASE("a rule that is said again is kept once, with its first line") {
  const std::string text = "User-agent: *\nDisallow: /b\n" + times(10'000, "Disallow: /a*z\n") +
                           "Allow: /c\nDisallow: /c\n";
  CHECK(Rules::parse(text).rules_for("examplebot").size() == 4);
  CHECK(ask(text, "/abz").line == 3);
  CHECK(ask(text, "/b").line == 2);
  CHECK(allowed(text, "/c"));
}

TEST_CASE("groups of one agent are merged and shut out those for everybody (2.2.1)") {
  const std::string text =
      "User-agent: ExampleBot\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\n"
      "User-agent: other\nUser-agent: examplebot\nDisallow: /b\n";
  CHECK_FALSE(allowed(text, "/a"));
  CHECK_FALSE(allowed(text, "/b"));
  CHECK(allowed(text, "/c"));
  CHECK_FALSE(allowed(text, "/c", "unknown"));
  CHECK(allowed(text, "/a", "other"));
  CHECK_FALSE(allowed(text, "/a", "EXAMPLEBOT/1.0 (+https://example.org/bot)"));
}

TEST_CASE("a name is matched whole") {
  const std::string text = "User-agent: example\nDisallow: /\n";
  CHECK(allowed(text, "/", "examplebot"));
  CHECK_FALSE(allowed(text, "/", "Example"));
}

TEST_CASE("robots.txt itself is always allowed (2.2.2)") {
  CHECK(allowed("User-agent: *\nDisallow: /\n", "/robots.txt"));
}

TEST_CASE("star and dollar are special, their triplets are not (2.2.3)") {
  const std::string text =
      "User-agent: *\nDisallow: /*.php$\nDisallow: /lit-%2A\nDisallow: /d%24\n";
  CHECK_FALSE(allowed(text, "/x/y.php"));
  CHECK(allowed(text, "/x/y.php?z"));
  CHECK_FALSE(allowed(text, "/lit-*"));
  CHECK(allowed(text, "/lit-x"));
  CHECK_FALSE(allowed(text, "/d$"));
  CHECK(allowed(text, "/d"));
}

TEST_CASE("a pattern that ends within an encoded octet matches what goes on so (2.2.2)") {
  const std::string text =
      "User-agent: *\nDisallow: /a%\nDisallow: /b%e\nDisallow: /*c%*x\nDisallow: /d%$\n"
      "Disallow: /e%zz\n";
  CHECK_FALSE(allowed(text, "/a%20b"));
  CHECK_FALSE(allowed(text, "/a%"));
  CHECK_FALSE(allowed(text, "/b%E3%81"));
  CHECK(allowed(text, "/b%C3%A9"));
  CHECK_FALSE(allowed(text, "/c%E9/x"));
  CHECK(allowed(text, "/ca/x"));
  CHECK_FALSE(allowed(text, "/d%"));
  CHECK(allowed(text, "/d%20"));
  CHECK_FALSE(allowed(text, "/e%zz"));
}

TEST_CASE("both sides are compared in one percent-encoding (2.2.2)") {
  const std::string text =
      "User-agent: *\nDisallow: /caf\xC3\xA9\nDisallow: /%62%61%7A\nDisallow: /a%2fb\n"
      "Disallow: /with space\n";
  CHECK_FALSE(allowed(text, "/caf%c3%a9"));
  CHECK_FALSE(allowed(text, "/baz"));
  CHECK_FALSE(allowed(text, "/a%2Fb"));
  CHECK(allowed(text, "/a/b"));
  CHECK_FALSE(allowed(text, "/with%20space"));
}

TEST_CASE("line ends may be CR, LF or CRLF and count for line numbers") {
  const std::string text = "# a\rUser-agent: *\r\n\nDisallow : /x  # why\rAllow:/x/y\n";
  CHECK(ask(text, "/x").line == 4);
  CHECK(ask(text, "/x/y").line == 5);
}

TEST_CASE("a byte order mark and tabs do not hide the first line") {
  CHECK_FALSE(allowed("\xEF\xBB\xBFUSER-AGENT:\t*\n\tdisallow:\t/x\n", "/x"));
}

TEST_CASE("a file that an editor saved as UTF-16 is obeyed") {
  const auto wide = [](const std::u16string& text, bool little) {
    std::string octets;
    for (const char16_t unit : text) {
      const char low = static_cast<char>(unit & 0xFF);
      const char high = static_cast<char>(unit >> 8);
      octets += little ? std::string{low, high} : std::string{high, low};
    }
    return octets;
  };
  for (const bool little : {true, false}) {
    const std::string text = wide(u"\uFEFFUser-agent: *\r\nDisallow: /é€😀\r\n", little);
    CHECK_FALSE(allowed(text, "/%C3%A9%E2%82%AC%F0%9F%98%80/x"));
    CHECK(ask(text + 'x', "/%C3%A9%E2%82%AC%F0%9F%98%80").line == 2);
    CHECK(allowed(text, "/"));
  }
  CHECK(allowed("\xFF\xFE", "/"));
  CHECK(allowed("\xFF\xFE\x3D\xD8", "/"));  // half a pair
}

TEST_CASE("rules before any group are ignored") {
  CHECK(allowed("Disallow: /\nUser-agent: other\nDisallow: /\n", "/x"));
}

TEST_CASE("HTML and random octets hold no rules") {
  CHECK(allowed("<!DOCTYPE html><html><body>User-agent of the month</body></html>", "/x"));
  std::string noise;
  std::uint32_t state = 7;
  for (int i = 0; i < 100'000; ++i) {
    state = state * 1'664'525 + 1'013'904'223;
    noise += static_cast<char>(state >> 24);
  }
  CHECK(allowed(noise, "/x"));
}

TEST_CASE("crawl delays that are negative, no number or absurd are ignored") {
  const auto delay = [](const std::string& value) {
    return Rules::parse("User-agent: *\nCrawl-delay: " + value + "\n").crawl_delay("x");
  };
  CHECK(delay("1") == milliseconds(1000));
  CHECK(delay("0.5") == milliseconds(500));
  CHECK(delay("10 # seconds") == milliseconds(10'000));
  CHECK(delay("86400") == milliseconds(86'400'000));
  for (const char* value : {"-3", "nan", "inf", "1e9", "abc", "", "99999999999999999999"}) {
    INFO(value);
    CHECK_FALSE(delay(value).has_value());
  }
}

TEST_CASE("the longest of several crawl delays holds, of our own group only") {
  const std::string text =
      "User-agent: *\nCrawl-delay: 2\n\nUser-agent: *\nCrawl-delay: 4\n\nUser-agent: slow\n"
      "Crawl-delay: 9\n\nUser-agent: quick\nDisallow: /x\n";
  const Rules rules = Rules::parse(text);
  CHECK(rules.crawl_delay("any") == milliseconds(4000));
  CHECK(rules.crawl_delay("slow") == milliseconds(9000));
  CHECK_FALSE(rules.crawl_delay("quick").has_value());
}

TEST_CASE("sitemaps belong to no group and end none") {
  const Rules rules = Rules::parse("User-agent: a\nSitemap: /s.xml\nUser-agent: b\nDisallow: /\n");
  CHECK(rules.sitemaps() == std::vector<std::string>{"/s.xml"});
  CHECK_FALSE(rules.allowed("a", "/x").allowed);
}

TEST_CASE("a crawl delay parts no group and is meant for those before it (RFC 9309, 2.2.4)") {
  const Rules rules = Rules::parse(
      "User-agent: a\nCrawl-delay: 1\n\nUser-agent: b\nCrawl-delay: 2\nUser-agent: *\n"
      "Disallow: /x\nUser-agent: a\nCrawl-delay: 3\nUser-agent: a\nDisallow: /y\n"
      "User-agent: c\nCrawl-delay: 4\n");
  CHECK_FALSE(rules.allowed("a", "/x").allowed);
  CHECK_FALSE(rules.allowed("a", "/y").allowed);
  CHECK_FALSE(rules.allowed("b", "/x").allowed);
  CHECK(rules.allowed("b", "/y").allowed);
  CHECK_FALSE(rules.allowed("other", "/x").allowed);
  CHECK(rules.allowed("c", "/x").allowed);
  CHECK(rules.crawl_delay("a") == milliseconds(3000));
  CHECK(rules.crawl_delay("b") == milliseconds(2000));
  CHECK_FALSE(rules.crawl_delay("other").has_value());
}

TEST_CASE("content signals of our group are kept, the first of a name") {
  const Rules rules = Rules::parse(
      "User-agent: *\nContent-Signal: Search=yes, ai-train = NO\nAllow: /\n"
      "Content-Signal: search=no\nUser-agent: other\nContent-Signal: ai-input=no\n");
  CHECK(rules.rules_for("x").content_signals() ==
        std::vector<std::string>{"search=yes", "ai-train=no"});
  CHECK(rules.rules_for("other").content_signals() == std::vector<std::string>{"ai-input=no"});
}

TEST_CASE("a file over the limit counts up to its last whole line there") {
  const std::string head = "User-agent: *\nDisallow: /top\n";
  const std::string filler = times(6'000'000 / 8, "# 56789\n");
  CHECK_FALSE(allowed(head + filler + "Disallow: /bottom\n", "/top"));
  CHECK(allowed(head + filler + "Disallow: /bottom\n", "/bottom"));
  const int lines = static_cast<int>((crawld::robots::kMaxBytes - head.size() - 16) / 8);
  const std::string cut = head + times(lines, "# 56789\n") + "Disallow: /" + std::string(2000, 'x');
  CHECK(allowed(cut, "/anything"));
}

TEST_CASE("a line is cut where Google's parser cuts it, at 16,663 octets") {
  const std::string start = "/x/" + std::string(16'649, 'a');
  const std::string robots_txt = "User-agent: *\nDisallow: " + start + "/qux\n";
  CHECK_FALSE(allowed(robots_txt, start + "/fux"));
  CHECK(allowed(robots_txt, start + "fux"));
}

TEST_CASE("the rules kept for one host are bounded") {
  std::string text = "User-agent: *\nDisallow: /first\n";
  for (int i = 0; i < 100'000; ++i)
    text += "Disallow: /some/longish/path/" + std::to_string(i) + "\n";
  const AgentRules rules = Rules::parse(text).rules_for("x");
  CHECK_FALSE(rules.allowed("/first").allowed);
  CHECK(rules.memory() < 1'000'000);
}

TEST_CASE("many wildcards against many a's take no time to speak of") {
  const std::string hostile = "/" + times(200, "*a") + "*z$";
  const std::string text = "User-agent: *\nDisallow: " + hostile + "\nDisallow: /aaa\n";
  const AgentRules rules = Rules::parse(text).rules_for("x");
  const double start = cpu_seconds();
  CHECK_FALSE(rules.allowed("/" + std::string(2000, 'a')).allowed);
  CHECK(cpu_seconds() - start < 5);
}

TEST_CASE(
    "thousands of wildcards against a long path are not searched to the end, which means no") {
  std::string text = "User-agent: *\n";
  for (int i = 0; i < 13'000; ++i)
    text += "Disallow: /*" + times(20, "a") + std::to_string(i) + "z\n";
  const AgentRules rules = Rules::parse(text + "Allow: /a\n").rules_for("x");
  const double start = cpu_seconds();
  for (int i = 0; i < 100; ++i) {
    const Answer answer = rules.allowed("/" + std::string(8'000, 'a'));
    CHECK((answer.too_dear && !answer.allowed && answer.line == 0));
  }
  CHECK(cpu_seconds() - start < 10);
  CHECK(rules.allowed("/a?" + std::string(100, 'b')).line == 13'002);
}

TEST_CASE("wildcards behind another folder's name cost a long path nothing") {
  std::string text = "User-agent: *\n";
  for (int i = 0; i < 20'000; ++i) text += "Disallow: /shop/" + std::to_string(i) + "*z\n";
  const Answer answer = ask(text + "Disallow: /a\n", "/" + std::string(8'000, 'a'));
  CHECK((!answer.too_dear && answer.line == 20'002));
}

TEST_CASE("60,000 groups for other bots do not hide the one for everybody") {
  std::string text;
  for (int i = 0; i < 60'000; ++i) {
    text += "User-agent: bot" + std::to_string(i) + "\nDisallow: /\n\n";
  }
  text += "User-agent: *\nDisallow: /x\n";
  const double start = cpu_seconds();
  CHECK_FALSE(allowed(text, "/x"));
  CHECK(cpu_seconds() - start < 10);
}

TEST_CASE("allowing an index page allows its folder") {
  const std::string text = "User-agent: *\nAllow: /d/index.html\nDisallow: /\n";
  CHECK(allowed(text, "/d/"));
  CHECK_FALSE(allowed(text, "/d/x"));
}

TEST_CASE("a file holds for as long as its Cache-Control says, within bounds (2.4)") {
  using crawld::robots::lifetime;
  using std::chrono::seconds;
  CHECK(lifetime("") == seconds(86'400));
  CHECK(lifetime("public, Max-Age=7200") == seconds(7200));
  CHECK(lifetime("max-age=\"7200\"") == seconds(7200));
  CHECK(lifetime("max-age=31536000") == seconds(86'400));
  CHECK(lifetime("max-age=99999999999999999999") == seconds(86'400));
  CHECK(lifetime("max-age=0") == seconds(3600));
  CHECK(lifetime("no-cache, max-age=7200") == seconds(3600));
  CHECK(lifetime("no-store") == seconds(3600));
  CHECK(lifetime("max-age=soon") == seconds(86'400));
}
