#include "parsers/bytes/document_text.h"

#include <utility>

#include "crawler/base/utf8.h"
#include "parsers/bytes/charset.h"

namespace crawld::parsers {

DocumentText::DocumentText(std::string_view bytes, std::string_view content_type,
                           model::ParsedPage& page) {
  const CharsetAnswer answer = detect_charset(bytes, content_type, page.kind);
  page.charset = answer.encoding;
  page.charset_source = answer.source;
  view_ = bytes.substr(answer.bom_size);
  if (answer.encoding == "utf-8" && base::is_utf8(view_)) return;
  decoded_ = to_utf8(view_, answer.encoding);
  view_ = decoded_;
}

std::string DocumentText::take() && {
  return decoded_.empty() ? std::string(view_) : std::move(decoded_);
}

}  // namespace crawld::parsers
