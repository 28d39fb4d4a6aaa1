// SVG and MathML inside HTML (HTML 13.2.6.5).
#include <algorithm>

#include "parsers/html/page_scan_builder.h"

namespace crawld::parsers {
namespace {

// Start tags that show the page forgot to close its SVG or MathML.
constexpr TagSet kBreakout{
    Tag::b,      Tag::big,    Tag::blockquote, Tag::body,    Tag::br,    Tag::center, Tag::code,
    Tag::dd,     Tag::div,    Tag::dl,         Tag::dt,      Tag::em,    Tag::embed,  Tag::h1,
    Tag::h2,     Tag::h3,     Tag::h4,         Tag::h5,      Tag::h6,    Tag::head,   Tag::hr,
    Tag::i,      Tag::img,    Tag::li,         Tag::listing, Tag::menu,  Tag::meta,   Tag::nobr,
    Tag::ol,     Tag::p,      Tag::pre,        Tag::ruby,    Tag::s,     Tag::small,  Tag::span,
    Tag::strong, Tag::strike, Tag::sub,        Tag::sup,     Tag::table, Tag::tt,     Tag::u,
    Tag::ul,     Tag::var};
constexpr TagSet kMathTexts{Tag::mi, Tag::mo, Tag::mn, Tag::ms, Tag::mtext};

bool has_any(const std::vector<Attribute>& attributes, std::initializer_list<Attr> wanted) {
  return std::any_of(attributes.begin(), attributes.end(), [&](const Attribute& attribute) {
    return std::find(wanted.begin(), wanted.end(), attribute.id) != wanted.end();
  });
}

// Whether an annotation-xml with these attributes holds HTML.
bool holds_html(const std::vector<Attribute>& attributes) {
  for (const Attribute& attribute : attributes) {
    if (attribute.id != Attr::encoding) continue;
    std::string scratch;
    std::string encoding;
    append_name(decode_attribute(attribute.value, scratch), encoding);
    return encoding == "text/html" || encoding == "application/xhtml+xml";
  }
  return false;
}

}  // namespace

OutlineBuilder::Outcome OutlineBuilder::in_foreign(const Token& token) {
  switch (token.kind) {
    case TokenKind::comment:
    case TokenKind::doctype:
    case TokenKind::end:
      return Outcome::done;
    case TokenKind::text:
      // NUL is U+FFFD here, as in these modes and unlike in theirs.
      insert_text(token.raw, token.mode == TextMode::cdata ? TextMode::rawtext : TextMode::rcdata);
      if (!means_space(token.raw, token.mode)) frameset_ok_ = false;
      return Outcome::done;
    case TokenKind::start_tag:
      return foreign_start(token);
    case TokenKind::end_tag:
      return foreign_end(token);
  }
  return Outcome::done;
}

OutlineBuilder::Outcome OutlineBuilder::foreign_start(const Token& token) {
  const bool breaks_out =
      kBreakout.has(token.tag) ||
      (token.tag == Tag::font &&
       has_any(tokenizer_->attributes(), {Attr::color, Attr::face, Attr::size}));
  if (!breaks_out) {
    start_foreign_root(token, current().space);
    return Outcome::done;
  }
  leave_foreign();
  return by_mode(token);
}

// Pops to the nearest element that may hold HTML.
void OutlineBuilder::leave_foreign() {
  const auto stays = [&] {
    const OpenElement& element = current();
    return element.space == Space::html || element.html_integration ||
           (element.space == Space::math && kMathTexts.has(element.tag));
  };
  while (stack_.size() > 1 && !stays()) pop();
}

void OutlineBuilder::start_foreign_root(const Token& token, Space space) {
  insert_element(token, space);
  if (space == Space::math && token.tag == Tag::annotation_xml &&
      holds_html(tokenizer_->attributes())) {
    stack_.back().html_integration = true;
  }
  if (token.self_closing) pop();
}

OutlineBuilder::Outcome OutlineBuilder::foreign_end(const Token& token) {
  if (token.tag == Tag::br || token.tag == Tag::p) {
    leave_foreign();
    return by_mode(token);
  }
  for (std::size_t i = stack_.size(); i-- > 1;) {
    if (stack_[i].space == Space::html) break;
    if (stack_[i].tag == token.tag && stack_[i].hash == token.hash) {
      pop_to_size(i);
      return Outcome::done;
    }
  }
  // The nearest HTML element decides, by the rules of the current mode.
  return by_mode(token);
}

}  // namespace crawld::parsers
