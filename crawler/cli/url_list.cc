#include "crawler/cli/url_list.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>

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

base::Status read_url_list(const std::string& file,
                           const std::function<base::Status(ListedUrl)>& take) {
  std::ifstream opened;
  if (file != "-") opened.open(file);
  std::istream& in = file == "-" ? std::cin : opened;
  const std::string name = file == "-" ? "standard input" : file;
  const base::Error unreadable{base::Error::Code::not_found, "cannot read the URL list " + name};
  if (!in) return unreadable;
  std::string buffer(kLongestListLine + 1, '\0');
  for (std::size_t number = 1; in.getline(buffer.data(), std::ssize(buffer)); ++number) {
    std::string_view line(buffer.data(), static_cast<std::size_t>(in.gcount()));
    if (!in.eof()) line.remove_suffix(1);  // the line break was counted
    auto listed = read_list_line(line);
    if (!listed) continue;
    if (base::Status taken = take(*std::move(listed)); !taken) {
      const base::Error& error = taken.error();
      return base::Error{error.code, name + ":" + std::to_string(number) + ": " + error.message};
    }
  }
  if (in.bad()) return unreadable;
  if (in.eof()) return base::Done{};
  return base::Error{base::Error::Code::invalid,
                     name + ": a line of more than 64 KiB: this is no URL list"};
}

base::Error no_crawlable_url(std::string_view typed) {
  constexpr std::size_t kShown = 200;
  const bool cut = typed.size() > kShown;
  return {base::Error::Code::invalid,
          "\"" + base::printable(typed.substr(0, kShown)) + (cut ? "...\"" : "\"") +
              " is no http or https URL; write it as https://host/path"};
}

}  // namespace crawld::cli
