#include "storage/archive/surt.h"

#include <algorithm>
#include <vector>

#include "crawler/base/ascii.h"
#include "storage/reports/row_json.h"

namespace crawld::storage {
namespace {

// "www." or "www" with a number, as mirrors of one site are called.
std::string_view without_www(std::string_view host) {
  constexpr std::string_view kPrefix = "www";
  if (!host.starts_with(kPrefix)) return host;
  const std::size_t dot = host.find_first_not_of("0123456789", kPrefix.size());
  return dot != std::string_view::npos && host[dot] == '.' ? host.substr(dot + 1) : host;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

void append_joined(std::string& out, const std::vector<std::string_view>& parts, char separator) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) out += separator;
    out += parts[i];
  }
}

}  // namespace

std::string surt_of(std::string_view href) {
  const std::string url = base::ascii_lower(href);
  const std::string_view origin = origin_of(url);
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos || !origin.starts_with("http")) return std::string(href);
  std::string_view host = without_www(origin.substr(scheme + 3));
  std::string_view port;
  if (const std::size_t colon = host.rfind(':');
      colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    port = host.substr(colon);
    host = host.substr(0, colon);
  }
  std::string surt;
  std::vector<std::string_view> labels = split(host, '.');
  std::reverse(labels.begin(), labels.end());
  append_joined(surt, labels, ',');
  surt += port;
  surt += ')';
  const std::string_view target = std::string_view(url).substr(origin.size());
  const std::size_t question = target.find('?');
  surt += target.substr(0, question);
  if (question == std::string_view::npos || question + 1 == target.size()) return surt;
  std::vector<std::string_view> query = split(target.substr(question + 1), '&');
  std::sort(query.begin(), query.end());
  surt += '?';
  append_joined(surt, query, '&');
  return surt;
}

}  // namespace crawld::storage
