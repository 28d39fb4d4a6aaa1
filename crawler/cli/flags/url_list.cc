#include "crawler/cli/flags/url_list.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
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

// Another scheme than http and https: with "://", or one of those that pages name in their links.
// "example.org:8080" and "user:password@host" have none.
bool names_other_scheme(std::string_view typed) {
  static constexpr std::string_view kOpaque[] = {
      "mailto", "tel", "sms",  "callto",   "javascript", "data", "blob",   "about",
      "file",   "ftp", "news", "whatsapp", "skype",      "urn",  "magnet", "geo"};
  const std::size_t colon = typed.find(':');
  if (colon == typed.npos || colon == 0) return false;
  const std::string scheme = base::ascii_lower(typed.substr(0, colon));
  if (!base::is_ascii_alpha(scheme.front()) || scheme == "http" || scheme == "https") return false;
  if (std::find(std::begin(kOpaque), std::end(kOpaque), scheme) != std::end(kOpaque)) return true;
  const bool word = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return base::is_ascii_alphanumeric(c) || c == '+' || c == '-' || c == '.';
  });
  return word && typed.substr(colon).starts_with("://");
}

// A flag that went astray, the item of a list, the key of a file, a path on this machine.
bool is_no_address(std::string_view typed) {
  return typed.starts_with("-") || typed.starts_with(".") || typed.ends_with(":") ||
         (typed.starts_with("/") && !typed.starts_with("//"));
}

}  // namespace

std::optional<model::Url> url_as_typed(std::string_view typed) {
  if (is_no_address(typed) || names_other_scheme(typed)) return std::nullopt;
  // "https:/host/" lacks a slash, which the URL standard forgives; "https//host/" the colon.
  const std::string start = base::ascii_lower(typed.substr(0, 7));
  if (start.starts_with("http//") || start.starts_with("https//")) return std::nullopt;
  const bool has_scheme = start.starts_with("http:/") || start.starts_with("https:/");
  const bool bare = !has_scheme && typed.find("://") == typed.npos;
  auto url = model::Url::parse(bare ? "http://" + std::string(typed) : std::string(typed));
  if (!url || !url->crawlable()) return std::nullopt;
  return url;
}

std::optional<ListedUrl> read_list_line(std::string_view line) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  const std::size_t tab = std::min(line.find('\t'), line.size());
  const std::string_view typed = base::trim(line.substr(0, tab));
  if (typed.empty() || typed.front() == '#') return std::nullopt;
  return ListedUrl{.url = url_as_typed(typed),
                   .other_scheme = names_other_scheme(typed),
                   .typed = std::string(typed),
                   .metadata = metadata_json(base::trim(line.substr(tab)))};
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
