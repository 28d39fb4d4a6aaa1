#include "crawler/policy/canonicalize.h"

#include <algorithm>
#include <utility>

#include "crawler/base/ascii.h"
#include "crawler/model/url_host.h"
#include "crawler/model/url_percent.h"
#include "crawler/policy/query_noise.h"
#include "crawler/policy/registrable_domain.h"

namespace crawld::policy {
namespace {

bool is_unreserved(char c) {
  return base::is_ascii_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// True when what is written ends in a "%" that starts no triplet: an octet decoded
// behind it could complete one, and change the meaning.
bool ends_in_stray_percent(std::string_view out) {
  return out.ends_with('%') || (out.size() >= 2 && out[out.size() - 2] == '%');
}

std::string tidy_triplets(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const int octet = model::percent_octet(text, i);
    if (octet < 0) {
      out += text[i++];
      continue;
    }
    i += 3;
    if (octet < 0x80 && is_unreserved(static_cast<char>(octet)) && !ends_in_stray_percent(out)) {
      out += static_cast<char>(octet);
    } else {
      model::append_percent(out, static_cast<std::uint8_t>(octet));
    }
  }
  return out;
}

bool has_untidy_triplet(std::string_view text) {
  for (std::size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 1)) {
    const int octet = model::percent_octet(text, i);
    if (octet < 0) continue;
    if (octet < 0x80 && is_unreserved(static_cast<char>(octet))) return true;
    if (text[i + 1] >= 'a' || text[i + 2] >= 'a') return true;
  }
  return false;
}

// Calls `visit` with each part of `text` between `separator`s, until it returns false.
template <class Visit>
void for_each_part(std::string_view text, char separator, Visit visit) {
  for (;;) {
    const std::size_t end = text.find(separator);
    if (!visit(text.substr(0, end)) || end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

std::string_view last_segment(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// `path` without session ids: whole segments of ASP.NET, ";jsessionid=..." of the others.
std::string without_path_sessions(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for_each_part(path.substr(1), '/', [&](std::string_view segment) {
    if (is_session_segment(segment)) return true;
    out += '/';
    bool first = true;
    for_each_part(segment, ';', [&](std::string_view part) {
      if (first || !is_session_path_parameter(part)) {
        if (!first) out += ';';
        out += part;
      }
      first = false;
      return true;
    });
    return true;
  });
  return out.empty() ? "/" : out;
}

bool may_hold_path_session(std::string_view path) {
  return path.find(';') != std::string_view::npos || path.find("/(") != std::string_view::npos;
}

// By name, then value; equal ones keep their order.
bool parameter_less(std::string_view a, std::string_view b) {
  const std::string_view name_a = a.substr(0, a.find('='));
  const std::string_view name_b = b.substr(0, b.find('='));
  return name_a != name_b ? name_a < name_b : a < b;
}

bool is_sorted_query(std::string_view query) {
  std::string_view before;
  bool sorted = true;
  for_each_part(query, '&', [&](std::string_view parameter) {
    sorted = !parameter_less(parameter, before);
    before = parameter;
    return sorted;
  });
  return sorted;
}

}  // namespace

Canonicalizer::Canonicalizer(config::Canonicalize options) : options_(std::move(options)) {
  for (const std::string& name : options_.strip_params) {
    const bool prefix = name.ends_with('*');
    (prefix ? prefixes_ : names_)
        .push_back(base::ascii_lower(name.substr(0, name.size() - prefix)));
  }
  for (const auto& [alias, host] : options_.host_aliases) {
    const std::string_view from = without_www(alias);
    const std::string_view to = without_www(host);
    if (from != to) aliases_.emplace(from, to);
  }
}

model::Url Canonicalizer::canonicalize(const model::Url& url) const {
  if (!url.crawlable()) return url.without_fragment();
  const bool canonical = !url.has_fragment() && url.username().empty() && url.password().empty() &&
                         folded_host(url) == url.hostname() &&
                         !(url.has_query() && url.query().empty()) &&
                         !has_untidy_triplet(url.path_and_query()) &&
                         !(options_.strip_session_ids && may_hold_path_session(url.path())) &&
                         !(options_.strip_index_pages && is_index_page(last_segment(url.path()))) &&
                         !has_stripped_parameter(url.query()) &&
                         !(options_.sort_query && !is_sorted_query(url.query()));
  if (canonical) return url;
  auto rewritten_url = model::Url::parse(rewritten(url));
  return rewritten_url ? *std::move(rewritten_url) : url.without_fragment();
}

std::string Canonicalizer::rewritten(const model::Url& url) const {
  std::string text;
  text.reserve(url.href().size());
  text += url.scheme();
  text += "://";
  text += folded_host(url);
  if (!url.port_text().empty()) {
    text += ':';
    text += url.port_text();
  }
  text += rewritten_path(url);
  const std::string query = rewritten_query(url);
  if (!query.empty()) {
    text += '?';
    text += query;
  }
  return text;
}

// The hostname without a final dot and, where asked for, without "www." and by the name that is
// kept of a mirror's: a part of the hostname, or of ours.
std::string_view Canonicalizer::folded_host(const model::Url& url) const {
  std::string_view host = url.hostname();
  if (host.size() > 1 && host.ends_with('.') && !host.ends_with("..")) host.remove_suffix(1);
  host = without_www(host);
  if (aliases_.empty()) return host;
  const auto alias = aliases_.find(host);
  return alias == aliases_.end() ? host : std::string_view(alias->second);
}

std::string_view Canonicalizer::without_www(std::string_view host) const {
  while (options_.fold_www && host.starts_with("www.") && registrable_domain(host.substr(4))) {
    host.remove_prefix(4);
  }
  return host;
}

std::string Canonicalizer::rewritten_path(const model::Url& url) const {
  std::string path = tidy_triplets(url.path());
  if (options_.strip_session_ids && may_hold_path_session(path)) path = without_path_sessions(path);
  if (options_.strip_index_pages && is_index_page(last_segment(path))) {
    path.resize(path.rfind('/') + 1);
  }
  return path;
}

std::string Canonicalizer::rewritten_query(const model::Url& url) const {
  std::string query = tidy_triplets(url.query());
  const bool stripped = has_stripped_parameter(query);
  if (!stripped && !options_.sort_query) return query;
  std::vector<std::string_view> parameters;
  for_each_part(query, '&', [&](std::string_view parameter) {
    if (!is_stripped(parameter)) parameters.push_back(parameter);
    return true;
  });
  if (options_.sort_query) std::stable_sort(parameters.begin(), parameters.end(), parameter_less);
  std::string out;
  out.reserve(query.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) out += '&';
    out += parameters[i];
  }
  return out;
}

bool Canonicalizer::has_stripped_parameter(std::string_view query) const {
  bool found = false;
  if (!query.empty()) {
    for_each_part(query, '&', [&](std::string_view parameter) {
      found = is_stripped(parameter);
      return !found;
    });
  }
  return found;
}

bool Canonicalizer::is_stripped(std::string_view parameter) const {
  const std::size_t equals = parameter.find('=');
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : parameter.substr(equals + 1);
  // Names are short, so this allocates only for odd ones.
  const std::string name = base::ascii_lower(parameter.substr(0, equals));
  if (options_.strip_tracking && is_tracking_parameter(name)) return true;
  if (options_.strip_session_ids && is_session_parameter(name, value)) return true;
  if (std::find(names_.begin(), names_.end(), name) != names_.end()) return true;
  return std::any_of(prefixes_.begin(), prefixes_.end(),
                     [&](const std::string& prefix) { return name.starts_with(prefix); });
}

}  // namespace crawld::policy
