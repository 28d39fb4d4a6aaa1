// Which URLs name one page, and which must stay apart.
#include "crawler/policy/canonicalize.h"

#include <catch2/catch.hpp>
#include <string>

namespace {

using crawld::model::Url;
using crawld::policy::Canonicalizer;

std::string canonical(const std::string& text, crawld::config::Canonicalize options = {}) {
  const auto url = Url::parse(text);
  REQUIRE(url.has_value());
  const Canonicalizer canonicalizer(std::move(options));
  const Url once = canonicalizer.canonicalize(*url);
  CHECK(canonicalizer.canonicalize(once) == once);
  return once.href();
}

}  // namespace

TEST_CASE("fragments, credentials, empty queries and final dots go") {
  CHECK(canonical("http://a.test/x#y") == "http://a.test/x");
  CHECK(canonical("http://me:pw@a.test/x") == "http://a.test/x");
  CHECK(canonical("http://a.test/x?") == "http://a.test/x");
  CHECK(canonical("http://a.test./x") == "http://a.test/x");
}

TEST_CASE("triplets have one spelling and keep their meaning") {
  CHECK(canonical("http://a.test/%66oo%2fbar%c3%a9") == "http://a.test/foo%2Fbar%C3%A9");
  CHECK(canonical("http://a.test/?q=%7e%26") == "http://a.test/?q=~%26");
  CHECK(canonical("http://a.test/%2541") == "http://a.test/%2541");
  CHECK(canonical("http://a.test/%%34%31") == "http://a.test/%%341");
  CHECK(canonical("http://a.test/%4%31") == "http://a.test/%4%31");
}

TEST_CASE("tracking parameters go and leave the others in order") {
  CHECK(canonical("http://a.test/?utm_source=x&b=2&GCLID=1&a=1&fbclid=z") ==
        "http://a.test/?b=2&a=1");
  CHECK(canonical("http://a.test/?utm_source=x&utm_medium=y") == "http://a.test/");
  CHECK(canonical("http://a.test/?mc_cid=1&_ga=2&_gl=3&ysclid=4&id=5") == "http://a.test/?id=5");
  CHECK(canonical("http://a.test/?gclid=1", {.strip_tracking = false}) == "http://a.test/?gclid=1");
}

TEST_CASE("session ids go from path and query") {
  CHECK(canonical("http://a.test/x.jsp;jsessionid=0A1B2C?p=1") == "http://a.test/x.jsp?p=1");
  CHECK(canonical("http://a.test/x.jsp;JSESSIONID=0A1B2C;v=1/y") == "http://a.test/x.jsp;v=1/y");
  CHECK(canonical("http://a.test/(S(4hqa0555fwsecu455xqckv45))/m.aspx") == "http://a.test/m.aspx");
  CHECK(canonical("http://a.test/?PHPSESSID=abc&x=1") == "http://a.test/?x=1");
  CHECK(canonical("http://a.test/?ASPSESSIONIDAQRST=abc&CFID=1&CFTOKEN=2") == "http://a.test/");
  CHECK(canonical("http://a.test/?sid=0123456789abcdef01") == "http://a.test/");
}

TEST_CASE("what only looks like a session id stays") {
  for (const char* text :
       {"http://a.test/?sid=42", "http://a.test/?session=keynote", "http://a.test/?s=crawler",
        "http://a.test/x;v=1", "http://a.test/wiki/(Song)", "http://a.test/?sid=reinforcement"}) {
    CHECK(canonical(text) == text);
  }
}

TEST_CASE("the query is sorted, index pages and www. folded only where asked for") {
  CHECK(canonical("http://a.test/?b=2&a=2&a=1") == "http://a.test/?b=2&a=2&a=1");
  CHECK(canonical("http://a.test/?b=2&a=2&a=1", {.sort_query = true}) ==
        "http://a.test/?a=1&a=2&b=2");
  CHECK(canonical("http://a.test/d/Index.HTML?x") == "http://a.test/d/Index.HTML?x");
  CHECK(canonical("http://a.test/d/Index.HTML?x", {.strip_index_pages = true}) ==
        "http://a.test/d/?x");
  CHECK(canonical("http://www.example.org/", {.fold_www = true}) == "http://example.org/");
  CHECK(canonical("http://www.co.uk/", {.fold_www = true}) == "http://www.co.uk/");
}

TEST_CASE("a mirror's name becomes the one that is kept, whole names only") {
  const crawld::config::Canonicalize options = {
      .host_aliases = {{"mirror.test", "www.example.org"}, {"old.example.org", "www.example.org"}}};
  CHECK(canonical("https://mirror.test:8443/a?b", options) == "https://www.example.org:8443/a?b");
  CHECK(canonical("http://OLD.example.org./", options) == "http://www.example.org/");
  for (const char* text :
       {"http://a.mirror.test/", "http://mirror.test.a/", "http://example.org/"}) {
    CHECK(canonical(text, options) == text);
  }
}

TEST_CASE("aliases and www. are folded together, and what is folded stays as it is") {
  const crawld::config::Canonicalize options = {
      .fold_www = true, .host_aliases = {{"www.mirror.org", "www.example.org"}}};
  for (const char* name : {"mirror.org", "www.mirror.org", "example.org", "www.example.org"}) {
    const std::string once = canonical("http://" + std::string(name) + "/x", options);
    CHECK(once == "http://example.org/x");
    CHECK(canonical(once, options) == once);
  }
}

TEST_CASE("further parameters are named by the operator") {
  const crawld::config::Canonicalize options = {.strip_params = {"Ref", "x_*"}};
  CHECK(canonical("http://a.test/?ref=1&x_a=2&x=3", options) == "http://a.test/?x=3");
}

TEST_CASE("slashes, case and scheme are left alone") {
  for (const char* text : {"http://a.test//x//y", "http://a.test/X", "http://a.test/x/",
                           "https://a.test/x", "http://a.test/?a&&b=", "http://a.test/+?+"}) {
    CHECK(canonical(text) == text);
  }
}

TEST_CASE("what is not crawled only loses its fragment") {
  CHECK(canonical("mailto:a@b.test?utm_source=x#y") == "mailto:a@b.test?utm_source=x");
}
