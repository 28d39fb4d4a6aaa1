#include "parsers/html/html_skeleton.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>

#include "crawler/base/utf8.h"
#include "parsers/html/html_skeleton_marks.h"
#include "parsers/html/raw_text.h"
#include "parsers/html/tokenizer_bytes.h"

namespace crawld::parsers {
namespace {

// The values that tree construction looks at: of <input type>, <annotation-xml encoding>.
bool is_looked_at(Attr attribute) { return attribute == Attr::type || attribute == Attr::encoding; }

bool is_harmless(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '/' || c == '+' || c == '-' || c == '.';
  });
}

bool is_style_of_font(const Attribute& attribute) {
  return attribute.id == Attr::color || attribute.id == Attr::face || attribute.id == Attr::size;
}

// Names that the tree construction has no eye for, in any namespace (13.2.6.1: what it adjusts
// has no "-"). In lower case as they are, or it would change them.
bool is_plain_name(std::string_view name) {
  constexpr std::string_view kNames[] = {
      "class",   "href",     "src",        "style",   "title",     "alt",     "rel",
      "target",  "content",  "property",   "role",    "width",     "height",  "value",
      "name",    "itemprop", "itemtype",   "srcset",  "sizes",     "loading", "decoding",
      "onclick", "tabindex", "lang",       "charset", "itemscope", "media",   "crossorigin",
      "action",  "method",   "placeholder"};
  if (std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames)) return true;
  return name.find('-') != name.npos && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

// Elements like any other today that gumbo has rules for.
constexpr TagSet kOnceSpecial{Tag::isindex, Tag::menuitem};

bool is_known_to_gumbo(std::string_view name) {
  return gumbo_tagn_enum(name.data(), static_cast<unsigned>(name.size())) != GUMBO_TAG_UNKNOWN;
}

bool is_known_to_gumbo(const Token& token) {
  static const auto kKnown = [] {
    std::array<bool, static_cast<std::size_t>(Tag::count)> known{};
    for (std::size_t i = 1; i < known.size(); ++i) {
      const Tag tag = static_cast<Tag>(i);
      known[i] = is_known_to_gumbo(to_string(tag)) && !kOnceSpecial.has(tag);
    }
    return known;
  }();
  return token.tag == Tag::unknown ? is_known_to_gumbo(token.name)
                                   : kKnown[static_cast<std::size_t>(token.tag)];
}

TagSeen seen_of(const Token& token) {
  return {.id = token.tag,
          .hash = token.hash,
          .self_closing = token.self_closing,
          .unnamed = !is_known_to_gumbo(token)};
}

std::string_view code_of(std::size_t index, std::array<char, 8>& room) {
  std::size_t digits = 1;
  for (std::size_t codes = 3; index >= codes; codes *= 3) {
    index -= codes;
    ++digits;
  }
  room[0] = room[digits + 1] = '\f';
  for (std::size_t i = digits; i > 0; --i) {
    room[i] = kDigits[index % 3];
    index /= 3;
  }
  return {room.data(), digits + 2};
}

std::size_t leading_space(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_html_space(text[at])) ++at;
  return at;
}

}  // namespace

HtmlSkeleton::HtmlSkeleton(std::string_view utf8, const TreeLimits& limits, Arena& arena)
    : page_(utf8),
      limits_(limits),
      arena_(arena),
      tokenizer_(utf8, Tokenizer::Keep::all),
      open_(limits) {
  usable_ = find(utf8, '\0', 0) == kNone && base::utf8_prefix(utf8) == utf8.size();
  codes_space_ = find(utf8, '\f', 0) == kNone;
  html_.reserve(utf8.size() / 2);
  read();
}

void HtmlSkeleton::read() {
  for (Token token = tokenizer_.next(); token.kind != TokenKind::end; token = tokenizer_.next()) {
    read_token(token);
    if (!open_.within_limits()) within_limits_ = false;
    if (!within_limits_) return;
    tokenizer_.allow_cdata(open_.foreign());
  }
  // A tag that is cut off makes no token, but gumbo would read it.
  if (tokenizer_.attributes().size() > limits_.max_attributes) within_limits_ = false;
}

void HtmlSkeleton::read_token(const Token& token) {
  switch (token.kind) {
    case TokenKind::start_tag:
      return read_start_tag(token);
    case TokenKind::end_tag:
      return read_end_tag(token);
    case TokenKind::text:
      return read_text(token);
    case TokenKind::comment:
      after_text_ = false;
      open_.count_node();
      // Whether this is a comment hangs on the tree.
      if (token.raw.starts_with("[CDATA[")) usable_ = false;
      scratch_.clear();
      append_comment(token.raw, scratch_);
      html_ += "<!--";
      if (!scratch_.empty()) write_mark(scratch_, Kind::comment);
      html_ += "-->";
      return;
    case TokenKind::doctype:
      html_ += "<!";
      return write_literally(token.raw);
    case TokenKind::end:
      return;
  }
}

void HtmlSkeleton::read_start_tag(const Token& token) {
  after_text_ = false;
  tags_.push_back({html_.size(), token.raw});
  html_ += '<';
  write_tag_name(token);
  write_attributes(token);
  html_ += token.self_closing ? " />" : ">";

  constexpr TagSet kPre{Tag::pre, Tag::listing, Tag::textarea};
  after_pre_ = kPre.has(token.tag);
  // In framesets white space within texts counts.
  constexpr TagSet kOdd{Tag::frameset, Tag::plaintext};
  if (kOdd.has(token.tag)) usable_ = false;
  const TextMode mode = open_.foreign() ? TextMode::data : raw_text_mode(token.tag);
  if (mode == TextMode::data) {
    TagSeen seen = seen_of(token);
    if (kFormattingTags.has(token.tag)) {
      const std::vector<Attribute>& attributes = tokenizer_.attributes();
      seen.styled = std::any_of(attributes.begin(), attributes.end(), is_style_of_font);
      seen.whole = std::hash<std::string_view>{}(token.raw.substr(1 + token.name.size()));
    }
    return open_.start(seen);
  }
  open_.count_node();
  raw_is_open_ = true;
  tokenizer_.set_mode(mode);
}

void HtmlSkeleton::read_end_tag(const Token& token) {
  if (tokenizer_.attributes().size() > limits_.max_attributes) within_limits_ = false;
  std::size_t times = 1;
  if (!raw_is_open_) {
    const TagSeen seen = seen_of(token);
    if (seen.unnamed && !open_.foreign()) times = open_.unnamed_to_close(seen);
    if (token.tag == Tag::form && after_text_ && open_.current_is(Tag::form)) {
      html_ += "<!--";
      write_mark("", Kind::form_end);
      html_ += "-->";
    }
    open_.end(seen);
  }
  raw_is_open_ = false;
  // Of a void element: it means nothing, but a newline behind it is not the first of a <pre>.
  if (times == 0) html_ += "</wbr>";
  for (; times > 0; --times) {
    html_ += "</";
    write_tag_name(token);
    html_ += '>';
  }
}

void HtmlSkeleton::write_tag_name(const Token& token) {
  if (kOnceSpecial.has(token.tag)) html_ += "x-";
  write_literally(token.name);
}

void HtmlSkeleton::write_attributes(const Token& token) {
  const std::vector<Attribute>& attributes = tokenizer_.attributes();
  auto count = static_cast<std::uint32_t>(attributes.size());
  // A second <body> adds its attributes to the first.
  constexpr TagSet kMerged{Tag::html, Tag::head, Tag::body};
  if (kMerged.has(token.tag)) count = merged_attributes_ += count;
  if (count > limits_.max_attributes) within_limits_ = false;
  for (const Attribute& attribute : attributes) {
    html_ += ' ';
    write_name(attribute);
    if (attribute.value.empty()) continue;
    html_ += '=';
    write_value(token, attribute);
  }
}

void HtmlSkeleton::write_name(const Attribute& attribute) {
  std::string_view name = attribute.name;
  const bool upper = std::any_of(name.begin(), name.end(), [](char c) { return lower(c) != c; });
  if (upper) {
    scratch_.clear();
    append_name(name, scratch_);
    name = scratch_;
  }
  if (name.size() < 3) return write_literally(name);
  auto known = names_.find(name);
  if (known == names_.end()) {
    if (upper) name = arena_.copy(name);
    std::optional<std::size_t> index;
    if (is_plain_name(name)) index = add_mark(name, Kind::name);
    known = names_.emplace(name, index).first;
  }
  if (!known->second) return write_literally(name);
  write_mark(*known->second);
}

void HtmlSkeleton::write_space(std::string_view space) {
  constexpr std::size_t kShortest = 3;
  if (space.size() <= kShortest || !codes_space_ || after_pre_) {
    html_ += space;
    return;
  }
  auto known = space_codes_.find(space);
  if (known == space_codes_.end()) {
    const std::string_view kept = arena_.copy(space);
    if (spaces_.size() == kMostSpaces || kept.data() == nullptr) {
      html_ += space;
      return;
    }
    known = space_codes_.emplace(kept, spaces_.size()).first;
    spaces_.push_back(kept);
  }
  std::array<char, 8> room;
  const std::string_view code = code_of(known->second, room);
  html_ += code.size() < space.size() ? code : space;
}

void HtmlSkeleton::write_value(const Token& token, const Attribute& attribute) {
  const std::string_view value = decode_attribute(attribute.value, scratch_);
  if (is_looked_at(attribute.id) && is_harmless(value)) {
    html_ += value;
  } else if (kFormattingTags.has(token.tag)) {
    auto known = formatting_values_.find(value);
    if (known == formatting_values_.end()) {
      const std::optional<std::size_t> index = add_mark(value, Kind::value);
      if (!index) return;
      known =
          formatting_values_.emplace(std::string_view(marks_[*index].text, value.size()), *index)
              .first;
    }
    write_mark(known->second);
  } else {
    write_mark(value, Kind::value);
  }
}

void HtmlSkeleton::read_text(const Token& token) {
  std::string_view text = decode_text(token.raw, token.mode, scratch_);
  after_text_ = true;
  open_.text();
  // A newline that was written as a reference is one; gumbo would take it for the page's own.
  if (text.data() == scratch_.data() && find(text, '\r', 0) != kNone) usable_ = false;
  if (token.mode == TextMode::cdata) {
    html_ += "<![CDATA[";
    write_mark(text, Kind::cdata);
    html_ += "]]>";
    return;
  }
  const std::size_t space = leading_space(text);
  if (token.mode == TextMode::data || token.mode == TextMode::rcdata || space == text.size()) {
    write_space(text.substr(0, space));
    text.remove_prefix(space);
  }
  after_pre_ = false;
  if (text.empty()) return;
  write_mark(text, token.mode == TextMode::data     ? Kind::text
                   : token.mode == TextMode::rcdata ? Kind::rcdata
                                                    : Kind::raw);
}

void HtmlSkeleton::write_literally(std::string_view text) {
  html_ += text;
  if (std::any_of(text.begin(), text.end(), starts_mark)) usable_ = false;
}

void HtmlSkeleton::write_mark(std::string_view text, Kind kind) {
  if (const std::optional<std::size_t> index = add_mark(text, kind)) write_mark(*index);
}

void HtmlSkeleton::write_mark(std::size_t index) {
  const std::size_t c = 0xF0000 + index + (index >= kPlane ? 2 : 0);
  html_ += static_cast<char>(0xF0 | c >> 18);
  html_ += static_cast<char>(0x80 | (c >> 12 & 0x3F));
  html_ += static_cast<char>(0x80 | (c >> 6 & 0x3F));
  html_ += static_cast<char>(0x80 | (c & 0x3F));
}

// Nothing where the skeleton is of no use.
std::optional<std::size_t> HtmlSkeleton::add_mark(std::string_view text, Kind kind) {
  if (!usable_) return std::nullopt;
  const std::string_view kept = arena_.copy(text);
  if (kept.data() == nullptr || marks_.size() == kMostMarks) {
    usable_ = false;
    return std::nullopt;
  }
  marks_.push_back({kept.data(), static_cast<std::uint32_t>(kept.size()), kind});
  if (kind != Kind::value && kind != Kind::name) ++marks_left_;
  return marks_.size() - 1;
}

}  // namespace crawld::parsers
