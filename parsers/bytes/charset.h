// Which encoding a document is in.
#pragma once

#include <cstddef>
#include <string_view>

#include "crawler/model/page.h"
#include "parsers/bytes/charset_decode.h"  // to_utf8
#include "parsers/bytes/charset_labels.h"  // encoding_for_label

namespace crawld::parsers {

struct CharsetAnswer {
  std::string_view encoding;  // WHATWG name in lower case; lives as long as the program
  std::string_view source;    // "bom" | "transport" | "meta" | "detector" | "default"
  std::size_t bom_size = 0;   // bytes to skip before decoding
};

// The order of HTML 13.2.3.2: byte order mark, Content-Type, what the document
// declares (<meta> of HTML in the first 1024 bytes, or later as a parser would come
// upon it; XML declarations), a guess, the default (windows-1252 for HTML and for
// text that is not ASCII; utf-8 for the rest). XML and JSON are never guessed at: their standards
// say UTF-8.
CharsetAnswer detect_charset(std::string_view bytes, std::string_view content_type,
                             model::DocumentKind kind);

}  // namespace crawld::parsers
