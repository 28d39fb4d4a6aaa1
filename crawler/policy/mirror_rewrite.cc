#include "crawler/policy/mirror_rewrite.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace crawld::policy {
namespace {

using model::UrlPlace;
using Syntax = UrlPlace::Syntax;
using Reference = std::function<std::optional<std::string>(const std::string& url)>;

// Of valid UTF-8, whose front `text` is; moves on behind the character.
std::uint32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size && i < text.size(); ++i) {
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(std::min(size, text.size()));
  return code;
}

// A string of CSS needs no more of a URL (CSS Syntax 4.3.5): it has no quotes and no newlines.
std::string css_text(std::string_view url) {
  std::string out;
  for (const char c : url) {
    if (c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// What stands in a place now.
struct Value {
  std::string text;
  bool changed = false;
  std::uint64_t local = 0;
  std::uint64_t on_web = 0;
};

Value value_of(const UrlPlace& place, const Reference& reference) {
  if (!place.within.empty()) {
    Rewritten inner = rewrite(place.document, place.within, reference);
    const bool changed = inner.body != place.document;
    return {.text = std::move(inner.body),
            .changed = changed,
            .local = inner.local,
            .on_web = inner.on_web};
  }
  Value value;
  for (const UrlPlace::Piece& piece : place.pieces) {
    value.text += piece.text;
    if (piece.url.empty()) continue;
    const auto here = piece.stays ? std::nullopt : reference(piece.url);
    const std::string& url = here ? *here : piece.url;
    value.text += place.css ? css_text(url) : url;
    value.changed = value.changed || here.has_value() || !piece.was_absolute;
    ++(here ? value.local : value.on_web);
  }
  return value;
}

std::string written(const std::string& text, Syntax syntax) {
  switch (syntax) {
    case Syntax::double_quoted:
    case Syntax::single_quoted:
    case Syntax::xml_style:
      return attribute_text(text);
    case Syntax::unquoted:
      return '"' + attribute_text(text) + '"';
    case Syntax::valueless:
      return "=\"" + attribute_text(text) + '"';
    case Syntax::style:
    case Syntax::plain:
      return text;
    case Syntax::whole_attribute:
      break;
  }
  return {};
}

bool is_taken_out(const UrlPlace& place, const Reference& reference) {
  return !place.pieces.empty() && !place.pieces.front().stays &&
         reference(place.pieces.front().url).has_value();
}

}  // namespace

std::string attribute_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::uint32_t code = take_character(text);
    if (code == '&') {
      out += "&amp;";
    } else if (code == '<') {
      out += "&lt;";
    } else if (code == '"') {
      out += "&quot;";
    } else if (code == '\'') {
      out += "&#39;";
    } else if (code < 0x80) {
      out += static_cast<char>(code);
    } else {
      char number[16];
      std::snprintf(number, sizeof number, "&#x%X;", code);
      out += number;
    }
  }
  return out;
}

Rewritten rewrite(std::string_view body, const std::vector<UrlPlace>& places,
                  const Reference& reference) {
  Rewritten out;
  std::size_t at = 0;
  for (const UrlPlace& place : places) {
    if (place.offset < at || place.offset > body.size() ||
        place.length > body.size() - place.offset) {
      continue;
    }
    if (place.syntax == Syntax::whole_attribute) {
      if (!is_taken_out(place, reference)) continue;
      out.body += body.substr(at, place.offset - at);
      at = place.offset + place.length;
      continue;
    }
    const Value value = value_of(place, reference);
    out.local += value.local;
    out.on_web += value.on_web;
    const bool emptied = place.pieces.empty() && place.within.empty();
    if (!value.changed && !emptied && place.syntax != Syntax::plain) continue;
    out.body += body.substr(at, place.offset - at);
    out.body += written(value.text, place.syntax);
    at = place.offset + place.length;
  }
  out.body += body.substr(at);
  return out;
}

}  // namespace crawld::policy
