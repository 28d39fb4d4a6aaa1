#include "parsers/gumbo_parser.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "crawler/model/packed_body.h"
#include "parsers/worker/wire.h"
#include "tests/unit/bytes/deflated.h"
#include "tests/unit/worker/worker_fixture.h"

using namespace crawld;
using namespace crawld::parsers;

namespace {

model::ParsedPage parse(const ParseJob& job) {
  GumboParser parser;
  auto outcome = parser.parse(job, {});
  REQUIRE(std::holds_alternative<model::ParsedPage>(outcome));
  return std::get<model::ParsedPage>(std::move(outcome));
}

ParseJob html(std::string_view body) {
  return {.url = "http://a.test/dir/", .headers = {.content_type = "text/html"}, .body = body};
}

std::string gzip_of(std::string_view text) { return tests::deflated(text, tests::Wrap::gzip); }

}  // namespace

TEST_CASE("a page's links, title, meta and text are read without a tree") {
  const auto page = parse(
      html("<html lang=en><title> T </title><meta name=description content=D>"
           "<link rel=canonical href=/c><h1>H</h1><a href=x rel=NoFollow>go</a><p>some text"));
  CHECK(page.kind == model::DocumentKind::html);
  CHECK(page.title == "T");
  CHECK(page.description == "D");
  CHECK(page.lang == "en");
  CHECK(page.canonical == "http://a.test/c");
  REQUIRE(page.headings.size() == 1);
  CHECK(page.text.find("some text") != std::string::npos);
  const auto& link = page.links.back();
  CHECK(link.url == "http://a.test/dir/x");
  CHECK(link.nofollow);
  CHECK(page.charset_source == "default");
  CHECK(page.simhash != 0);
  CHECK_FALSE(page.used_tree);
}

TEST_CASE("the body is packed as it was decoded") {
  const std::string body = "<p>caf\xE9";
  ParseJob job = html(body);
  job.headers.content_type = "text/html; charset=latin1";
  const auto page = parse(job);
  CHECK(page.charset == "windows-1252");
  CHECK(page.text == "caf\xC3\xA9");
  CHECK(unpack(page.packed_body, 1'000) == body);
  CHECK(page.body_size == body.size());
}

TEST_CASE("a body that the server gzipped with care is kept as it was sent") {
  const std::string text(5'000, 'x');
  const auto parsed = [](const std::string& body, const char* coding, bool wanted = true) {
    ParseJob job = html(body);
    job.headers.content_encoding = coding;
    job.wants.packed_body = wanted;
    return parse(job);
  };
  const auto page = parsed(gzip_of(text), "gzip");
  CHECK(page.kept_as_sent);
  CHECK(page.packed_body.empty());
  CHECK(page.body_size == text.size());
  CHECK_FALSE(parsed(gzip_of(text), "gzip", false).kept_as_sent);
  // More than one member, another coding, nothing gained.
  const std::string once = "<p>aK3f9Zq";
  const std::pair<std::string, const char*> packed_anew[] = {
      {gzip_of(text) + gzip_of(text), "gzip"},
      {gzip_of(gzip_of(text)), "gzip, gzip"},
      {tests::deflated(text, tests::Wrap::zlib), "deflate"},
      {gzip_of(once), "gzip"},
      {text, ""}};
  for (const auto& [body, coding] : packed_anew) {
    const auto other = parsed(body, coding);
    CHECK_FALSE(other.kept_as_sent);
    CHECK_FALSE(other.packed_body.empty());
  }
}

TEST_CASE("the same bytes have the same content hash, whatever the URL and headers") {
  ParseJob other = html("<p>x");
  other.url = "http://b.test/";
  CHECK(parse(html("<p>x")).content_hash == parse(other).content_hash);
  CHECK(parse(html("<p>x")).content_hash != parse(html("<p>y")).content_hash);
}

TEST_CASE("of a body that is known already only what steers the crawl is read") {
  ParseJob job = html(
      "<meta name=robots content=noarchive><title>t</title><a href=x>a link</a><p>Some words, read "
      "as an article.</p><form><input type=password></form>"
      "<script type='application/ld+json'>{\"a\":1}</script>");
  job.headers.x_robots_tag = "noindex";
  job.wants.main_text = job.wants.markdown = job.wants.structured = true;
  const auto first = parse(job);
  REQUIRE(first.used_tree);
  REQUIRE_FALSE(first.main_text.empty());
  job.known_hash = first.content_hash;
  const auto page = parse(job);
  CHECK(page.unchanged);
  CHECK(page.content_hash == job.known_hash);
  CHECK(page.body_size == first.body_size);
  REQUIRE(page.links.size() == 1);
  CHECK(page.links[0].url == first.links[0].url);
  CHECK(page.robots == first.robots);
  CHECK(page.asks_password);
  CHECK_FALSE(page.used_tree);
  CHECK(page.text.empty());
  CHECK(page.main_text.empty());
  CHECK(page.markdown.empty());
  CHECK(page.jsonld == "[]");
  CHECK(page.packed_body.empty());
  CHECK_FALSE(page.kept_as_sent);
  job.known_hash = "00000000000000000000000000000000";
  CHECK_FALSE(parse(job).unchanged);
  CHECK_FALSE(parse(job).packed_body.empty());
}

TEST_CASE("a body that is known already is still asked for its marker") {
  ParseJob job = html("<div class=login>Log in</div>");
  job.known_hash = parse(job).content_hash;
  job.marker = ".login";
  CHECK(parse(job).marked);
  job.marker = ".other";
  CHECK_FALSE(parse(job).marked);
}

TEST_CASE("of a robots.txt the decoded body comes back, at most 5 MiB of it") {
  const std::string body = "User-agent: *\n" + std::string(6 << 20, '#');
  const auto page = parse({.url = "http://a.test/robots.txt",
                           .purpose = model::Purpose::robots,
                           .headers = {.content_type = "text/html"},
                           .body = body});
  const bool is_front = page.body == body.substr(0, 5 << 20);
  CHECK(is_front);
  CHECK(page.body_size == body.size());
  CHECK(page.links.empty());
}

TEST_CASE("a binary body is hashed and packed and not read") {
  const std::string body("\x89PNG\r\n\x1a\n<a href=x>", 18);
  const auto page =
      parse({.url = "http://a.test/i", .headers = {.content_type = "image/png"}, .body = body});
  CHECK(page.kind == model::DocumentKind::binary);
  CHECK(page.links.empty());
  CHECK(page.content_hash.size() == 32);
  CHECK(unpack(page.packed_body, 100) == body);
}

TEST_CASE("an empty body is an empty page, not an error") {
  const auto page = parse(html(""));
  CHECK(page.body_size == 0);
  CHECK(page.links.empty());
}

TEST_CASE("a body that cannot be decoded is a failure that says why") {
  GumboParser parser;
  ParseJob job = html("not gzip");
  job.headers.content_encoding = "gzip";
  CHECK(test::failure_of(parser.parse(job, {})).kind == model::ParseFailureKind::bad_encoding);
  job.headers.content_encoding = "rot13";
  CHECK(test::failure_of(parser.parse(job, {})).kind == model::ParseFailureKind::unsupported);
  job.headers.content_encoding = "";
  job.max_decoded_size = 3;
  CHECK(test::failure_of(parser.parse(job, {})).kind == model::ParseFailureKind::too_large);
}

TEST_CASE("a page too deep for a tree keeps its links and says that it was over the limits") {
  std::string body = "<a href=x>x</a>";
  for (int i = 0; i < 5'000; ++i) body += "<div>";
  body += "<a href=y>y</a>";
  ParseJob job = html(body);
  job.wants.always_tree = true;
  const auto page = parse(job);
  CHECK(page.over_limits);
  CHECK_FALSE(page.used_tree);
  CHECK(page.links.size() == 2);
}

TEST_CASE("main text, Markdown and structured data are made only if they are asked for") {
  std::string body =
      "<html><head><title>News</title>"
      "<script type=application/ld+json>{\"@type\":\"Article\",\"headline\":\"News\"}"
      "</script><meta property=og:title content=OG></head><body><nav><a href=/>Home</a>"
      "</nav><article><h1>News</h1>";
  for (int i = 0; i < 8; ++i) {
    body +=
        "<p>This is a paragraph of the article, long enough to be taken for one, with a "
        "full stop at its end and some more words, " +
        std::to_string(i) + ".</p>";
  }
  body += "</article></body></html>";
  ParseJob job = html(body);
  const auto plain = parse(job);
  CHECK(plain.main_text.empty());
  CHECK(plain.jsonld == "[]");
  CHECK_FALSE(plain.used_tree);
  CHECK(plain.lang == "en");  // guessed from the text
  job.wants.main_text = job.wants.markdown = job.wants.structured = true;
  const auto full = parse(job);
  CHECK(full.used_tree);
  CHECK(full.main_text.find("This is a paragraph") != std::string::npos);
  CHECK(full.markdown.find("This is a paragraph") != std::string::npos);
  CHECK(full.jsonld.find("\"headline\"") != std::string::npos);
  CHECK(full.opengraph.find("OG") != std::string::npos);
  CHECK(full.links.size() == plain.links.size());
}

TEST_CASE("rules make records of the pages that they match, through a sandboxed worker as well") {
  FieldRule price{.name = "price", .source = "css:.price", .type = ValueType::number};
  FieldRule text{.name = "body", .source = "main_text"};
  FieldRule data{.name = "kind", .source = "jsonld:@type"};
  const std::vector<RuleSet> rules = {
      {{{.name = "other", .match = "*/elsewhere/*", .fields = {price}}}},
      {{{.name = "item", .match = "*/dir/*", .fields = {price, text, data}}}}};
  ParseJob job = html(
      "<script type=application/ld+json>{\"@type\":\"Product\"}</script>"
      "<p class=price>12.50</p>");
  auto options = test::real_options();
  options.rule_sets = rules;
  WorkerProcess worker(options);
  GumboParser parser(rules);
  for (Parser* which : {static_cast<Parser*>(&parser), static_cast<Parser*>(&worker)}) {
    job.rule_set = 2;
    auto outcome = which->parse(job, test::in(std::chrono::seconds(20)));
    REQUIRE(std::holds_alternative<model::ParsedPage>(outcome));
    const auto& page = std::get<model::ParsedPage>(outcome);
    REQUIRE(page.records.size() == 1);
    CHECK(page.records[0].rule == "item");
    CHECK(page.records[0].fields_json.find("\"price\":12.5") != std::string::npos);
    CHECK(page.records[0].fields_json.find("Product") != std::string::npos);
    CHECK(page.used_tree);
    CHECK(page.main_text.empty());  // made for the rule, not asked for
    CHECK(page.jsonld == "[]");
    job.rule_set = 1;  // matches other pages
    outcome = which->parse(job, test::in(std::chrono::seconds(20)));
    CHECK(std::get<model::ParsedPage>(outcome).records.empty());
    CHECK_FALSE(std::get<model::ParsedPage>(outcome).used_tree);
  }
}

TEST_CASE("a field alone has the value that it has where everything is read") {
  const ParseJob job = html(
      "<html lang=en><head><script type=application/ld+json>{\"@type\":\"Product\",\"name\":\"J\","
      "\"author\":\"Ann Other\",\"datePublished\":\"2024-03-03\"}</script>"
      "<meta property=og:title content=OG><div itemscope itemtype=http://schema.org/Product>"
      "<b itemprop=name>M</b></div><p>A paragraph with some words in it.");
  for (const auto& [source, value] : {std::pair{"jsonld:name", "\"J\""},
                                      {"microdata:name", "\"M\""},
                                      {"og:title", "\"OG\""},
                                      {"author", "\"Ann Other\""},
                                      {"date", "\"2024-03-03\""}}) {
    INFO(source);
    GumboParser parser({{{{.name = "r", .fields = {{.name = "f", .source = source}}}}}});
    for (const bool everything : {false, true}) {
      ParseJob asked = job;
      asked.rule_set = 1;
      asked.wants.main_text = asked.wants.structured = everything;
      const auto outcome = parser.parse(asked, {});
      REQUIRE(std::holds_alternative<model::ParsedPage>(outcome));
      const auto& page = std::get<model::ParsedPage>(outcome);
      REQUIRE(page.records.size() == 1);
      CHECK(page.records[0].fields_json == std::string("{\"f\":") + value + "}");
      const std::string_view kind(source);
      const bool told_in_the_text = kind.starts_with("jsonld:") || kind.starts_with("og:");
      CHECK(page.used_tree == (everything || !told_in_the_text));
      CHECK((page.microdata != "[]") == everything);
      CHECK((page.structured_other != "{}") == everything);
    }
  }
}

TEST_CASE("headers speak for any kind of document") {
  ParseJob job{.url = "http://a.test/x.pdf", .body = "%PDF-1.4 ..."};
  job.headers.content_type = "application/pdf";
  job.headers.link = "<http://a.test/x>; rel=canonical";
  job.headers.x_robots_tag = "noindex, otherbot: nofollow";
  job.robots_agent = "ourbot";
  const auto page = parse(job);
  CHECK(page.canonical == "http://a.test/x");
  CHECK(page.robots == std::vector<std::string>{"noindex"});
}

TEST_CASE("rights reserved by headers are directives of the page") {
  ParseJob job = html("<p>x");
  job.headers.x_robots_tag = "otherbot: noindex\nnoai";
  job.headers.tdm_reservation = "1";
  job.headers.content_signal = "search=yes, AI-train=no";
  CHECK(parse(job).robots == std::vector<std::string>{"noai", "tdm-reservation",
                                                      "content-signal:search=yes",
                                                      "content-signal:ai-train=no"});
}

TEST_CASE("a style sheet's URLs are links against its own URL, where asked for") {
  ParseJob job{.url = "http://a.test/css/a.css", .headers = {.content_type = "text/css"}};
  job.body = "@import 'b.css'; @font-face { src: url(../f.woff) } p { background: url(data:,x) }";
  CHECK(parse(job).links.empty());
  job.wants.css_urls = true;
  const auto page = parse(job);
  REQUIRE(page.links.size() == 2);
  CHECK(page.links[0].url == "http://a.test/css/b.css");
  CHECK(page.links[1].url == "http://a.test/f.woff");
  CHECK(page.links[1].tag == model::LinkTag::css);
}

TEST_CASE("what an SVG file draws from others are links, where style sheets' are asked for") {
  ParseJob job{.url = "http://a.test/art/a.svg", .headers = {.content_type = "image/svg+xml"}};
  job.body =
      "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' "
      "xmlns:xlink='http://www.w3.org/1999/xlink'><title>no page</title>"
      "<style>@import 'a.css'; rect { fill: url(#g); mask: url(m.svg#m) }</style>"
      "<image xlink:href='p.png'/><use href='parts.svg#x'/><use href='#own'/>"
      "<rect style='fill: url(f.svg#f)'/><a href='/page'/><script href='s.js'/>"
      "<style><![CDATA[ b { background: url(../c.png) } ]]></style></svg>";
  CHECK(parse(job).links.empty());
  job.wants.css_urls = true;
  const auto page = parse(job);
  std::vector<std::string> urls;
  for (const auto& link : page.links) {
    urls.emplace_back(link.url.substr(0, link.url.find('#')));
    CHECK((link.tag == model::LinkTag::css || link.tag == model::LinkTag::img ||
           link.tag == model::LinkTag::script));
  }
  std::sort(urls.begin(), urls.end());
  CHECK(urls == std::vector<std::string>{"http://a.test/art/a.css", "http://a.test/art/f.svg",
                                         "http://a.test/art/m.svg", "http://a.test/art/p.png",
                                         "http://a.test/art/parts.svg", "http://a.test/art/s.js",
                                         "http://a.test/c.png"});
  CHECK(page.title.empty());
}

TEST_CASE("links in the srcdoc of an iframe are links, against the page's base or their own") {
  for (const bool tree : {false, true}) {
    ParseJob job = html(
        "<base href=/b/><iframe srcdoc='<a href=1>x</a><base href=&quot;/c/&quot;>"
        "<iframe srcdoc=\"&amp;lt;a href=2&amp;gt;\">'></iframe><a href=3>");
    job.wants.always_tree = tree;
    std::vector<std::string> urls;
    for (const auto& link : parse(job).links) {
      if (link.tag == model::LinkTag::a) urls.emplace_back(link.url);
    }
    CHECK(urls ==
          std::vector<std::string>{"http://a.test/b/3", "http://a.test/c/1", "http://a.test/c/2"});
  }
}

TEST_CASE("a sitemap, and a feed that was fetched as a page, are read as lists") {
  const auto sitemap = parse({.url = "http://a.test/s.xml",
                              .purpose = model::Purpose::sitemap,
                              .headers = {.content_type = "text/xml"},
                              .body = "<urlset><url><loc>http://a.test/1</loc></url></urlset>"});
  CHECK(sitemap.sitemap.kind == model::SitemapKind::urlset);
  REQUIRE(sitemap.sitemap.urls.size() == 1);
  const auto feed = parse({.url = "http://a.test/f",
                           .headers = {.content_type = "text/html"},
                           .body = "<rss version=\"2.0\"><channel><item><title>t</title>"
                                   "<link>http://a.test/2</link></item></channel></rss>"});
  CHECK(feed.sitemap.kind == model::SitemapKind::rss);
}

TEST_CASE("a JSON Feed of version 1 is told by its version, whatever its media type") {
  const auto read = [](std::string_view type, std::string_view body) {
    return parse({.url = "http://a.test/feed.json",
                  .headers = {.content_type = std::string(type)},
                  .body = body})
        .sitemap;
  };
  const auto feed =
      read("application/json",
           R"({"version":"https:\/\/jsonfeed.org\/version\/1","items":[{"url":"/1"}]})");
  CHECK(feed.kind == model::SitemapKind::json_feed);
  REQUIRE(feed.urls.size() == 1);
  CHECK(feed.urls[0].loc == "http://a.test/1");
  CHECK(read("application/json", R"({"version":"1","items":[{"url":"/1"}]})").kind ==
        model::SitemapKind::none);
}

TEST_CASE("bytes that are no text in headers do not cost a page its worker") {
  WorkerProcess worker(test::real_options());
  ParseJob job = html("<p>x");
  for (auto* header : {&job.headers.content_language, &job.headers.link, &job.headers.refresh,
                       &job.headers.x_robots_tag, &job.headers.content_type,
                       &job.headers.tdm_reservation, &job.headers.content_signal}) {
    *header = "<http://a.test/\xFF>; rel=\"alternate\"; title=\"\xE4\"; type=application/rss+xml";
    const auto outcome = worker.parse(job, test::in(std::chrono::seconds(20)));
    CHECK(std::holds_alternative<model::ParsedPage>(outcome));
  }
  CHECK(worker.counters().bad_replies == 0);
}

TEST_CASE("pages made to hurt come back from a real worker as pages or named failures") {
  WorkerProcess worker(test::real_options());
  const auto repeated = [](std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
  };
  const std::pair<const char*, std::string> pages[] = {
      {"nested divs", repeated("<div>", 100'000)},
      {"nested formatting", repeated("<b><i><a href=x>", 20'000)},
      {"nested tables", repeated("<table><tr><td>", 3'000)},
      {"nested items", repeated("<div itemscope itemprop=x itemtype=http://s.test/T>", 500)},
      {"attributes", "<div" + repeated(" a=1", 100'000) + ">"},
      {"one giant attribute", "<a href=\"" + std::string(4 << 20, 'x') + "\">x</a>"},
      {"links", repeated("<a href=x>y</a>", 150'000)},
      {"nested JSON",
       "<script type=application/ld+json>" + std::string(100'000, '[') + "</script>"},
      {"selects", repeated("<select><option>", 20'000)},
      {"NULs", std::string(1 << 20, '\0')},
  };
  for (const auto& [name, body] : pages) {
    CAPTURE(name);
    ParseJob job = html(body);
    job.wants.main_text = job.wants.markdown = job.wants.structured = true;
    const auto outcome = worker.parse(job, test::in(std::chrono::seconds(60)));
    const auto failure = test::failure_of(outcome);
    CAPTURE(failure.detail);
    CHECK((std::holds_alternative<model::ParsedPage>(outcome) ||
           failure.kind == model::ParseFailureKind::cpu ||
           failure.kind == model::ParseFailureKind::memory));
  }
}

TEST_CASE("a sandboxed worker answers as the parser in this process does, whatever the charset") {
  WorkerProcess worker(test::real_options());
  GumboParser parser;
  for (const char* charset :
       {"utf-8", "windows-1252", "windows-1251", "koi8-r", "iso-8859-8", "macintosh", "gbk",
        "gb18030", "big5", "euc-jp", "iso-2022-jp", "shift_jis", "euc-kr", "utf-16le", "utf-16be",
        "x-user-defined", "replacement", "no-such-charset", ""}) {
    CAPTURE(charset);
    std::string body =
        "<title>t</title><a href='http://b\xC3\xBC.test/?\xC4\xE3'>\xC4\xE3\x83\x65</a>";
    ParseJob job = html(body);
    job.headers.content_type = std::string("text/html; charset=") + charset;
    body += "<!-- " + job.headers.content_type + " -->";  // no copy of the page before
    job.body = body;
    job.wants.main_text = job.wants.markdown = job.wants.structured = true;
    std::string here;
    std::string there;
    encode_reply({.outcome = parser.parse(job, {})}, 1, here);
    encode_reply({.outcome = worker.parse(job, test::in(std::chrono::seconds(20)))}, 1, there);
    CHECK(here == there);
  }
}
