#include "crawler/cli/url_list.h"

#include <algorithm>

#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"

namespace crawld::cli {
namespace {

// "key=value" fields between tabs; what has no "=" is left out.
std::string metadata_json(std::string_view fields) {
  std::string json;
  while (!fields.empty()) {
    const std::size_t end = std::min(fields.find('\t'), fields.size());
    const std::string_view field = fields.substr(0, end);
    fields.remove_prefix(std::min(end + 1, fields.size()));
    const std::size_t equals = field.find('=');
    if (equals == field.npos || equals == 0) continue;
    json += (json.empty() ? "{" : ",") + base::json_string(field.substr(0, equals)) + ":" +
            base::json_string(field.substr(equals + 1));
  }
  return json.empty() ? json : json + "}";
}

}  // namespace

std::optional<ListedUrl> read_list_line(std::string_view line) {
  const std::size_t tab = std::min(line.find('\t'), line.size());
  const std::string_view typed = base::trim(line.substr(0, tab));
  if (typed.empty() || typed.front() == '#') return std::nullopt;
  ListedUrl listed{.url = {}, .typed = std::string(typed), .metadata = {}};
  const bool bare = typed.find("://") == typed.npos;
  auto url = model::Url::parse(bare ? "http://" + listed.typed : listed.typed);
  if (url && url->crawlable()) listed.url = std::move(url);
  listed.metadata = metadata_json(base::trim(line.substr(tab)));
  return listed;
}

}  // namespace crawld::cli
