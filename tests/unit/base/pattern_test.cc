#include "crawler/base/pattern.h"

#include <catch2/catch.hpp>
#include <chrono>

namespace crawld::base {
namespace {

bool matches(std::string_view pattern, std::string_view url) {
  auto compiled = Pattern::compile(pattern);
  REQUIRE(compiled);
  return compiled->matches(url);
}

TEST_CASE("a glob covers the whole URL and its star crosses slashes") {
  CHECK(matches("*/guide/*", "https://a.test/de/guide/x/y"));
  CHECK_FALSE(matches("*/guide", "https://a.test/guide/x"));
  CHECK_FALSE(matches("a.test/*", "https://a.test/x"));
  CHECK(matches("https://a.test/?", "https://a.test/x"));
  CHECK_FALSE(matches("https://a.test/?", "https://a.test/"));
  CHECK(matches("*.pdf", "https://a.test/x.pdf"));
  CHECK(matches("*a*b*", "xxaxxbxx"));
  CHECK(matches("*.[x]$", "https://a.test/.[x]$"));
}

TEST_CASE("a glob that starts with a slash is held against path and query") {
  CHECK(matches("/guide/*", "https://a.test/guide/x?y#z"));
  CHECK(matches("/g", "https://a.test/g#z"));
  CHECK(matches("/", "https://a.test"));
  CHECK_FALSE(matches("/guide/*", "https://a.test/de/guide/x"));
  CHECK(matches("/*sort=*", "https://a.test/l?sort=up"));
}

TEST_CASE("an expression is looked for anywhere in the URL") {
  CHECK(matches("re:[?&]sort=", "https://a.test/l?a=1&sort=up"));
  CHECK_FALSE(matches("re:^/l", "https://a.test/l"));
}

TEST_CASE("a bad pattern says why") {
  auto bad = Pattern::compile("re:(");
  REQUIRE_FALSE(bad);
  CHECK_THAT(bad.error().message, Catch::Contains("missing"));
  CHECK_FALSE(Pattern::compile(""));
  CHECK_FALSE(Pattern::compile("re:(a)\\1"));
}

TEST_CASE("many stars against a long URL end in bounded time") {
  std::string stars;
  for (int i = 0; i < 1'000; ++i) stars += "*a";
  std::string url = "https://a.test/" + std::string(8'000, 'a');
  auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(matches(stars + "z", url));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}

}  // namespace
}  // namespace crawld::base
