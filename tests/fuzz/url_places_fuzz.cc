// Places of URLs: they rise, lie within the body and not over each other; and in a page whose URLs
// were all replaced by one, that one is all that is found.
//
// The first byte chooses the type; the others are choices of fragments, so that most inputs are
// tags and styles that meet in odd ways, or from 0x80 on themselves.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crawler/policy/mirror_rewrite.h"
#include "parsers/gumbo_parser.h"

namespace {

using crawld::model::ParsedPage;
using crawld::model::UrlPlace;

constexpr std::string_view kTypes[] = {"text/html", "text/html; charset=utf-8",
                                       "text/html; charset=shift_jis", "text/css",
                                       "text/html; charset=utf-16le"};
constexpr std::string_view kPieces[] = {"<a href=",
                                        "<a href='",
                                        "<a href=\"",
                                        "<a ",
                                        "href",
                                        ">",
                                        "'",
                                        "\"",
                                        "/",
                                        " ",
                                        "=",
                                        "x",
                                        "&amp;",
                                        "&#39;",
                                        "&quot",
                                        "?q=1&b",
                                        "#f",
                                        "<base ",
                                        "href=/d/",
                                        "<p>",
                                        "</a>",
                                        "<table>",
                                        "<td>",
                                        "<b>",
                                        "</b>",
                                        "<img ",
                                        "src=i",
                                        "srcset='",
                                        ", ",
                                        " 2x",
                                        ",",
                                        "<style>",
                                        "</style>",
                                        "url(",
                                        ")",
                                        "@import ",
                                        "\\",
                                        "/*",
                                        "*/",
                                        "<svg>",
                                        "</svg>",
                                        "<![CDATA[",
                                        "]]>",
                                        "<script ",
                                        "</script>",
                                        "integrity=a",
                                        "style=",
                                        "style='",
                                        "<!--",
                                        "-->",
                                        "<link ",
                                        "rel=canonical ",
                                        "<meta http-equiv=refresh content='",
                                        "0;url=",
                                        "<template>",
                                        "data:,",
                                        "javascript:",
                                        "//b.test",
                                        "http://c.test/",
                                        "\n",
                                        "<form action=",
                                        "<frameset>",
                                        "<select>",
                                        "<noscript>",
                                        "<title>",
                                        "</title>",
                                        "<iframe src=",
                                        "<iframe srcdoc='",
                                        "<iframe srcdoc=\"",
                                        "&lt;a href=",
                                        "&gt;"};

std::string input_of(const std::uint8_t* data, std::size_t size) {
  std::string body;
  for (std::size_t i = 1; i < size; ++i) {
    if (data[i] >= 0x80)
      body += static_cast<char>(data[i]);
    else
      body += kPieces[data[i] % std::size(kPieces)];
  }
  return body;
}

[[noreturn]] void fail(const char* what, const std::string& body, const std::string& again) {
  std::fprintf(stderr, "%s\n--- %s\n--- %s\n", what, body.c_str(), again.c_str());
  std::abort();
}

ParsedPage places_of(std::string_view body, std::string_view type) {
  crawld::parsers::GumboParser parser;
  auto outcome = parser.parse({.url = "http://a.test/d/page",
                               .headers = {.content_type = std::string(type)},
                               .body = body,
                               .wants = {.packed_body = false, .url_places = true}},
                              {});
  return std::get<ParsedPage>(std::move(outcome));
}

void check_order(const std::vector<UrlPlace>& places, const std::string& source,
                 const std::string& body) {
  std::uint64_t end = 0;
  for (const UrlPlace& place : places) {
    if (place.offset < end || place.offset + place.length > source.size()) {
      fail("a place over another, or outside", body, {});
    }
    end = place.offset + place.length;
    check_order(place.within, place.document, body);
  }
}

void check_urls(const std::vector<UrlPlace>& places, const std::string& body,
                const std::string& again) {
  for (const UrlPlace& place : places) {
    for (const UrlPlace::Piece& piece : place.pieces) {
      if (piece.url.empty() || piece.stays || piece.url == "http://a.test/d/f.html") continue;
      fail(piece.url.c_str(), body, again);
    }
    check_urls(place.within, body, again);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMost = 4'096;
  if (size < 2 || size > kMost) return 0;
  const std::string_view type = kTypes[data[0] % std::size(kTypes)];
  const std::string body = input_of(data, size);
  const ParsedPage page = places_of(body, type);
  const std::string& source = page.body.empty() ? body : page.body;
  check_order(page.url_places, source, body);
  const auto rewritten = crawld::policy::rewrite(
      source, page.url_places, [](const std::string&) { return std::string("f.html"); });
  check_urls(places_of(rewritten.body, type).url_places, body, rewritten.body);
  return 0;
}
