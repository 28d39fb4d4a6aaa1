#include "parsers/feed/feed.h"

#include <catch2/catch.hpp>
#include <string>

#include "crawler/base/utf8.h"
#include "parsers/feed/feed_text.h"
#include "parsers/text/dates.h"

using crawld::model::SitemapKind;
using crawld::parsers::FeedDocument;
using crawld::parsers::FeedEntry;
using crawld::parsers::html_fragment_text;
using crawld::parsers::parse_json_feed;

namespace {

constexpr const char* kUrl = "https://a.test/feeds/all.xml";

FeedDocument read(std::string_view body) {
  return crawld::parsers::parse_xml_feed(body, kUrl, 1000);
}

FeedEntry first(std::string_view body) {
  const FeedDocument feed = read(body);
  return feed.entries.empty() ? FeedEntry{} : feed.entries.front();
}

std::string item_link(const std::string& item) {
  return first("<rss><channel><item>" + item + "</item></channel></rss>").link;
}

std::string entry_link(const std::string& entry) {
  return first("<feed xmlns='http://www.w3.org/2005/Atom'><entry>" + entry + "</entry></feed>")
      .link;
}

}  // namespace

TEST_CASE("RSS gives title, link and entries") {
  const FeedDocument feed = read(
      "<rss version='2.0'><channel><title>All &amp;amp; sundry</title><link>/</link>"
      "<image><title>no</title><link>/no</link></image><item><title><![CDATA[One <b>two</b>]]>"
      "</title><link>/1</link><pubDate>Sun, 06 Sep 2009 16:20:00 +0000</pubDate></item>"
      "</channel></rss>");
  CHECK(feed.kind == SitemapKind::rss);
  CHECK(feed.title == "All & sundry");
  CHECK(feed.link == "https://a.test/");
  REQUIRE(feed.entries.size() == 1);
  CHECK(feed.entries[0].title == "One two");
  CHECK(feed.entries[0].link == "https://a.test/1");
  CHECK(crawld::parsers::iso_date(feed.entries[0].published) == "2009-09-06T16:20:00+00:00");
}

TEST_CASE("a guid is a link unless it says no or there is a better one") {
  CHECK(item_link("<guid>https://g.test/1</guid>") == "https://g.test/1");
  CHECK(item_link("<guid>https://g.test/1</guid><link>/2</link>") == "https://a.test/2");
  CHECK(item_link("<guid isPermaLink='false'>https://g.test/1</guid>") == "https://g.test/1");
  CHECK(item_link("<guid>tag:1</guid>").empty());
}

TEST_CASE("of the links of an Atom entry the HTML alternate is taken") {
  CHECK(entry_link("<link rel='self' href='/s'/><link rel='alternate' type='application/pdf' "
                   "href='/p'/><link type='text/html' href='/h'/><id>https://i.test/</id>") ==
        "https://a.test/h");
  CHECK(entry_link("<link rel='edit' href='/e'/><id>https://i.test/</id>").empty());
  CHECK(entry_link("<link href='x'/>") == "https://a.test/feeds/x");
}

TEST_CASE(
    "the text of an Atom link is none where its attribute names it, by RFC 4287 section 4.2.7") {
  CHECK(entry_link("<link href='/h'>The page</link>") == "https://a.test/h");
  CHECK(entry_link("<link rel='self' href='/s'>The feed</link>").empty());
  CHECK(item_link("<link href=''>/1</link>") == "https://a.test/1");
  CHECK(entry_link("<link rel='http://www.iana.org/assignments/relation/alternate' href='/h'/>") ==
        "https://a.test/h");
}

TEST_CASE("when an entry was published counts more than when it was created") {
  const auto published = [](const std::string& entry) {
    return crawld::parsers::iso_date(first("<feed><entry>" + entry + "</entry></feed>").published);
  };
  const std::string created = "<created>2001-01-01</created>";
  const std::string issued = "<issued>2002-02-02</issued>";
  CHECK(published(created) == "2001-01-01T00:00:00+00:00");
  CHECK(published(created + issued) == "2002-02-02T00:00:00+00:00");
  CHECK(published(issued + created) == "2002-02-02T00:00:00+00:00");
}

TEST_CASE("a link in the text of an entry does not stand for the entry") {
  CHECK(entry_link("<content type='xhtml'><div><a href='/in'>x</a></div></content>"
                   "<link href='/entry'/>") == "https://a.test/entry");
}

TEST_CASE("xml:base moves links for what it holds") {
  const FeedDocument feed = read(
      "<feed xml:base='/b/'><entry xml:base='c/'><link href='1'/></entry>"
      "<entry><link href='2' xml:base='javascript:x'/></entry></feed>");
  REQUIRE(feed.entries.size() == 2);
  CHECK(feed.entries[0].link == "https://a.test/b/c/1");
  CHECK(feed.entries[1].link == "https://a.test/b/2");
}

TEST_CASE("titles are plain text whatever form they have") {
  const auto title = [](const std::string& element) {
    return first("<feed xmlns='http://www.w3.org/2005/Atom'><entry>" + element + "</entry></feed>")
        .title;
  };
  CHECK(title("<title>a &lt;b&gt; &amp;amp; c</title>") == "a <b> &amp; c");
  CHECK(title("<title type='html'>a &lt;b&gt;b&lt;/b&gt; &amp;amp; c</title>") == "a b & c");
  CHECK(title("<title type='xhtml'><div xmlns='x'>a <b>b</b> &amp; c</div></title>") == "a b & c");
  CHECK(title("<title>\n a\n  b </title>") == "a b");
  CHECK(title("<title>" + std::string(2000, 'x') + "</title>").size() == 1024);
}

TEST_CASE("titles stay valid UTF-8 when they are cut or hold broken bytes") {
  const std::string base64 = "<entry><title mode='base64'>/8OpIMM=</title></entry>";
  CHECK(first("<feed>" + base64 + "</feed>").title == "\xEF\xBF\xBD\xC3\xA9 \xEF\xBF\xBD");
  std::string letters = "x";
  while (letters.size() < 20'000) letters += "\xC3\xA9";
  CHECK(crawld::base::is_utf8(html_fragment_text(letters)));
  CHECK(crawld::base::is_utf8(html_fragment_text("<" + std::string(16'380, 'x') + letters)));
}

TEST_CASE("other vocabularies speak where the feed's own is silent") {
  CHECK(first("<rss><channel><item><media:title>m</media:title></item></channel></rss>").title ==
        "m");
  CHECK(first("<rss><channel><item><dc:title>d</dc:title><title>t</title></item></channel></rss>")
            .title == "t");
  CHECK(first("<rss xmlns:x='http://purl.org/dc/elements/1.1/'><channel><item><x:date>2003-12-31"
              "</x:date></item></channel></rss>")
            .updated == 1'072'828'800'000);
  CHECK(
      first("<rss><channel><item><dc:title>Core</dc:title><title/></item></channel></rss>").title ==
      "Core");
  CHECK(first("<rss><channel><item><title/><title>Own</title></item></channel></rss>").title ==
        "Own");
}

TEST_CASE("RSS 1.0 keeps its items beside the channel") {
  const FeedDocument feed = read(
      "<rdf:RDF xmlns:rdf='r' xmlns='http://purl.org/rss/1.0/'><channel rdf:about='/'><title>t"
      "</title></channel><item rdf:about='https://a.test/1'><title>i</title></item></rdf:RDF>");
  CHECK(feed.title == "t");
  REQUIRE(feed.entries.size() == 1);
  CHECK(feed.entries[0].title == "i");
  CHECK(feed.entries[0].link == "https://a.test/1");
}

TEST_CASE("broken feeds give the entries that can be read") {
  const FeedDocument feed = read(
      "<rss><channel><item><title>one<link>/1</link></item><item><title>two</title><link>/2"
      "<item><link>/3?a=1&b=2</link><title>thr");
  REQUIRE(feed.entries.size() == 3);
  CHECK(feed.entries[0].title == "one");
  CHECK(feed.entries[0].link == "https://a.test/1");
  CHECK(feed.entries[1].link == "https://a.test/2");
  CHECK(feed.entries[2].link == "https://a.test/3?a=1&b=2");
  CHECK(feed.entries[2].title == "thr");
  CHECK(item_link("<description>text<link>/1</link>") == "https://a.test/1");
  CHECK(item_link("<dc:creator>me<link>/1</link>") == "https://a.test/1");
  CHECK(entry_link("<summary>text<link href='/1'/>") == "https://a.test/1");
  CHECK(entry_link("<source><link href='/no'/></source><x>") == "");
  CHECK(item_link("<description>text<link>/no</link></description>").empty());
  CHECK(item_link("<LINK>/1</link><dc:creator>me</dc:creator>") == "https://a.test/1");
  const FeedDocument open_link = read(
      "<feed><title>Feed<link href=/home><entry><title>one</title><link "
      "href='/1'/></entry></feed>");
  CHECK(open_link.link == "https://a.test/home");
  REQUIRE(open_link.entries.size() == 1);
  CHECK(open_link.entries[0].link == "https://a.test/1");
}

TEST_CASE("a feed nested without end is read in bounded memory") {
  std::string body = "<rss><channel>";
  for (int i = 0; i < 100'000; ++i) body += "<x>";
  for (int i = 0; i < 100'000; ++i) body += "</x>";
  body += "<item><link>/1</link></item>";
  CHECK(first(body).link == "https://a.test/1");
}

TEST_CASE("JSON feeds give their items") {
  const FeedDocument feed = parse_json_feed(
      R"({"version": "https://jsonfeed.org/version/1.1", "title": "t", "home_page_url": "/",
          "authors": [{"name": "n", "url": "/no"}], "items": [
          {"id": "1", "url": "/1", "title": "one", "date_published": "2010-02-07T14:04:00-05:00",
           "attachments": [{"url": "/no"}]},
          {"id": "https://a.test/2"}, {"id": "3", "external_url": "https://b.test/"}]})",
      kUrl, 1000);
  CHECK(feed.kind == SitemapKind::json_feed);
  CHECK(feed.title == "t");
  CHECK(feed.link == "https://a.test/");
  REQUIRE(feed.entries.size() == 3);
  CHECK(feed.entries[0].link == "https://a.test/1");
  CHECK(feed.entries[0].title == "one");
  CHECK(crawld::parsers::iso_date(feed.entries[0].published) == "2010-02-07T19:04:00+00:00");
  CHECK(feed.entries[1].link == "https://a.test/2");
  CHECK(feed.entries[2].link == "https://b.test/");
}

TEST_CASE("a broken JSON feed gives the items before the break") {
  const FeedDocument feed = parse_json_feed(
      R"({"version": "https://jsonfeed.org/version/1", "items": [{"url": "/1"}, {"url": "/2", )",
      kUrl, 1000);
  REQUIRE(feed.entries.size() == 2);
  CHECK(feed.entries[1].link == "https://a.test/2");
  CHECK_FALSE(feed.error.empty());
  CHECK(parse_json_feed("{\"items\": [{\"url\": \"/1\"}]}", kUrl, 10).kind == SitemapKind::none);
  CHECK(parse_json_feed(std::string(200'000, '['), kUrl, 10).kind == SitemapKind::none);
}

TEST_CASE("HTML in titles is read as a browser would show it") {
  CHECK(html_fragment_text("a <i title='>'>b</i> &copy; c") == "a b \xC2\xA9 c");
  CHECK(html_fragment_text("safe<script>x < y</script> text") == "safe text");
  CHECK(html_fragment_text("1 < 2 & 3") == "1 < 2 & 3");
  CHECK(html_fragment_text("a<!-- x -->b<!-- y") == "ab");
  CHECK(html_fragment_text("a <b") == "a <b");
}
