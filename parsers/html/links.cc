#include "parsers/html/links.h"

#include <algorithm>

#include "crawler/base/ascii.h"
#include "parsers/html/tokenizer.h"

namespace crawld::parsers {
namespace {

// Where the run of HTML white space at `at` ends.
std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && is_html_space(text[at])) ++at;
  return at;
}

// Past the descriptors of a srcset candidate: to its comma outside of parentheses.
std::size_t skip_descriptors(std::string_view srcset, std::size_t at) {
  bool in_parens = false;
  for (; at < srcset.size(); ++at) {
    if (srcset[at] == '(')
      in_parens = true;
    else if (srcset[at] == ')')
      in_parens = false;
    else if (srcset[at] == ',' && !in_parens)
      return at;
  }
  return at;
}

}  // namespace

std::vector<std::string_view> srcset_urls(std::string_view srcset) {
  std::vector<std::string_view> urls;
  std::size_t at = 0;
  for (;;) {
    while (at < srcset.size() && (is_html_space(srcset[at]) || srcset[at] == ',')) ++at;
    if (at == srcset.size()) return urls;
    const std::size_t start = at;
    while (at < srcset.size() && !is_html_space(srcset[at])) ++at;
    std::string_view url = srcset.substr(start, at - start);
    const bool closed = url.ends_with(',');
    while (url.ends_with(',')) url.remove_suffix(1);
    if (!closed) at = skip_descriptors(srcset, at);
    if (!url.empty()) urls.push_back(url);
  }
}

std::string fold_rel(std::string_view rel) {
  std::string out;
  bool space = false;
  for (const char c : rel) {
    if (is_html_space(c)) {
      space = !out.empty();
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += base::ascii_lower(c);
  }
  return out;
}

bool has_token(std::string_view rel, std::string_view word) {
  for (std::size_t at = rel.find(word); at != std::string_view::npos; at = rel.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || rel[at - 1] == ' ') && (end == rel.size() || rel[end] == ' ')) return true;
  }
  return false;
}

bool says_nofollow(std::string_view rel) {
  if (rel.empty()) return false;
  return has_token(rel, "nofollow") || has_token(rel, "ugc") || has_token(rel, "sponsored");
}

bool names_resource(std::string_view rel) {
  while (!rel.empty()) {
    const std::size_t end = std::min(rel.find(' '), rel.size());
    const std::string_view token = rel.substr(0, end);
    if (token != "dns-prefetch" && token != "preconnect" && token != "pingback") return true;
    rel.remove_prefix(std::min(end + 1, rel.size()));
  }
  return false;
}

std::optional<Refresh> parse_refresh(std::string_view content) {
  Refresh refresh;
  std::size_t at = skip_space(content, 0);
  const std::size_t digits = at;
  while (at < content.size() && base::is_ascii_digit(content[at])) ++at;
  if (at == digits && (at == content.size() || content[at] != '.')) return std::nullopt;
  for (std::size_t i = digits; i < at && refresh.delay < 1e15; ++i) {
    refresh.delay = refresh.delay * 10 + (content[i] - '0');
  }
  while (at < content.size() && (base::is_ascii_digit(content[at]) || content[at] == '.')) ++at;
  if (at == content.size()) return refresh;
  if (content[at] != ';' && content[at] != ',' && !is_html_space(content[at])) return std::nullopt;
  at = skip_space(content, at);
  if (at < content.size() && (content[at] == ';' || content[at] == ','))
    at = skip_space(content, at + 1);
  if (at == content.size()) return refresh;
  const std::string_view rest = content.substr(at);
  // "url=" in front of the URL may be left out; a half of it is part of the URL.
  if (base::ascii_lower(rest[0]) == 'u') {
    std::size_t sign = 3;
    const bool word =
        rest.size() > 3 && base::ascii_lower(rest[1]) == 'r' && base::ascii_lower(rest[2]) == 'l';
    if (word) sign = skip_space(rest, 3);
    if (!word || sign == rest.size() || rest[sign] != '=') {
      refresh.url = rest;
      refresh.at = at;
      return refresh;
    }
    at += skip_space(rest, sign + 1);
  }
  if (at == content.size()) return refresh;
  std::string_view url = content.substr(at);
  if (url[0] == '\'' || url[0] == '"') {
    const char quote = url[0];
    url.remove_prefix(1);
    url = url.substr(0, url.find(quote));
  }
  refresh.url = url;
  refresh.at = static_cast<std::size_t>(url.data() - content.data());
  return refresh;
}

}  // namespace crawld::parsers
