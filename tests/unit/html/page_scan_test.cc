// What a scan makes of small pages.
#include "parsers/html/page_scan.h"

#include <catch2/catch.hpp>

namespace crawld::parsers {
namespace {

using model::LinkTag;

model::ParsedPage scan(std::string_view html, ScanOptions options = {}) {
  if (options.url.empty()) options.url = "http://a.test/dir/page.html";
  model::ParsedPage page;
  ScanExtras extras;
  PageScanner().scan(html, options, page, extras);
  return page;
}

std::vector<std::string> urls(const model::ParsedPage& page) {
  std::vector<std::string> all;
  for (const model::Link& link : page.links) all.emplace_back(link.url);
  return all;
}

using Urls = std::vector<std::string>;

TEST_CASE("a link has its absolute URL, its folded text, its rel and its tag") {
  const auto page = scan("<p>x <a rel='NoFollow  me' href=' ../b?q=1#f '> one\n <b>two</b> </a> y");
  REQUIRE(page.links.size() == 1);
  CHECK(page.links[0].url == "http://a.test/b?q=1#f");
  CHECK(page.links[0].text == "one two");
  CHECK(page.links[0].rel == "nofollow me");
  CHECK(page.links[0].nofollow);
  CHECK(page.links[0].tag == LinkTag::a);
  CHECK(page.text == "x one two y");
}

TEST_CASE("links in templates, comments, scripts and text elements are no links") {
  CHECK(scan("<template><a href=1></a></template><!-- <a href=2> --><script>'<a href=3>'</script>"
             "<textarea><a href=4></textarea><title><a href=5></title><style><a href=6></style>"
             "<iframe><a href=7></iframe><noembed><a href=8></noembed><xmp><a href=9></xmp>")
            .links.empty());
}

TEST_CASE("a template that is a shadow tree is part of the page (HTML 13.2.6.4.4)") {
  const auto page = scan(
      "<x-a><template shadowrootmode=Open><base href=/b/><p>in <a href=1>t</a></template></x-a>"
      "<template shadowrootmode=no><a href=2></a></template>");
  CHECK(urls(page) == Urls{"http://a.test/b/", "http://a.test/dir/1"});
  CHECK(page.text == "in t");
}

TEST_CASE("a link that is never closed ends where the next begins") {
  const auto page = scan("<a href=1>one<a href=2>two</a>three");
  REQUIRE(urls(page) == Urls{"http://a.test/dir/1", "http://a.test/dir/2"});
  CHECK(page.links[0].text == "one");
  CHECK(page.links[1].text == "two");
}

TEST_CASE("the first base with a href counts, wherever the links stand") {
  CHECK(urls(scan("<a href=x></a><base target=_top><base href=/b/><base href=/c/>")) ==
        Urls{"http://a.test/b/x", "http://a.test/b/", "http://a.test/c/"});
}

TEST_CASE("a base of javascript, data or nonsense leaves the page as base") {
  for (const char* href : {"javascript:1", "data:text/html,x", "http://["}) {
    const auto page = scan("<base href='" + std::string(href) + "'><a href=x>");
    CHECK(page.base == "http://a.test/dir/page.html");
    CHECK(urls(page) == Urls{"http://a.test/dir/x"});
  }
}

TEST_CASE("a base inside noscript does not count but its links do") {
  CHECK(urls(scan("<noscript><base href=http://evil.test/><a href=x></a></noscript>")).back() ==
        "http://a.test/dir/x");
}

TEST_CASE("the title is the first one, folded, and not that of an SVG") {
  CHECK(scan("<svg><title>no</title></svg><title> a \n b &amp; c</title><title>d</title>").title ==
        "a b & c");
}

TEST_CASE("text keeps blocks on lines of their own and leaves out what is not seen") {
  CHECK(scan("<title>t</title><h1>A  b</h1><style>s</style>c<script>d</script>e<div>f<br>g"
             "<noscript>h</noscript></div><ul><li>i<li>j</ul><template>k</template>l&nbsp;m")
            .text == "A b\nce\nf\ng\ni\nj\nl\xC2\xA0m");
}

TEST_CASE("meta, language, canonical, feeds and headings are read") {
  const auto page = scan(
      "<html lang=de><meta name=Description content=' a  b '><meta property=og:title content=T>"
      "<link rel=canonical href=/c><link rel=alternate type=application/rss+xml href=/f title=F>"
      "<body><h2>x <i>y</i></h2>");
  CHECK(page.lang == "de");
  CHECK(page.description == "a b");
  CHECK(page.meta == std::vector<std::pair<std::string, std::string>>{{"description", " a  b "},
                                                                      {"og:title", "T"}});
  CHECK(page.canonical == "http://a.test/c");
  REQUIRE(page.feeds.size() == 1);
  CHECK(page.feeds[0].url == "http://a.test/f");
  CHECK(page.feeds[0].title == "F");
  REQUIRE(page.headings.size() == 1);
  CHECK(page.headings[0].level == 2);
  CHECK(page.headings[0].text == "x y");
}

TEST_CASE("a meta tells the language where <html> does not (HTML 4.2.5.3)") {
  const std::string metas =
      "<meta http-equiv=Content-Language content='de, fr'><meta http-equiv=content-language "
      "content='\n'><meta http-equiv=content-language content=' it de'><meta "
      "http-equiv=content-language content=en>";
  CHECK(scan(metas).lang == "it");
  CHECK(scan("<html lang=fr>" + metas).lang == "fr");
  CHECK(scan("<html lang=''>" + metas).lang.empty());
}

TEST_CASE("a refresh is a link and the page's refresh, in noscript a link only") {
  const auto page = scan("<meta http-equiv=Refresh content='5; URL=next'>");
  CHECK(page.refresh == "http://a.test/dir/next");
  CHECK(page.links[0].tag == LinkTag::meta_refresh);
  CHECK(scan("<noscript><meta http-equiv=refresh content='0;url=x'></noscript>").refresh.empty());
}

TEST_CASE("foreign content follows its own rules") {
  CHECK(urls(scan("<svg><a xlink:href=1><![CDATA[<a href=2>]]></a><style><a href=3></style></svg>"
                  "<![CDATA[<p>]]><a href=4>")) ==
        Urls{"http://a.test/dir/1", "http://a.test/dir/3", "http://a.test/dir/4"});
}

TEST_CASE("a link of SVG says by rel that it is not to be followed (SVG 2 16.3.1)") {
  const auto page = scan("<svg><a href=1 rel='NoFollow me'>t</a><a xlink:href=2>u</a></svg>");
  REQUIRE(page.links.size() == 2);
  CHECK(page.links[0].tag == LinkTag::a);
  CHECK(page.links[0].rel == "nofollow me");
  CHECK(page.links[0].nofollow);
  CHECK(page.links[1].tag == LinkTag::svg_a);
  CHECK_FALSE(page.links[1].nofollow);
}

TEST_CASE(
    "NUL ends a head as text does and means nothing in a body (HTML 13.2.6.4.4, 13.2.6.4.7)") {
  using namespace std::string_view_literals;
  // Within a head's <noscript> the <a> would end it, and <b> would not open the <a> again.
  CHECK(urls(scan("\0<noscript><a href=1></noscript><b>"sv)).size() == 2);
  CHECK(urls(scan("<p><a href=1></p>\0<p>"sv)).size() == 1);
}

TEST_CASE("no more links than asked for, and the page says so") {
  const auto page = scan("<a href=1><a href=2><a href=3>", {.max_links = 2});
  CHECK(page.links.size() == 2);
  CHECK(page.links_truncated);
  CHECK_FALSE(scan("<a href=1><a href=2>", {.max_links = 2}).links_truncated);
}

TEST_CASE("forms and style sheets give links where asked for") {
  const std::string html =
      "<form action=s><form method=post action=p></form><style>@import 'i.css'; a{b:url( u.png )}"
      "</style><p style='background:url(\"v.png\")'>";
  CHECK(scan(html).links.empty());
  const auto page = scan(html, {.css_urls = true, .form_links = true});
  CHECK(urls(page) == Urls{"http://a.test/dir/s", "http://a.test/dir/i.css",
                           "http://a.test/dir/u.png", "http://a.test/dir/v.png"});
  CHECK(page.links[0].tag == LinkTag::form);
}

TEST_CASE("hrefs that browsers run are no links") {
  CHECK(scan("<a href=javascript:x><a href='data:text/html,x'><img src=data:,x>").links.empty());
  CHECK(urls(scan("<a href=mailto:a@b.test>")) == Urls{"mailto:a@b.test"});
}

}  // namespace
}  // namespace crawld::parsers
