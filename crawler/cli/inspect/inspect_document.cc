#include "crawler/cli/inspect/inspect_document.h"

#include <nlohmann/json.hpp>

#include "crawler/cli/output/json_line.h"
#include "parsers/bytes/charset.h"
#include "parsers/bytes/media_type.h"
#include "parsers/html/xhtml_as_html.h"

namespace crawld::cli {

std::optional<InspectedDocument> document_of(const nlohmann::json& question) {
  std::string encoding(parsers::encoding_for_label(text_of(question, "encoding").value_or("")));
  const std::string content_type = text_of(question, "content_type").value_or("");
  const bool is_xhtml =
      parsers::parse_content_type(content_type).essence == "application/xhtml+xml";
  const auto document = [&](std::string utf8) {
    return InspectedDocument{is_xhtml ? parsers::xhtml_as_html(utf8) : std::move(utf8), encoding};
  };
  if (auto html = text_of(question, "html")) return document(std::move(*html));
  const auto bytes = octets_of(question, "html", "html_base64");
  if (!bytes) return std::nullopt;
  std::string_view rest = *bytes;
  if (encoding.empty()) {
    const auto answer = parsers::detect_charset(
        rest, content_type, is_xhtml ? model::DocumentKind::xhtml : model::DocumentKind::html);
    encoding = answer.encoding;
    rest.remove_prefix(answer.bom_size);
  }
  return document(parsers::to_utf8(rest, encoding));
}

}  // namespace crawld::cli
