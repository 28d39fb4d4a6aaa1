#include "crawler/robots/pattern.h"

#include <string.h>

#include <cctype>
#include <cstdint>

#include "crawler/base/ascii.h"
#include "crawler/model/url_percent.h"

namespace crawld::robots {
namespace {

bool is_unreserved(int octet) {
  const char c = static_cast<char>(octet);
  return octet >= 0 && octet < 0x80 &&
         (base::is_ascii_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~');
}

// Octets that RFC 3986 gives no place in a URI; a "%" that starts no triplet is one.
bool needs_encoding(char c) {
  const auto octet = static_cast<std::uint8_t>(c);
  return octet <= 0x20 || octet >= 0x7F || c == '%' || c == '"' || c == '<' || c == '>' ||
         c == '\\' || c == '^' || c == '`' || c == '{' || c == '|' || c == '}';
}

// The octet at `i`, or the triplet there; moves `i` behind it.
void append_comparable(std::string& out, std::string_view text, std::size_t& i) {
  const int decoded = model::percent_octet(text, i);
  if (decoded >= 0) {
    i += 3;
    if (is_unreserved(decoded)) {
      out += static_cast<char>(decoded);
    } else {
      model::append_percent(out, static_cast<std::uint8_t>(decoded));
    }
    return;
  }
  const char c = text[i++];
  if (needs_encoding(c)) {
    model::append_percent(out, static_cast<std::uint8_t>(c));
  } else {
    out += c;
  }
}

// How much of a "%" triplet stands at `i` where the end of the pattern or a "*" cuts it
// off; 0 where none is cut. What goes on there may be any octet that the path encodes.
std::size_t cut_triplet(std::string_view pattern, std::size_t i) {
  if (pattern[i] != '%') return 0;
  std::size_t size = 1;
  if (i + size < pattern.size() && base::hex_value(pattern[i + size]) >= 0) ++size;
  return i + size == pattern.size() || pattern[i + size] == '*' ? size : 0;
}

// Where `needle` stands first, at or behind `from`. memmem is linear for any needle.
std::size_t find(std::string_view text, std::string_view needle, std::size_t from) {
  const void* const at =
      memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
  if (at == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

}  // namespace

void append_pattern(std::string& out, std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size();) {
    if (pattern[i] == '*' || (pattern[i] == '$' && i + 1 == pattern.size())) {
      out += pattern[i++];
    } else if (pattern[i] == '$') {
      out += "%24";
      ++i;
    } else if (const std::size_t cut = cut_triplet(pattern, i); cut > 0) {
      out += '%';
      if (cut > 1)
        out += static_cast<char>(std::toupper(static_cast<std::uint8_t>(pattern[i + 1])));
      i += cut;
    } else {
      append_comparable(out, pattern, i);
    }
  }
}

std::string comparable_path(std::string_view path_and_query) {
  std::string out;
  out.reserve(path_and_query.size() + 8);
  for (std::size_t i = 0; i < path_and_query.size();) {
    if (path_and_query[i] == '*' || path_and_query[i] == '$') {
      model::append_percent(out, static_cast<std::uint8_t>(path_and_query[i++]));
    } else {
      append_comparable(out, path_and_query, i);
    }
  }
  return out;
}

bool matches(std::string_view pattern, std::string_view path) {
  const bool to_the_end = pattern.ends_with('$');
  if (to_the_end) pattern.remove_suffix(1);
  std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) {
    return to_the_end ? path == pattern : path.starts_with(pattern);
  }
  if (!path.starts_with(pattern.substr(0, star))) return false;
  std::size_t at = star;
  // Each literal between stars is best placed as far to the left as possible, so
  // nothing is ever tried twice.
  for (;;) {
    pattern.remove_prefix(star + 1);
    star = pattern.find('*');
    if (star == std::string_view::npos) break;
    const std::size_t found = find(path, pattern.substr(0, star), at);
    if (found == std::string_view::npos) return false;
    at = found + star;
  }
  if (to_the_end) return path.size() - at >= pattern.size() && path.ends_with(pattern);
  return find(path, pattern, at) != std::string_view::npos;
}

}  // namespace crawld::robots
