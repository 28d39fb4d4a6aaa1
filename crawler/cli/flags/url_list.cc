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

// In quotes, safe to show, and of a length to read.
std::string shortened(std::string_view text) {
  constexpr std::size_t kShown = 200;
  const bool cut = text.size() > kShown;
  return "\"" + base::printable(text.substr(0, kShown)) + (cut ? "...\"" : "\"");
}

// "key=value" fields between tabs.
void read_metadata(std::string_view fields, ListedUrl& listed) {
  std::string json;
  while (!fields.empty()) {
    const std::size_t end = std::min(fields.find('\t'), fields.size());
    const std::string_view field = fields.substr(0, end);
    fields.remove_prefix(std::min(end + 1, fields.size()));
    const std::size_t equals = field.find('=');
    if (base::trim(field).empty()) continue;
    if (equals == field.npos || equals == 0) {
      if (listed.unpaired.empty()) listed.unpaired = field;
      continue;
    }
    json += (json.empty() ? "{" : ",") + base::json_string(field.substr(0, equals)) + ":" +
            base::json_string(field.substr(equals + 1));
  }
  if (!json.empty()) listed.metadata = json + "}";
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

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), base::is_ascii_digit);
}

bool is_host_byte(char c) {
  return base::is_ascii_alphanumeric(c) || c == '-' || c == '_' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// "example.org", "intranet:8080", "localhost", "192.0.2.1", "[::1]"; not "return", "1.5",
// "os.walk()".
bool looks_like_host(std::string_view host) {
  if (host.starts_with('[')) return true;
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != host.npos && all_digits(host.substr(colon + 1));
  if (has_port) host.remove_suffix(host.size() - colon);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || !std::all_of(host.begin(), host.end(), is_host_byte)) return false;
  if (has_port || base::ascii_lower(host) == "localhost") return true;
  const std::size_t dot = host.rfind('.');
  if (dot == host.npos || dot == 0) return false;
  return !all_digits(host.substr(dot + 1)) || std::count(host.begin(), host.end(), '.') == 3;
}

// Whether a line of a list means a URL: it says so by its scheme, or starts with a host.
bool looks_like_url(std::string_view typed) {
  if (typed.starts_with("//") || typed.find("://") != typed.npos) return true;
  const std::string start = base::ascii_lower(typed.substr(0, 7));
  if (start.starts_with("http:/") || start.starts_with("https:/")) return true;
  std::string_view host = typed.substr(0, typed.find_first_of("/?#"));
  if (const std::size_t at = host.rfind('@'); at != host.npos) host.remove_prefix(at + 1);
  return looks_like_host(host);
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

std::optional<model::Url> url_as_listed(std::string_view typed) {
  return looks_like_url(typed) ? url_as_typed(typed) : std::nullopt;
}

std::optional<ListedUrl> read_list_line(std::string_view line) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  const std::size_t tab = std::min(line.find('\t'), line.size());
  const std::string_view typed = base::trim(line.substr(0, tab));
  const std::string_view whole = base::trim(line);
  if (whole.empty() || whole.front() == '#') return std::nullopt;
  if (typed.empty()) return ListedUrl{.typed = std::string(whole)};
  ListedUrl listed{.url = url_as_listed(typed),
                   .other_scheme = names_other_scheme(typed),
                   .typed = std::string(typed)};
  read_metadata(base::trim(line.substr(tab)), listed);
  return listed;
}

std::optional<base::Error> fault_of(const ListedUrl& listed) {
  if (!listed.url) {
    if (listed.other_scheme) return std::nullopt;
    return no_crawlable_url(listed.typed);
  }
  if (listed.unpaired.empty()) return std::nullopt;
  return base::Error{base::Error::Code::invalid,
                     shortened(listed.unpaired) + " behind the tab is no key=value"};
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
    const auto fault = listed->url ? fault_of(*listed) : std::nullopt;
    base::Status taken = fault ? base::Status(*fault) : take(*std::move(listed));
    if (!taken) {
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
  return {base::Error::Code::invalid,
          shortened(typed) + " is no http or https URL; write it as https://host/path"};
}

}  // namespace crawld::cli
