#include "parsers/bytes/charset.h"

#include "crawler/base/utf8.h"
#include "parsers/bytes/charset_detector.h"
#include "parsers/bytes/charset_prescan.h"
#include "parsers/bytes/media_type.h"

namespace crawld::parsers {
namespace {

using model::DocumentKind;

constexpr struct {
  std::string_view mark;
  std::string_view encoding;
} kByteOrderMarks[] = {
    {"\xEF\xBB\xBF", "utf-8"}, {"\xFE\xFF", "utf-16be"}, {"\xFF\xFE", "utf-16le"}};

std::string_view declared_in(std::string_view bytes, DocumentKind kind) {
  switch (kind) {
    case DocumentKind::html: {
      const std::string_view early = prescan_html(bytes);
      return early.empty() ? late_meta_encoding(bytes) : early;
    }
    case DocumentKind::xhtml:
    case DocumentKind::xml:
      return xml_declared_encoding(bytes);
    case DocumentKind::json:
    case DocumentKind::text:
    case DocumentKind::binary:
    case DocumentKind::empty:
      return {};
  }
  return {};
}

bool may_be_guessed(DocumentKind kind) {
  return kind == DocumentKind::html || kind == DocumentKind::text || kind == DocumentKind::binary;
}

// Text that is not UTF-8 is better read as windows-1252 than lost.
std::string_view default_encoding(std::string_view bytes, DocumentKind kind) {
  if (kind == DocumentKind::html || kind == DocumentKind::binary) return "windows-1252";
  const bool legacy = kind == DocumentKind::text && base::ascii_prefix(bytes) < bytes.size();
  return legacy ? "windows-1252" : "utf-8";
}

}  // namespace

CharsetAnswer detect_charset(std::string_view bytes, std::string_view content_type,
                             DocumentKind kind) {
  for (const auto& [mark, encoding] : kByteOrderMarks) {
    if (bytes.starts_with(mark)) return {encoding, "bom", mark.size()};
  }
  const std::string label = parse_content_type(content_type).charset;
  if (const std::string_view encoding = encoding_for_label(label); !encoding.empty()) {
    return {encoding, "transport", 0};
  }
  if (const std::string_view encoding = declared_in(bytes, kind); !encoding.empty()) {
    return {encoding, "meta", 0};
  }
  if (may_be_guessed(kind)) {
    if (const std::string_view encoding = guess_encoding(bytes); !encoding.empty()) {
      return {encoding, "detector", 0};
    }
  }
  return {default_encoding(bytes, kind), "default", 0};
}

}  // namespace crawld::parsers
