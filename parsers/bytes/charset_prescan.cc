#include "parsers/bytes/charset_prescan.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "crawler/base/ascii.h"
#include "parsers/bytes/charset_labels.h"

namespace crawld::parsers {
namespace {

using base::ascii_lower;
using base::is_ascii_alpha;
using base::is_ascii_space;

// An encoding that a <meta> names, as the standard wants it taken.
std::string_view declared(std::string_view label) {
  const std::string_view encoding = encoding_for_label(label);
  if (encoding == "utf-16le" || encoding == "utf-16be") return "utf-8";
  if (encoding == "x-user-defined") return "windows-1252";
  return encoding;
}

// "Extracting a character encoding from a meta element" (HTML 2.3.6): the label in
// "text/html; charset=x". `text` is in lower case.
std::string_view charset_in_content(std::string_view text) {
  std::size_t at = 0;
  const auto skip_space = [&] {
    while (at < text.size() && is_ascii_space(text[at])) ++at;
  };
  do {
    at = text.find("charset", at);
    if (at == std::string_view::npos) return {};
    at += 7;
    skip_space();
  } while (at >= text.size() || text[at] != '=');
  ++at;
  skip_space();
  if (at == text.size()) return {};
  if (text[at] == '"' || text[at] == '\'') {
    const std::size_t end = text.find(text[at], at + 1);
    return end == std::string_view::npos ? std::string_view() : text.substr(at + 1, end - at - 1);
  }
  const std::size_t end = std::min(text.find_first_of("\t\n\f\r ;", at), text.size());
  return text.substr(at, end - at);
}

struct Attribute {
  std::string name;  // lower case
  std::string value;
};

// Walks the tags of a byte stream as the prescan does.
class TagWalk {
 public:
  explicit TagWalk(std::string_view bytes) : bytes_(bytes) {}

  // Moves to the next "<", and behind it; false at the end.
  bool next_markup() {
    at_ = bytes_.find('<', at_);
    if (at_ == std::string_view::npos) return false;
    ++at_;
    return true;
  }

  bool at_comment() const { return rest().starts_with("!--"); }
  // The two hyphens of the end may be those of the start: "<!-->" is a comment.
  bool skip_comment() { return skip_behind("-->", 1); }

  bool at_tag() const {
    const std::size_t name = at_ + (rest().starts_with("/") ? 1 : 0);
    return name < bytes_.size() && is_ascii_alpha(bytes_[name]);
  }
  bool at_end_tag() const { return rest().starts_with("/"); }
  bool at_other() const {
    return rest().starts_with("!") || rest().starts_with("/") || rest().starts_with("?");
  }
  bool skip_other() { return skip_behind(">", 0); }

  // The name of the tag, as written; moves behind it.
  std::string_view tag_name() {
    const std::size_t start = at_;
    at_ = std::min(bytes_.find_first_of("\t\n\f\r />", at_), bytes_.size());
    return bytes_.substr(start, at_ - start);
  }

  // Moves to where the attributes begin for the prescan: it ends the name of a tag that is
  // no <meta> at white space or ">" only.
  void skip_name() { at_ = std::min(bytes_.find_first_of("\t\n\f\r >", at_), bytes_.size()); }

  // Moves behind the next end tag of `name` (lower case); false when there is none.
  bool skip_raw_text(std::string_view name) {
    while (next_markup()) {
      if (!rest().starts_with("/")) continue;
      const std::string_view found = rest().substr(1, name.size());
      const std::size_t behind = at_ + 1 + name.size();
      if (!base::equals_ignoring_case(found, name)) continue;
      if (behind < bytes_.size() && is_ascii_alpha(bytes_[behind])) continue;
      at_ = behind;
      return true;
    }
    return false;
  }

  // "Get an attribute": nothing at the end of the tag or of the bytes; see cut().
  std::optional<Attribute> attribute();
  // The bytes ended inside a tag.
  bool cut() const { return at_ >= bytes_.size(); }

 private:
  std::string_view rest() const { return bytes_.substr(std::min(at_, bytes_.size())); }
  bool skip_behind(std::string_view end, std::size_t offset) {
    const std::size_t found = bytes_.find(end, at_ + offset);
    if (found == std::string_view::npos) return false;
    at_ = found + end.size();
    return true;
  }
  void skip_space() {
    while (at_ < bytes_.size() && is_ascii_space(bytes_[at_])) ++at_;
  }
  std::string value();

  std::string_view bytes_;
  std::size_t at_ = 0;
};

std::optional<Attribute> TagWalk::attribute() {
  while (at_ < bytes_.size() && (is_ascii_space(bytes_[at_]) || bytes_[at_] == '/')) ++at_;
  if (cut() || bytes_[at_] == '>') return std::nullopt;
  Attribute found;
  while (!cut()) {
    const char c = bytes_[at_];
    if (c == '/' || c == '>') return found;
    if (is_ascii_space(c) || (c == '=' && !found.name.empty())) break;
    found.name += ascii_lower(c);
    ++at_;
  }
  skip_space();
  if (cut()) return std::nullopt;
  if (bytes_[at_] != '=') return found;
  ++at_;
  skip_space();
  if (cut()) return std::nullopt;
  found.value = value();
  if (cut()) return std::nullopt;
  return found;
}

// The value that begins here; reaches the end of the bytes when it does not end.
std::string TagWalk::value() {
  const char quote = bytes_[at_];
  if (quote == '"' || quote == '\'') {
    const std::size_t start = at_ + 1;
    const std::size_t end = bytes_.find(quote, start);
    if (end == std::string_view::npos) {
      at_ = bytes_.size();
      return {};
    }
    at_ = end + 1;
    return ascii_lower(bytes_.substr(start, end - start));
  }
  const std::size_t start = at_;
  at_ = std::min(bytes_.find_first_of("\t\n\f\r >", at_), bytes_.size());
  return ascii_lower(bytes_.substr(start, at_ - start));
}

// Who reads a <meta>: the prescan, or the parser that comes after it.
enum class Reader : std::uint8_t { prescan, parser };

// The encoding that the attributes of a <meta> declare, or empty. For the prescan a charset
// attribute that names none hides what the content says, for the parser it does not
// (HTML 13.2.3.2 and 13.2.6.4.4).
std::string_view meta_encoding(TagWalk& walk, Reader reader) {
  bool has_pragma = false;
  bool has_equiv = false;
  bool has_content = false;
  bool has_charset = false;            // of either kind, usable or not
  bool has_charset_attribute = false;  // the first of a name counts
  bool needs_pragma = false;
  std::string_view charset;
  while (const auto attribute = walk.attribute()) {
    if (attribute->name == "http-equiv" && !has_equiv) {
      has_equiv = true;
      has_pragma = attribute->value == "content-type";
    } else if (attribute->name == "content" && !has_content) {
      has_content = true;
      const std::string_view found = declared(charset_in_content(attribute->value));
      if (!found.empty() && !has_charset) {
        charset = found;
        needs_pragma = true;
        has_charset = true;
      }
    } else if (attribute->name == "charset" && !has_charset_attribute) {
      has_charset_attribute = true;
      const std::string_view found = declared(attribute->value);
      if (found.empty() && reader == Reader::parser) continue;
      charset = found;
      needs_pragma = false;
      has_charset = true;
    }
  }
  if (walk.cut() || (needs_pragma && !has_pragma)) return {};
  return charset;
}

// What stands in these elements is text, whatever it looks like (HTML 13.2.5).
bool holds_text_only(std::string_view name) {
  constexpr std::string_view kNames[] = {"script", "style",   "title",    "textarea",
                                         "xmp",    "noembed", "noframes", "iframe"};
  return std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view known) {
    return base::equals_ignoring_case(known, name);
  });
}

// The prescan looks into elements that hold only text, the parser does not.
std::string_view first_meta(std::string_view bytes, Reader reader) {
  TagWalk walk(bytes);
  while (walk.next_markup()) {
    if (walk.at_comment()) {
      if (!walk.skip_comment()) return {};
    } else if (walk.at_tag()) {
      const bool opens = !walk.at_end_tag();
      if (!opens) walk.tag_name();
      const std::string_view name = walk.tag_name();
      if (opens && base::equals_ignoring_case(name, "meta")) {
        if (const std::string_view found = meta_encoding(walk, reader); !found.empty())
          return found;
        continue;
      }
      if (reader == Reader::prescan) walk.skip_name();
      while (walk.attribute()) {
      }
      if (opens && reader == Reader::parser && holds_text_only(name) &&
          !walk.skip_raw_text(ascii_lower(name))) {
        return {};
      }
    } else if (walk.at_other() && !walk.skip_other()) {
      return {};
    }
  }
  return {};
}

// The quoted value of encoding= in `declaration` ("<?xml ... >" as ASCII bytes).
std::string_view encoding_pseudo_attribute(std::string_view declaration) {
  std::size_t at = declaration.find("encoding");
  if (at == std::string_view::npos) return {};
  at += 8;
  const auto skip_control = [&] {
    while (at < declaration.size() && static_cast<std::uint8_t>(declaration[at]) <= 0x20) ++at;
  };
  skip_control();
  if (at >= declaration.size() || declaration[at] != '=') return {};
  ++at;
  skip_control();
  if (at >= declaration.size() || (declaration[at] != '"' && declaration[at] != '\'')) return {};
  const std::size_t end = declaration.find(declaration[at], at + 1);
  if (end == std::string_view::npos) return {};
  const std::string_view label = declaration.substr(at + 1, end - at - 1);
  const bool has_space = std::any_of(label.begin(), label.end(),
                                     [](char c) { return static_cast<std::uint8_t>(c) <= 0x20; });
  return has_space ? std::string_view() : label;
}

}  // namespace

std::string_view xml_declared_encoding(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("<\0?\0x\0"sv)) return "utf-16le";
  if (bytes.starts_with("\0<\0?\0x"sv)) return "utf-16be";
  bytes = bytes.substr(0, kPrescanSize);
  if (!bytes.starts_with("<?xml")) return {};
  const std::size_t end = bytes.find('>');
  if (end == std::string_view::npos) return {};
  const std::string_view encoding =
      encoding_for_label(encoding_pseudo_attribute(bytes.substr(0, end)));
  return encoding.starts_with("utf-16") ? "utf-8" : encoding;
}

std::string_view prescan_html(std::string_view bytes) {
  bytes = bytes.substr(0, kPrescanSize);
  const std::string_view xml = xml_declared_encoding(bytes);
  if (xml.starts_with("utf-16")) return xml;
  const std::string_view meta = first_meta(bytes, Reader::prescan);
  return meta.empty() ? xml : meta;
}

std::string_view late_meta_encoding(std::string_view bytes) {
  return first_meta(bytes, Reader::parser);
}

}  // namespace crawld::parsers
