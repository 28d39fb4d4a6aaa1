#include "storage/reports/row_json.h"

#include "crawler/base/escape.h"

namespace crawld::storage {
namespace {

void append_string(std::string& out, std::string_view text) {
  out += '"';
  base::append_json_text(out, text);
  out += '"';
}

std::string pairs_json(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::size_t bytes = 2;
  for (const auto& [name, value] : pairs) bytes += name.size() + value.size() + 8;
  std::string out;
  out.reserve(bytes);
  out = "[";
  for (const auto& [name, value] : pairs) {
    if (out.size() > 1) out += ',';
    out += '[';
    append_string(out, name);
    out += ',';
    append_string(out, value);
    out += ']';
  }
  return out += ']';
}

}  // namespace

std::string_view origin_of(std::string_view href) {
  const std::size_t scheme = href.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::size_t slash = href.find('/', scheme + 3);
  // Credentials are no part of an origin, and are rare: such a URL is kept whole.
  const std::string_view origin = href.substr(0, slash);
  return origin.find('@') == std::string_view::npos ? origin : std::string_view{};
}

std::string links_json(const std::vector<model::Link>& links, std::string_view origin) {
  std::string out;
  out.reserve(2 + links.size() * 80);
  out = "[";
  for (const model::Link& link : links) {
    out += out.size() > 1 ? ",[\"" : "[\"";
    std::string_view url = link.url;
    if (!origin.empty() && url.size() > origin.size() && url[origin.size()] == '/' &&
        url.substr(0, origin.size()) == origin) {
      url.remove_prefix(origin.size());
    }
    base::append_json_text(out, url);
    out += "\",\"";
    base::append_json_text(out, link.text);
    out += "\",\"";
    base::append_json_text(out, link.rel);
    out += "\",\"";
    out += model::to_string(link.tag);
    out += link.nofollow ? "\",1]" : "\",0]";
  }
  return out += ']';
}

std::string headers_json(const model::Headers& headers) { return pairs_json(headers.all()); }
std::string meta_json(const std::vector<std::pair<std::string, std::string>>& meta) {
  return pairs_json(meta);
}

std::string headings_json(const std::vector<model::Heading>& headings) {
  std::string out;
  out.reserve(2 + headings.size() * 40);
  out = "[";
  for (const model::Heading& heading : headings) {
    if (out.size() > 1) out += ',';
    out += '[';
    out += std::to_string(heading.level);
    out += ',';
    append_string(out, heading.text);
    out += ']';
  }
  return out += ']';
}

std::string feeds_json(const std::vector<model::Feed>& feeds) {
  std::string out = "[";
  for (const model::Feed& feed : feeds) {
    if (out.size() > 1) out += ',';
    out += '[';
    append_string(out, feed.url);
    out += ',';
    append_string(out, feed.type);
    out += ',';
    append_string(out, feed.title);
    out += ']';
  }
  return out += ']';
}

}  // namespace crawld::storage
