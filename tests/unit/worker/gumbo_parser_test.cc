#include "parsers/gumbo_parser.h"

#include <catch2/catch.hpp>

#include "parsers/pack.h"
#include "parsers/wire.h"
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

TEST_CASE("the same bytes have the same content hash, whatever the URL and headers") {
  ParseJob other = html("<p>x");
  other.url = "http://b.test/";
  CHECK(parse(html("<p>x")).content_hash == parse(other).content_hash);
  CHECK(parse(html("<p>x")).content_hash != parse(html("<p>y")).content_hash);
}

TEST_CASE("a body that is known already is hashed and nothing else") {
  ParseJob job = html("<a href=x>");
  job.known_hash = parse(job).content_hash;
  const auto page = parse(job);
  CHECK(page.unchanged);
  CHECK(page.links.empty());
  CHECK(page.packed_body.empty());
  CHECK(page.content_hash == job.known_hash);
  job.known_hash = "00000000000000000000000000000000";
  CHECK_FALSE(parse(job).unchanged);
  CHECK_FALSE(parse(job).links.empty());
}

TEST_CASE("of a robots.txt the decoded body comes back, at most 512 KiB of it") {
  const std::string body = "User-agent: *\n" + std::string(1 << 20, '#');
  const auto page = parse({.url = "http://a.test/robots.txt",
                           .purpose = model::Purpose::robots,
                           .headers = {.content_type = "text/html"},
                           .body = body});
  CHECK(page.body == body.substr(0, 512 << 10));
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
    job.wants.main_text = job.wants.markdown = job.wants.structured = true;
    std::string here;
    std::string there;
    encode_reply({.outcome = parser.parse(job, {})}, 1, here);
    encode_reply({.outcome = worker.parse(job, test::in(std::chrono::seconds(20)))}, 1, there);
    CHECK(here == there);
  }
}
