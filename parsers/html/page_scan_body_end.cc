// End tags in the insertion mode "in body" (HTML 13.2.6.4.7).
#include "parsers/html/page_scan_builder.h"

namespace crawld::parsers {
namespace {

constexpr TagSet kBlockEnds{
    Tag::address, Tag::article, Tag::aside,  Tag::blockquote, Tag::center,   Tag::details,
    Tag::dialog,  Tag::dir,     Tag::div,    Tag::dl,         Tag::fieldset, Tag::figcaption,
    Tag::figure,  Tag::footer,  Tag::header, Tag::hgroup,     Tag::main,     Tag::menu,
    Tag::nav,     Tag::ol,      Tag::search, Tag::section,    Tag::summary,  Tag::ul,
    Tag::button,  Tag::listing, Tag::pre};
constexpr TagSet kHeadings{Tag::h1, Tag::h2, Tag::h3, Tag::h4, Tag::h5, Tag::h6};
constexpr TagSet kFormattingEnds{Tag::b,  Tag::big, Tag::code,  Tag::em,     Tag::font,
                                 Tag::i,  Tag::s,   Tag::small, Tag::strike, Tag::strong,
                                 Tag::tt, Tag::u,   Tag::a,     Tag::nobr};
constexpr TagSet kObjects{Tag::applet, Tag::marquee, Tag::object};
// Elements whose end tag does more than close them, or is known by its name only.
constexpr TagSet kNotJustClosed = kFormattingEnds.with(kObjects).with(
    TagSet{Tag::unknown, Tag::template_, Tag::body, Tag::html, Tag::form, Tag::br});

}  // namespace

OutlineBuilder::Outcome OutlineBuilder::in_body_end(const Token& token) {
  // The common case: the current node is in any scope, and nothing is implied to end before it.
  if (current_is(token.tag) && !kNotJustClosed.has(token.tag)) {
    pop();
    return Outcome::done;
  }
  if (kFormattingEnds.has(token.tag)) {
    close_formatting(token);
    return Outcome::done;
  }
  if (end_block(token)) return Outcome::done;
  switch (token.tag) {
    case Tag::template_:
      close_template();
      return Outcome::done;
    case Tag::body:
    case Tag::html:
      if (!in_scope(Tag::body, Scope::normal)) return Outcome::done;
      mode_ = Mode::after_body;
      return token.tag == Tag::html ? Outcome::again : Outcome::done;
    case Tag::form:
      end_form();
      return Outcome::done;
    case Tag::br: {
      // "</br>" means "<br>", without its attributes.
      reconstruct_formatting();
      place_element(Tag::br, Space::html, false);
      frameset_ok_ = false;
      return Outcome::done;
    }
    default:
      any_other_end_tag(token);
      return Outcome::done;
  }
}

bool OutlineBuilder::end_block(const Token& token) {
  if (token.tag == Tag::p) {
    if (!in_scope(Tag::p, Scope::button)) insert_known(Tag::p);
    close_p();
    return true;
  }
  if (kBlockEnds.has(token.tag)) {
    if (!in_scope(token.tag, Scope::normal)) return true;
    generate_implied_end_tags();
    pop_until(token.tag);
    return true;
  }
  if (token.tag == Tag::li || token.tag == Tag::dd || token.tag == Tag::dt) {
    if (!in_scope(token.tag, token.tag == Tag::li ? Scope::list_item : Scope::normal)) return true;
    generate_implied_end_tags(token.tag);
    pop_until(token.tag);
    return true;
  }
  if (kHeadings.has(token.tag)) {
    if (!in_scope(kHeadings, Scope::normal)) return true;
    generate_implied_end_tags();
    pop_until_one_of(kHeadings);
    return true;
  }
  if (!kObjects.has(token.tag)) return false;
  if (in_scope(token.tag, Scope::normal)) {
    generate_implied_end_tags();
    pop_until(token.tag);
    clear_to_marker();
  }
  return true;
}

void OutlineBuilder::end_form() {
  if (is_open(Tag::template_)) {
    if (!in_scope(Tag::form, Scope::normal)) return;
    generate_implied_end_tags();
    pop_until(Tag::form);
    return;
  }
  const std::uint32_t node = form_;
  form_ = 0;
  if (node == 0 || !node_in_scope(node)) return;
  generate_implied_end_tags();
  const std::size_t index = index_of(node);
  if (index != stack_.size()) erase_open(index);
}

}  // namespace crawld::parsers
