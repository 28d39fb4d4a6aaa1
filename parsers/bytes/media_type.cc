#include "parsers/bytes/media_type.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "crawler/base/ascii.h"

namespace crawld::parsers {
namespace {

using base::ascii_lower;
using base::equals_ignoring_case;
using base::is_ascii_alphanumeric;
using base::trim;
using base::trim_right;

// Fetch, "HTTP whitespace": what may stand around a value.
constexpr std::string_view kSpace = "\t\n\r ";

// RFC 9110 section 5.6.2.
bool is_token_char(char c) {
  return is_ascii_alphanumeric(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

// mimesniff 3, "HTTP quoted-string token code point", seen as bytes: U+0080 to
// U+00FF is what the bytes of a header stand for.
bool is_quoted_string_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

// The value of a quoted string that begins at `at` (after the quote), with its
// escapes undone; `at` moves behind the closing quote.
std::string quoted_string(std::string_view text, std::size_t& at) {
  std::string value;
  while (at < text.size()) {
    const char c = text[at++];
    if (c == '"') break;
    if (c == '\\') {
      value += at < text.size() ? text[at++] : '\\';
    } else {
      value += c;
    }
  }
  return value;
}

// The first charset parameter that is well-formed, though it may be "".
std::optional<std::string> charset_of_parameters(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    at = std::min(text.find_first_not_of(kSpace, at), text.size());
    const std::size_t name_end = std::min(text.find_first_of(";=", at), text.size());
    const std::string_view name = text.substr(at, name_end - at);
    at = name_end + 1;
    if (name_end == text.size() || text[name_end] == ';') continue;
    std::string value;
    bool usable = true;
    if (at < text.size() && text[at] == '"') {
      value = quoted_string(text, ++at);
      at = std::min(text.find(';', at), text.size()) + 1;
    } else {
      const std::size_t end = std::min(text.find(';', at), text.size());
      value = trim(text.substr(std::min(at, text.size()), end - std::min(at, end)), kSpace);
      usable = !value.empty();
      at = end + 1;
    }
    if (usable && is_token(name) && equals_ignoring_case(name, "charset") &&
        is_quoted_string_text(value)) {
      return value;
    }
  }
  return std::nullopt;
}

struct OneType {
  std::string essence;
  std::optional<std::string> charset;
};

// mimesniff 4.4; an empty essence: not a MIME type.
OneType parse_one(std::string_view text) {
  text = trim(text, kSpace);
  const std::size_t end = std::min(text.find(';'), text.size());
  const std::string_view essence = trim_right(text.substr(0, end), kSpace);
  const std::size_t slash = essence.find('/');
  if (slash == std::string_view::npos || !is_token(essence.substr(0, slash)) ||
      !is_token(essence.substr(slash + 1))) {
    return {};
  }
  return {ascii_lower(essence), charset_of_parameters(text.substr(std::min(end + 1, text.size())))};
}

// Where the value that begins at `from` ends: the next comma outside quotes.
std::size_t value_end(std::string_view header, std::size_t from) {
  bool quoted = false;
  for (std::size_t at = from; at < header.size(); ++at) {
    if (header[at] == '"') quoted = !quoted;
    if (quoted && header[at] == '\\') ++at;
    if (!quoted && at < header.size() && header[at] == ',') return at;
  }
  return header.size();
}

}  // namespace

std::string_view MediaType::type() const {
  return std::string_view(essence).substr(0, std::min(essence.find('/'), essence.size()));
}

bool MediaType::is_xml() const {
  return essence == "text/xml" || essence == "application/xml" || essence.ends_with("+xml");
}

bool MediaType::is_json() const {
  return essence == "application/json" || essence == "text/json" || essence.ends_with("+json");
}

MediaType parse_content_type(std::string_view header) {
  MediaType found;
  // Of the first in a row of equal types: it holds for those that name none.
  std::optional<std::string> charset;
  for (std::size_t at = 0; at <= header.size();) {
    const std::size_t end = value_end(header, at);
    OneType next = parse_one(header.substr(at, end - at));
    at = end + 1;
    if (next.essence.empty() || next.essence == "*/*") continue;
    if (next.essence != found.essence) charset = next.charset;
    found.charset = next.charset ? *std::move(next.charset) : charset.value_or("");
    found.essence = std::move(next.essence);
  }
  if (found.essence.empty()) {
    const std::size_t semicolon = header.find(';');
    const bool bare = semicolon == std::string_view::npos;
    found.charset =
        charset_of_parameters(bare ? header : header.substr(semicolon + 1)).value_or("");
  }
  return found;
}

}  // namespace crawld::parsers
