#include "parsers/feed/sitemap.h"

#include <catch2/catch.hpp>
#include <string>

using crawld::model::Sitemap;
using crawld::model::SitemapEntry;
using crawld::model::SitemapKind;
using crawld::parsers::parse_sitemap;

namespace {

constexpr const char* kUrl = "https://a.test/maps/sitemap.xml";

Sitemap read(std::string_view body) { return parse_sitemap(body, kUrl, {}); }

// The locations, separated by blanks.
std::string locations(const std::vector<SitemapEntry>& entries) {
  std::string all;
  for (const SitemapEntry& entry : entries) all += (all.empty() ? "" : " ") + entry.loc;
  return all;
}

std::string urls(std::string_view body) { return locations(read(body).urls); }

}  // namespace

TEST_CASE("a sitemap gives locations, dates, frequencies and priorities") {
  const Sitemap sitemap = read(
      "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url>"
      "<loc>https://a.test/1</loc><lastmod>2004-12-23T18:00:15+00:00</lastmod>"
      "<changefreq>Daily</changefreq><priority>0.8</priority></url>"
      "<url><loc>/2?a=1&amp;b=2</loc></url></urlset>");
  CHECK(sitemap.kind == SitemapKind::urlset);
  CHECK(sitemap.error.empty());
  REQUIRE(sitemap.urls.size() == 2);
  CHECK(sitemap.urls[0].loc == "https://a.test/1");
  CHECK(sitemap.urls[0].lastmod == 1'103'824'815'000);
  CHECK(sitemap.urls[0].changefreq == "daily");
  CHECK(sitemap.urls[0].priority == Approx(0.8));
  CHECK(sitemap.urls[1].loc == "https://a.test/2?a=1&b=2");
  CHECK(sitemap.urls[1].lastmod == 0);
  CHECK(sitemap.urls[1].priority < 0);
}

TEST_CASE("a sitemap index gives sitemaps") {
  const Sitemap sitemap = read(
      "<sitemapindex><sitemap><loc>s1.xml.gz</loc><lastmod>2005-01-01</lastmod></sitemap>"
      "</sitemapindex>");
  CHECK(sitemap.kind == SitemapKind::index);
  CHECK(sitemap.urls.empty());
  CHECK(locations(sitemap.sitemaps) == "https://a.test/maps/s1.xml.gz");
}

TEST_CASE("any namespace, prefix and wrapping of locations is taken") {
  CHECK(urls("<sm:urlset xmlns:sm='x'><sm:url><sm:loc>/1</sm:loc></sm:url></sm:urlset>") ==
        "https://a.test/1");
  CHECK(urls("<urlset><url><loc>\n <![CDATA[ /1?a&b ]]> \xC2\xA0</loc></url></urlset>") ==
        "https://a.test/1?a&b");
  CHECK(urls("\xEF\xBB\xBF \n<urlset><URL><Loc>/1</Loc></URL></urlset>") == "https://a.test/1");
  CHECK(urls("<urlset><url><loc><url>/1</url></loc></url></urlset>") == "https://a.test/1");
  CHECK(urls("<urlset><url>https://a.test/1</url></urlset>") == "https://a.test/1");
}

TEST_CASE("image, video and news extensions are passed over") {
  CHECK(urls("<urlset xmlns:image='i' xmlns:video='v'><url><image:image><image:loc>/i.png"
             "</image:loc></image:image><loc>/1</loc><video:video><video:player_loc>/v"
             "</video:player_loc></video:video></url></urlset>") == "https://a.test/1");
  CHECK(urls("<urlset xmlns:i='i'><url><i:image><i:loc>https://a.test/i.png</i:loc></i:image>"
             "<i:x>http</i:x><loc>/1</loc></url></urlset>") == "https://a.test/1");
  CHECK(urls("<urlset xmlns='s'><url><image xmlns='i'><loc>/i.png</loc></image><loc>/1</loc></url>"
             "<url><loc>/2</loc><image xmlns='i'><loc>/i.png</loc></image></url></urlset>") ==
        "https://a.test/1 https://a.test/2");
  CHECK(urls("<urlset xmlns:i='i'><url><i:image><i:loc>/i.png<loc>/1</loc></url><url><i:image>"
             "</url><url>https://a.test/2</url></urlset>") == "https://a.test/1 https://a.test/2");
}

TEST_CASE("what stands in an extension that ends is the extension's, whatever its name") {
  CHECK(urls("<urlset><url><loc>/1</loc><i:image><loc>/i.png</loc><lastmod>2001-01-01</lastmod>"
             "</i:image></url><url><i:image><loc>/i.png</loc></i:image><loc>/2</loc></url>"
             "</urlset>") == "https://a.test/1 https://a.test/2");
  CHECK(urls("<urlset><url><i:image><loc>/1</loc><i:image></i:image></url></urlset>") ==
        "https://a.test/1");
}

TEST_CASE("a location that nothing ends goes to the end of its entry") {
  CHECK(urls("<urlset><url><loc>/1</url><url><loc>/2</urlset>") ==
        "https://a.test/1 https://a.test/2");
  CHECK(urls("<urlset><url><loc>/1<url><loc>/2</url></urlset>") ==
        "https://a.test/1 https://a.test/2");
}

TEST_CASE("locations that are no http or https URL are dropped") {
  CHECK(urls("<urlset><url><loc>file:///etc/passwd</loc></url><url><loc>javascript:x</loc></url>"
             "<url><loc></loc></url><url><loc>/1</loc></url></urlset>") == "https://a.test/1");
  CHECK(urls("<urlset><url><loc>/" + std::string(9000, 'x') + "</loc></url></urlset>").empty());
}

TEST_CASE("what can be read of a broken sitemap is kept, and the fault named") {
  const Sitemap cut = read("<urlset><url><loc>/1</loc></url><url><loc>/2</loc><lastm");
  CHECK(locations(cut.urls) == "https://a.test/1 https://a.test/2");
  CHECK(cut.error == "a start tag is not closed");
  CHECK(urls("<urlset><url><loc>/1</url></url></loc></x><url><loc>/2</loc>") ==
        "https://a.test/1 https://a.test/2");
  CHECK(urls("<urlset><url><loc>/1</loc></url><url><loc>/2-and-mo") == "https://a.test/1");
  CHECK(urls("<urlset><url><loc>/a?x&y<z</loc></url><url><loc>/2</loc></url></urlset>")
            .ends_with("https://a.test/2"));
}

TEST_CASE("a sitemap that ends in the middle of an entry is broken") {
  const std::string tail = GENERATE("<url><loc>https://a.test/2-and-mo", "<url>", "<url><loc>");
  const Sitemap cut = read("<urlset><url><loc>/1</loc></url>" + tail);
  CHECK(locations(cut.urls) == "https://a.test/1");
  CHECK(cut.error == "it ends in the middle of an entry");
  CHECK(read("<urlset><url><loc>/1</loc></url>").error.empty());
}

TEST_CASE("entities are neither expanded nor fetched") {
  std::string bomb = "<!DOCTYPE urlset [<!ENTITY a 'aaaaaaaaaa'><!ENTITY x SYSTEM 'file:///etc'>";
  for (char c = 'b'; c < 'm'; ++c) {
    bomb += std::string("<!ENTITY ") + c + " '";
    for (int i = 0; i < 10; ++i) bomb += std::string("&") + static_cast<char>(c - 1) + ";";
    bomb += "'>";
  }
  const Sitemap sitemap = read(bomb + "]><urlset><url><loc>/1&l;&x;</loc></url></urlset>");
  CHECK(locations(sitemap.urls) == "https://a.test/1");
  CHECK(sitemap.error == "entity declarations are not read");
}

TEST_CASE("lists of URLs are sitemaps, and other texts are none") {
  const Sitemap list = read("https://a.test/1\r\nnonsense\n\n https://a.test/2");
  CHECK(list.kind == SitemapKind::text);
  CHECK(locations(list.urls) == "https://a.test/1 https://a.test/2");
  for (const char* other : {"just words", "", "<html><a href=/1>", "{\"a\": 1}", "\x01\x02"}) {
    INFO(other);
    CHECK(read(other).kind == SitemapKind::none);
    CHECK_FALSE(read(other).error.empty());
  }
  CHECK(urls("https://a.test/1\t2024-01-01\n\thttps://a.test/2 3\n") ==
        "https://a.test/1 https://a.test/2%203");
}

TEST_CASE("more entries or bytes than allowed are cut, and that is said") {
  std::string body = "<urlset>";
  for (int i = 0; i < 30; ++i) body += "<url><loc>/" + std::to_string(i) + "</loc></url>";
  const Sitemap few = parse_sitemap(body, kUrl, {.max_entries = 10});
  CHECK(few.urls.size() == 10);
  CHECK(few.error == "more than 10 entries");
  const Sitemap small = parse_sitemap(body, kUrl, {.max_size = 93});
  CHECK(small.urls.size() == 3);
  CHECK(small.error == "larger than 93 bytes");
}

TEST_CASE("a sitemap may have the 52,428,800 bytes of the protocol") {
  const std::string body = "<urlset><!--" + std::string(52'428'738, ' ') +
                           "--><url><loc>https://a.test/1</loc></url></urlset>";
  REQUIRE(body.size() == 52'428'800);
  CHECK(read(body).error.empty());
  CHECK(read(body + ' ').error == "larger than 52428800 bytes");
}

TEST_CASE("what a server printed before the markup is passed over") {
  const Sitemap sitemap = read("Warning: x\n<urlset><url><loc>/1</loc></url></urlset>");
  CHECK(locations(sitemap.urls) == "https://a.test/1");
  CHECK(sitemap.error == "text stands before the markup");
  const Sitemap html = read(
      "<br />\n<b>Warning</b>: x<br />\n<?xml version='1.0'?>\n"
      "<urlset><url><loc>/1</loc></url></urlset>");
  CHECK(locations(html.urls) == "https://a.test/1");
  CHECK(html.error == "text stands before the markup");
  CHECK(read("<!-- made by x -->\n<?xml version='1.0'?><urlset/>").error.empty());
  CHECK(urls("{\"version\": \"https://jsonfeed.org/version/1\", \"items\": [{\"url\": \"/1\", "
             "\"content_text\": \"<?xml?><rss/>\"}]}") == "https://a.test/1");
}

TEST_CASE("the encoding of a sitemap is found") {
  CHECK(urls("<?xml version='1.0' encoding='iso-8859-1'?><urlset><url><loc>/\xE9</loc></url>") ==
        "https://a.test/%C3%A9");
  CHECK(urls("<urlset><url><loc>/\xE9</loc></url></urlset>") == "https://a.test/%C3%A9");
  CHECK(urls("<urlset><url><loc>/\xC3\xA9\xE9</loc></url></urlset>") ==
        "https://a.test/%C3%A9%EF%BF%BD");
  CHECK(crawld::parsers::sitemap_text("<rss><title>\xCF\xF0\xE8\xE2\xE5\xF2, \xEC\xE8\xF0! \xCD\xEE"
                                      "\xE2\xEE\xF1\xF2\xE8 \xE4\xED\xFF</title></rss>",
                                      {}, 1000)
            .utf8 == "<rss><title>Привет, мир! Новости дня</title></rss>");
}
