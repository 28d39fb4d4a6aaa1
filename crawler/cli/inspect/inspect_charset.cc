#include "crawler/cli/inspect/inspect_charset.h"

#include <nlohmann/json.hpp>

#include "crawler/cli/output/json_line.h"
#include "parsers/bytes/charset.h"
#include "parsers/bytes/sniff.h"

namespace crawld::cli {
namespace {

using nlohmann::json;

std::string refuse(json id, std::string_view why) {
  return write_line({{"id", std::move(id)},
                     {"charset", nullptr},
                     {"source", nullptr},
                     {"text", nullptr},
                     {"error", why}});
}

}  // namespace

std::string inspect_charset(std::string_view json_line) {
  const json question = read_object(json_line);
  if (!question.is_object()) return refuse(nullptr, "not a JSON object");
  const json id = question.value("id", json());
  if (const auto wrong = mistyped_text(question)) return refuse(id, *wrong);
  const auto bytes = octets_of(question, "bytes", "bytes_base64");
  if (!bytes) return refuse(id, "\"bytes_base64\" is missing or no base64");
  const std::string content_type = text_of(question, "content_type").value_or("");
  const std::string url = text_of(question, "url").value_or("");

  const model::DocumentKind kind = parsers::sniff_kind(content_type, *bytes, url);
  const parsers::CharsetAnswer answer = parsers::detect_charset(*bytes, content_type, kind);
  return write_line({{"id", id},
                     {"charset", answer.encoding},
                     {"source", answer.source},
                     {"text", parsers::to_utf8(std::string_view(*bytes).substr(answer.bom_size),
                                               answer.encoding)},
                     {"error", nullptr}});
}

}  // namespace crawld::cli
