#include "parsers/html_skeleton.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "parsers/charset_utf8.h"
#include "parsers/tokenizer_bytes.h"

namespace crawld::parsers {
namespace {

// Marks are U+F0000 to U+FFFFD and U+100000 to U+10FFFD, four bytes each.
constexpr std::size_t kPlane = 0xFFFE;
constexpr std::size_t kMostMarks = 2 * kPlane;
constexpr std::size_t kMarkBytes = 4;
constexpr unsigned char kFirstMarkByte = 0xF3;

bool starts_mark(char c) { return static_cast<unsigned char>(c) >= kFirstMarkByte; }

TextMode mode_of(Tag tag) {
  constexpr TagSet kRaw{Tag::style, Tag::xmp, Tag::iframe, Tag::noembed, Tag::noframes};
  if (tag == Tag::script) return TextMode::script;
  if (tag == Tag::title || tag == Tag::textarea) return TextMode::rcdata;
  return kRaw.has(tag) ? TextMode::rawtext : TextMode::data;
}

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
  usable_ = find(utf8, '\0', 0) == kNone && utf8_prefix(utf8) == utf8.size();
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
  tags_.push_back({html_.size(), token.raw});
  html_ += '<';
  write_literally(token.name);
  write_attributes(token);
  html_ += token.self_closing ? " />" : ">";

  // In framesets white space within texts counts; gumbo makes elements of what isindex says.
  constexpr TagSet kOdd{Tag::frameset, Tag::isindex, Tag::plaintext};
  if (kOdd.has(token.tag)) usable_ = false;
  const bool foreign = open_.foreign();
  const TextMode mode = foreign ? TextMode::data : mode_of(token.tag);
  if (mode == TextMode::data) {
    TagSeen seen{.id = token.tag, .hash = token.hash, .self_closing = token.self_closing};
    if (kFormattingTags.has(token.tag)) {
      const std::vector<Attribute>& attributes = tokenizer_.attributes();
      seen.styled = std::any_of(attributes.begin(), attributes.end(), is_style_of_font);
      seen.whole = std::hash<std::string_view>{}(token.raw.substr(1 + token.name.size()));
    }
    open_.start(seen);
    if (token.tag == Tag::plaintext && !foreign) tokenizer_.set_mode(TextMode::plaintext);
    return;
  }
  open_.count_node();
  raw_is_open_ = true;
  tokenizer_.set_mode(mode);
}

void HtmlSkeleton::read_end_tag(const Token& token) {
  html_ += "</";
  write_literally(token.name);
  html_ += '>';
  if (tokenizer_.attributes().size() > limits_.max_attributes) within_limits_ = false;
  if (!raw_is_open_) open_.end({.id = token.tag, .hash = token.hash});
  raw_is_open_ = false;
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
    write_literally(attribute.name);
    if (attribute.value.empty()) continue;
    html_ += '=';
    write_value(token, attribute);
  }
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
    html_ += text.substr(0, space);
    text.remove_prefix(space);
  }
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
  if (kind != Kind::value) ++marks_left_;
  return marks_.size() - 1;
}

// Null where no mark stands.
const HtmlSkeleton::Mark* HtmlSkeleton::mark_at(const char* text) const {
  if (!starts_mark(text[0])) return nullptr;
  const auto bits = [text](int i) { return static_cast<std::size_t>(text[i] & 0x3F); };
  const std::size_t c =
      static_cast<std::size_t>(text[0] & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3);
  std::size_t index = c - 0xF0000;
  if (index >= kPlane) index -= 2;
  return index < marks_.size() ? &marks_[index] : nullptr;
}

bool HtmlSkeleton::restore_element(GumboElement& element) {
  if (element.original_tag.length != 0) {
    const auto at = static_cast<std::size_t>(element.original_tag.data - html_.data());
    if (next_tag_ == tags_.size() || tags_[next_tag_].at != at) {
      const auto found =
          std::lower_bound(tags_.begin(), tags_.end(), at,
                           [](const Tagged& tag, std::size_t to) { return tag.at < to; });
      if (found == tags_.end() || found->at != at) return false;
      next_tag_ = static_cast<std::size_t>(found - tags_.begin());
    }
    const std::string_view raw = tags_[next_tag_++].raw;
    element.original_tag = {raw.data(), raw.size()};
  }
  for (unsigned i = 0; i < element.attributes.length; ++i) {
    auto& attribute = *static_cast<GumboAttribute*>(element.attributes.data[i]);
    attribute.original_name = attribute.original_value = kGumboEmptyString;
    if (!starts_mark(attribute.value[0])) continue;
    const Mark* mark = mark_at(attribute.value);
    if (mark == nullptr || mark->kind != Kind::value || attribute.value[kMarkBytes] != '\0')
      return false;
    attribute.value = mark->text;
  }
  return true;
}

HtmlSkeleton::Kind HtmlSkeleton::kind_inside(const GumboNode* parent) {
  if (parent->type != GUMBO_NODE_ELEMENT) return Kind::text;
  const GumboElement& element = parent->v.element;
  if (element.tag_namespace != GUMBO_NAMESPACE_HTML) return Kind::text;
  switch (element.tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_XMP:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_NOFRAMES:
      return Kind::raw;
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_TEXTAREA:
      return Kind::rcdata;
    default:
      return Kind::text;
  }
}

bool HtmlSkeleton::restore_text(GumboNode* node) {
  const bool comment = node->type == GUMBO_NODE_COMMENT;
  GumboText& text = node->v.text;
  text.original_text = kGumboEmptyString;
  const Kind kind = comment ? Kind::comment : kind_inside(node->parent);
  // White space and marks, and nothing else; a comment has one mark or is empty.
  std::size_t size = 0;
  std::size_t marks = 0;
  for (const char* at = text.text; *at != '\0';) {
    if (!comment && is_html_space(*at)) {
      ++size;
      ++at;
      continue;
    }
    const Mark* mark = mark_at(at);
    if (mark == nullptr) return false;
    const bool cdata = mark->kind == Kind::cdata && kind == Kind::text;
    if (mark->kind != kind && !cdata) return false;
    size += mark->size;
    ++marks;
    --marks_left_;
    at += kMarkBytes;
  }
  if (marks == 0) return true;
  if (marks == 1 && text.text[kMarkBytes] == '\0') {
    text.text = mark_at(text.text)->text;
    return true;
  }
  if (comment) return false;
  auto* room = static_cast<char*>(arena_.allocate(size + 1));
  if (room == nullptr) return false;
  char* to = room;
  for (const char* at = text.text; *at != '\0';) {
    if (const Mark* mark = mark_at(at)) {
      std::memcpy(to, mark->text, mark->size);
      to += mark->size;
      at += kMarkBytes;
    } else {
      *to++ = *at++;
    }
  }
  *to = '\0';
  text.text = room;
  return true;
}

}  // namespace crawld::parsers
