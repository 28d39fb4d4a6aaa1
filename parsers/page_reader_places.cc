// Where a document holds URLs, by the offsets of the bytes that are stored.
//
// On disk nothing tells the encoding but the document. One that says it itself stays in its bytes;
// any other that is not ASCII becomes UTF-8 with a byte order mark, which all browsers go by before
// anything else (HTML 13.2.3.2, CSS Syntax 3.2), as does one in an encoding whose bytes cannot be
// told apart (UTF-16, ISO-2022-JP).
#include <algorithm>
#include <utility>

#include "crawler/base/utf8.h"
#include "parsers/bytes/charset.h"
#include "parsers/bytes/media_type.h"
#include "parsers/bytes/sniff.h"
#include "parsers/bytes/source_offsets.h"
#include "parsers/html/url_place_finder.h"
#include "parsers/html/xhtml_places.h"
#include "parsers/page_reader.h"

namespace crawld::parsers {
namespace {

using model::DocumentKind;
using model::ParsedPage;
using model::UrlPlace;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Whether the bytes alone say the encoding that was found.
bool tells_encoding(std::string_view body, const ParsedPage& page, bool style_sheet) {
  if (page.charset_source == "bom" || base::ascii_prefix(body) == body.size()) return true;
  // A sheet is read in the encoding of the page that it is for, or by its own @charset.
  if (style_sheet) return page.charset_source != "transport";
  const CharsetAnswer on_disk = detect_charset(body, {}, page.kind);
  return on_disk.encoding == page.charset && on_disk.source == "meta";
}

bool is_view_of(std::string_view part, std::string_view whole) {
  const std::less_equal<const char*> before;
  return before(whole.data(), part.data()) &&
         before(part.data() + part.size(), whole.data() + whole.size());
}

// The places, which are of `text`, as places of `body`. False where they cannot be told.
bool move_to_source(std::string_view text, std::string_view body, std::vector<UrlPlace>& places) {
  if (is_view_of(text, body)) {
    const auto front = static_cast<std::uint64_t>(text.data() - body.data());
    for (UrlPlace& place : places) place.offset += front;
    return true;
  }
  std::vector<std::uint64_t> offsets;
  for (const UrlPlace& place : places) {
    offsets.push_back(place.offset);
    offsets.push_back(place.offset + place.length);
  }
  if (!to_source_offsets(text, body, offsets)) return false;
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i].offset = offsets[2 * i];
    places[i].length = offsets[2 * i + 1] - offsets[2 * i];
  }
  return true;
}

void keep(std::string_view text, std::string_view body, std::vector<UrlPlace> places,
          bool style_sheet, ParsedPage& page) {
  const bool utf8 = is_view_of(text, body);
  bool stays = utf8 || tells_encoding(body, page, style_sheet);
  // All of it is looked at, so that an encoding without those marks is found by what is behind.
  if (stays && !utf8) {
    std::vector<std::uint64_t> end = {text.size()};
    stays = to_source_offsets(text, body, end) && end.front() == body.size();
  }
  std::vector<UrlPlace> of_text = places;
  if (stays && move_to_source(text, body, places)) {
    page.url_places = std::move(places);
    if (tells_encoding(body, page, style_sheet)) return;
    page.url_places.insert(page.url_places.begin(),
                           {.syntax = UrlPlace::Syntax::plain,
                            .pieces = {{.text = std::string(kByteOrderMark), .url = {}}}});
    return;
  }
  page.body = std::string(kByteOrderMark) + std::string(text);
  for (UrlPlace& place : of_text) place.offset += kByteOrderMark.size();
  page.url_places = std::move(of_text);
}

}  // namespace

void PageReader::find_places(const ParseJob& job, std::string_view body, ParsedPage& page) {
  page.base = job.url;
  page.kind = sniff_kind(job.headers.content_type, body, job.url);
  const bool html = page.kind == DocumentKind::html;
  const std::string essence = parse_content_type(job.headers.content_type).essence;
  const bool style_sheet = essence == "text/css";
  // Of XML only what a browser shows: who reads a feed resolves nothing against a file.
  const bool xml = page.kind == DocumentKind::xhtml || essence == "image/svg+xml";
  if (!html && !xml && !style_sheet) return;
  const DocumentText text(body, job.headers.content_type, page);
  std::vector<UrlPlace> places;
  if (html) {
    places = scanner_.places(text.view(), {.url = job.url, .encoding = page.charset});
  } else if (style_sheet) {
    places = style_sheet_places(text.view(), job.url);
  } else {
    const auto within = [this](std::string_view inner, const std::string& base) {
      return scanner_.places(inner, {.url = base}, 1);
    };
    places = xhtml_places(text.view(), job.url, within);
  }
  keep(text.view(), body, std::move(places), style_sheet, page);
}

}  // namespace crawld::parsers
