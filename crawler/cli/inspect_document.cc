#include "crawler/cli/inspect_document.h"

#include <nlohmann/json.hpp>

#include "crawler/cli/json_line.h"
#include "parsers/charset.h"

namespace crawld::cli {

std::optional<InspectedDocument> document_of(const nlohmann::json& question) {
  std::string encoding(parsers::encoding_for_label(text_of(question, "encoding").value_or("")));
  if (auto html = text_of(question, "html")) return InspectedDocument{std::move(*html), encoding};
  const auto bytes = octets_of(question, "html", "html_base64");
  if (!bytes) return std::nullopt;
  std::string_view rest = *bytes;
  if (encoding.empty()) {
    const auto answer = parsers::detect_charset(
        rest, text_of(question, "content_type").value_or(""), model::DocumentKind::html);
    encoding = answer.encoding;
    rest.remove_prefix(answer.bom_size);
  }
  return InspectedDocument{parsers::to_utf8(rest, encoding), encoding};
}

}  // namespace crawld::cli
