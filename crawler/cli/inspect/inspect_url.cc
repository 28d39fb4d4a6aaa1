#include "crawler/cli/inspect/inspect_url.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "crawler/cli/output/json_line.h"
#include "crawler/model/url.h"
#include "crawler/policy/canonicalize.h"

namespace crawld::cli {
namespace {

using nlohmann::json;

std::string refuse(json id, std::string_view why) {
  return write_line(
      {{"id", std::move(id)}, {"href", nullptr}, {"origin", nullptr}, {"error", why}});
}

}  // namespace

std::string inspect_url(std::string_view json_line) {
  const json question = read_object(json_line);
  if (!question.is_object()) return refuse(nullptr, "not a JSON object");
  const json id = question.value("id", json());
  if (const auto wrong = mistyped_text(question)) return refuse(id, *wrong);
  const auto text = text_of(question, "url");
  if (!text) return refuse(id, "\"url\" is missing");

  std::optional<model::Url> url;
  if (const auto base_text = text_of(question, "base")) {
    const auto base = model::Url::parse(*base_text);
    if (!base) return refuse(id, "\"base\" is no valid URL");
    url = base->resolve(*text, text_of(question, "encoding").value_or(""));
  } else {
    url = model::Url::parse(*text);
  }
  if (!url) return refuse(id, "not a valid URL");
  if (question.value("canonical", json()) == true) {
    const std::string href = policy::Canonicalizer({}).canonicalize(*url).href();
    return write_line({{"id", id}, {"href", href}, {"error", nullptr}});
  }
  return write_line(
      {{"id", id}, {"href", url->href()}, {"origin", url->origin()}, {"error", nullptr}});
}

}  // namespace crawld::cli
