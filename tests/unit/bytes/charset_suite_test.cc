#include <catch2/catch.hpp>
#include <map>

#include "crawler/base/ascii.h"
#include "crawler/base/base64.h"
#include "parsers/bytes/charset.h"
#include "parsers/bytes/sniff.h"
#include "tests/support/suite.h"

using crawld::base::ascii_lower;
using crawld::base::base64_decode;
using crawld::model::DocumentKind;
using crawld::parsers::CharsetAnswer;
using crawld::parsers::encoding_for_label;
using crawld::parsers::to_utf8;
using crawld::tests::Json;

namespace {

std::string text_or_empty(const Json& one, const char* key) {
  return one.contains(key) && one[key].is_string() ? one[key].get<std::string>() : "";
}

// Some of the suites use Python's codec names.
std::string whatwg_name(const std::string& name) {
  static const std::map<std::string, std::string> kPython = {{"utf-16-le", "utf-16le"},
                                                             {"utf-16-be", "utf-16be"},
                                                             {"big5hkscs", "big5"},
                                                             {"cp1252", "windows-1252"}};
  const std::string lower = ascii_lower(name);
  if (const auto known = kPython.find(lower); known != kPython.end()) return known->second;
  const std::string_view encoding = encoding_for_label(lower);
  return encoding.empty() ? lower : std::string(encoding);
}

// gbk and gb18030 share one decoder, and w3lib calls both gb18030.
bool same_encoding(std::string_view a, std::string_view b) {
  const auto folded = [](std::string_view name) { return name == "gbk" ? "gb18030" : name; };
  return folded(a) == folded(b);
}

std::string mismatch(std::string_view got, std::string_view wanted) {
  return "gives " + std::string(got) + " for " + std::string(wanted);
}

std::string decode_failure(const Json& one) {
  const std::string bytes = base64_decode(one.at("bytes_b64").get<std::string>()).value();
  const std::string header = "text/html; charset=" + one.at("encoding").get<std::string>();
  const CharsetAnswer answer = crawld::parsers::detect_charset(bytes, header, DocumentKind::html);
  const std::string text =
      to_utf8(std::string_view(bytes).substr(answer.bom_size), answer.encoding);
  return text == one.at("text").get<std::string>() ? "" : "decodes to other text";
}

std::string label_failure(const Json& one) {
  const std::string_view got = encoding_for_label(one.at("label").get<std::string>());
  const std::string wanted = ascii_lower(text_or_empty(one, "expected"));
  return got == wanted ? "" : mismatch(got, wanted);
}

std::string header_failure(const Json& one) {
  std::string header = text_or_empty(one, "header");
  if (one.contains("headers")) {
    for (const auto& value : one["headers"]) {
      header += (header.empty() ? "" : ", ") + value.get<std::string>();
    }
  }
  const char* key = one.contains("expected") ? "expected" : "encoding";
  const std::string wanted = whatwg_name(text_or_empty(one, key));
  const CharsetAnswer answer = crawld::parsers::detect_charset("x", header, DocumentKind::html);
  const std::string_view got = answer.source == "transport" ? answer.encoding : "";
  return same_encoding(got, wanted) ? "" : mismatch(got, wanted);
}

std::string detect_failure(const Json& one) {
  const std::string bytes = base64_decode(one.at("body_b64").get<std::string>()).value();
  const std::string header = text_or_empty(one, "content_type");
  DocumentKind kind = crawld::parsers::sniff_kind(header, bytes, "");
  const std::string op = one.at("op");
  if (op == "detect_html" || op == "declared_in_body") kind = DocumentKind::html;
  if (text_or_empty(one, "class") == "HtmlResponse") kind = DocumentKind::html;
  const CharsetAnswer answer = crawld::parsers::detect_charset(bytes, header, kind);
  const std::string wanted = whatwg_name(text_or_empty(one, "expected"));
  std::string_view got = answer.encoding;
  if (op == "declared_in_body" && answer.source != "meta") got = "";
  if (!same_encoding(got, wanted)) {
    // What is ASCII only reads the same under both defaults.
    const std::string text = to_utf8(bytes, wanted);
    const bool same_text = answer.source == "default" && text == to_utf8(bytes, got);
    if (!same_text || op == "detect_html") return mismatch(got, wanted);
  }
  const std::string text =
      to_utf8(std::string_view(bytes).substr(answer.bom_size), answer.encoding);
  if (one.contains("text") && one["text"] != text) return "decodes to " + text;
  if (text.find(text_or_empty(one, "text_contains")) == std::string::npos) {
    return "lacks the text, has " + text;
  }
  return "";
}

void run(const std::string& name, std::string (*failure)(const Json&)) {
  crawld::tests::run_suite("encoding-" + name,
                           crawld::tests::suite_cases("encoding/" + name + "-shared.jsonl"),
                           failure);
}

}  // namespace

TEST_CASE("legacy encodings decode as the encoding suite says") { run("decode", decode_failure); }
TEST_CASE("labels name the encodings that the encoding suite says") { run("label", label_failure); }
TEST_CASE("content types give the encoding that the suite says") { run("header", header_failure); }
TEST_CASE("documents are detected as the encoding suite says") { run("detect", detect_failure); }
