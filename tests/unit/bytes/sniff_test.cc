#include "parsers/bytes/sniff.h"

#include <catch2/catch.hpp>
#include <string>

using crawld::model::DocumentKind;
using crawld::parsers::sniff_kind;
using namespace std::string_literals;

namespace {

std::string kind(std::string_view content_type, std::string_view bytes, std::string_view url = "") {
  return std::string(crawld::model::to_string(sniff_kind(content_type, bytes, url)));
}

}  // namespace

TEST_CASE("the content type says what a body is") {
  CHECK(kind("text/html", "x") == "html");
  CHECK(kind("Text/HTML; charset=utf-8", "{\"a\":1}") == "html");
  CHECK(kind("application/xhtml+xml", "<html/>") == "xhtml");
  CHECK(kind("application/vnd.api+json", "x") == "json");
  CHECK(kind("text/css", "a{}") == "text");
  CHECK(kind("application/octet-stream", "<!doctype html><p>x") == "binary");
  CHECK(kind("image/png", "x") == "binary");
  CHECK(kind("text/html", "") == "empty");
}

TEST_CASE("a body without a type is sniffed") {
  CHECK(kind("", "  <!-- x --><p>x") == "html");
  CHECK(kind("", "<!DOCTYPE html>\n<title>x") == "html");
  CHECK(kind("unknown/unknown", "\xEF\xBB\xBF<HTML>") == "html");
  CHECK(kind("nonsense", "<div>") == "html");
  CHECK(kind("", "\xFF\xFE<\0h\0t\0m\0l\0>\0"s) == "html");
  CHECK(kind("", "<?xml version='1.0'?><rss/>") == "xml");
  CHECK(kind("", "<?xml version='1.0'?><!DOCTYPE html><html xmlns='x'>") == "xhtml");
  CHECK(kind("", "<urlset>") == "xml");
  CHECK(kind("", "{\"a\": 1}") == "json");
  CHECK(kind("", "just words") == "text");
  CHECK(kind("", "just words", "http://a.test/page.html?x") == "html");
  CHECK(kind("", "\x01\x02\x03") == "binary");
}

TEST_CASE("clearly binary bytes are binary whatever the label") {
  CHECK(kind("text/html",
             "\x7F"
             "ELF\2\1\1") == "binary");
  CHECK(kind("text/html", "\x89PNG\r\n\x1A\n") == "binary");
  CHECK(kind("text/html", "PK\3\4") == "binary");
  CHECK(kind("text/plain", "a\0b"s) == "binary");
  CHECK(kind("text/html", "a\0b"s) == "html");
}

TEST_CASE("feeds and sitemaps under an HTML label are XML, and XML pages are XHTML") {
  CHECK(kind("text/html", "<?xml version='1.0'?><!-- x --><rss>") == "xml");
  CHECK(kind("text/html", "<sm:urlset xmlns:sm='x'>") == "xml");
  CHECK(kind("text/xml", "<!DOCTYPE html><html>") == "xhtml");
}
