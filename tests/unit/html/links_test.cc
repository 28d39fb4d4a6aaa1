// References, srcsets, style sheets and headers.
#include "parsers/html/links.h"

#include <catch2/catch.hpp>

#include "parsers/link_headers.h"

namespace crawld::parsers {
namespace {

using Views = std::vector<std::string_view>;
using Urls = std::vector<std::string>;

TEST_CASE("the resolver's short cuts give what the URL parser gives") {
  const std::vector<std::string> fronts = {"",
                                           "/",
                                           "//b.test/",
                                           "http://c.test",
                                           "https://C.Test:443/x",
                                           "?",
                                           "#",
                                           "./",
                                           "../",
                                           "../../../",
                                           "x/",
                                           "HTTP://d.test/",
                                           "http:",
                                           "mailto:",
                                           "http://[::1]",
                                           "http://1.2/",
                                           "http://e.test:80",
                                           "//",
                                           "http://u@f.test/",
                                           "http://",
                                           "http:///g.test/",
                                           "x:",
                                           "http://\xC3\xBC.test/",
                                           "/.",
                                           "http://h.test?"};
  const std::vector<std::string> backs = {
      "",      "a.html", "a/b?c=d#e", ".",      "..",          "/./x",  "a/../b",   "%2e%2E/x",
      "%20 y", "a b",    "a'b?c'd",   "\\x\\y", "?q=\xC3\xA4", "#f g`", "a{b}|c^d", "a:b",
      "@x",    "a\tb",   "a//b/",     "[x]",    "?a?b#c#d",    "...",   "/.x"};
  const std::vector<std::string> bases = {"http://a.test/dir/sub/page.html?x=y#z",
                                          "https://a.test/", "http://u:p@a.test:8080/d/?q/r",
                                          "file:///tmp/x", "data:text/html,x"};
  for (const std::string& base : bases) {
    const auto url = model::Url::parse(base);
    REQUIRE(url);
    for (const char* encoding : {"", "windows-1252"}) {
      LinkResolver resolver(url, encoding);
      for (const std::string& front : fronts) {
        for (const std::string& back : backs) {
          for (const std::string& reference : {front + back, " " + front + back + "\n"}) {
            const auto wanted = url->resolve(reference, encoding);
            INFO(base << " + " << reference);
            CHECK(resolver.resolve(reference) == (wanted ? wanted->href() : ""));
          }
        }
      }
    }
  }
}

TEST_CASE("a reference or base over the limit is no link") {
  const std::string longest(LinkResolver::kMaxUrl, 'x');
  LinkResolver resolver(model::Url::parse("http://a.test/"), {});
  CHECK(resolver.resolve(longest).empty());
  CHECK(
      LinkResolver(model::Url::parse("http://a.test/" + longest + "/y"), {}).resolve("z").empty());
}

TEST_CASE("a srcset gives the URLs of its candidates") {
  CHECK(srcset_urls("a 1x, b 2x") == Views{"a", "b"});
  CHECK(srcset_urls("a,b,c,,, /d 800w,data:x,y 700w, e 9w(, f), g") ==
        Views{"a,b,c", "/d", "data:x,y", "e", "g"});
  CHECK(srcset_urls(" ,\n").empty());
}

TEST_CASE("style sheets give their URLs") {
  CHECK(css_urls(
            "/* url(no) */ @import 'a.css'; @IMPORT url(b.css); c{d: URL( \"e\\66.png\" ) url( g )}"
            " content:'url(no)'") == Urls{"a.css", "b.css", "ef.png", "g"});
  CHECK(css_urls("url(").empty());
  CHECK(css_urls("myurl(x) #url(y)").empty());
  CHECK(css_urls("<!--url(a)--><!--@import 'b'; -->") == Urls{"a", "b"});
}

TEST_CASE("the URL of a namespace is a name, and nothing to ask for (CSS Namespaces 3, 2)") {
  CHECK(css_urls("@namespace url(no);@namespace svg url('no');@NAMESPACE x \"no\";a{b:url(c)}") ==
        Urls{"c"});
  CHECK(css_urls("@namespace a{b:url(c)}") == Urls{"c"});
  CHECK(css_urls("@namespace/*;*/url(no)").empty());
}

TEST_CASE("the strings of an image set are URLs (CSS Images 4, 2.4)") {
  CHECK(css_urls("a{b:image-set('x' 1x, url(y) 2x, url( \"z\" ) 3x, 'w' type('image/avif') 4x)}") ==
        Urls{"x", "y", "z", "w"});
  CHECK(
      css_urls("-WEBKIT-IMAGE-SET(/*'no'*/\"x\" 1x, linear-gradient(red, blue) 2x);content:'no'") ==
      Urls{"x"});
  CHECK(css_urls("image-set(image-set('no') 1x, url(a b) 2x, 'x' 3x)") == Urls{"x"});
  CHECK(css_urls("a{b:image-set('x' 1x}c{content:'no';d:other-set('no')}") == Urls{"x"});
  const auto places = css_places("image-set('x' 1x)");
  REQUIRE(places.size() == 1);
  CHECK((places[0].begin == 10 && places[0].end == 13));
}

TEST_CASE("names in style sheets may have escapes (CSS Syntax 4.3.12)") {
  CHECK(css_urls("@im\\70ort 'a'; u\\72 l(b)") == Urls{"a", "b"});
  CHECK(css_urls("x\\\"url(a) x\\'url(b)").empty());
}

TEST_CASE("a bad URL or string in a style sheet is none (CSS Syntax 4.3.5, 4.3.6)") {
  CHECK(css_urls("url(g h) url(a\"b) url(c(d) url(e)") == Urls{"e"});
  CHECK(css_urls("url('a\nb) url(c)") == Urls{"c"});
  CHECK(css_urls("@import \"a\rb; url(c)") == Urls{"c"});
  CHECK(css_urls("url('a\\\r\nb')") == Urls{"ab"});
}

TEST_CASE("rel tokens are folded and found whole") {
  const std::string rel = fold_rel("  NoFollow \n me ");
  CHECK(rel == "nofollow me");
  CHECK(has_token(rel, "me"));
  CHECK_FALSE(has_token(rel, "follow"));
  CHECK(says_nofollow(rel));
  CHECK(says_nofollow("ugc"));
  CHECK_FALSE(names_resource("dns-prefetch"));
  CHECK(names_resource("preconnect stylesheet"));
}

TEST_CASE("a Link header is read as RFC 8288 says") {
  const auto links = parse_link_header(
      "</a>; rel=\"canonical next\"; title=\"x, y\", <b>;rel=prev;rel=next , <c>; foo, d, "
      "<e>; rel=alternate; type=\"application/rss+xml\"; anchor=\"#x\"");
  REQUIRE(links.size() == 4);
  CHECK(links[0].target == "/a");
  CHECK(links[0].rel == "canonical next");
  CHECK(links[0].title == "x, y");
  CHECK(links[1].rel == "prev");
  CHECK(links[2].rel.empty());
  CHECK(links[3].other_context);
  CHECK(links[3].type == "application/rss+xml");
}

TEST_CASE("headers add links, canonical and refresh") {
  model::ParsedPage page;
  add_header_links({.link = "</c>; rel=canonical, </f>; rel=alternate; type=application/atom+xml",
                    .refresh = "3; url=/r"},
                   "http://a.test/x/y", 100, page);
  CHECK(page.canonical == "http://a.test/c");
  CHECK(page.refresh == "http://a.test/r");
  REQUIRE(page.links.size() == 3);
  CHECK(page.links[0].tag == model::LinkTag::link_header);
  CHECK(page.links[2].tag == model::LinkTag::refresh_header);
  REQUIRE(page.feeds.size() == 1);
  CHECK(page.feeds[0].url == "http://a.test/f");
}

}  // namespace
}  // namespace crawld::parsers
