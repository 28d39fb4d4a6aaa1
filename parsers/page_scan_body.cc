// The insertion mode "in body" (HTML 13.2.6.4.7), by kinds of elements.
#include "parsers/page_scan_builder.h"

namespace crawld::parsers {
namespace {

constexpr TagSet kHeadElements{Tag::base,      Tag::basefont, Tag::bgsound, Tag::link,
                               Tag::meta,      Tag::noframes, Tag::script,  Tag::style,
                               Tag::template_, Tag::title};
constexpr TagSet kBlocks{Tag::address,  Tag::article,    Tag::aside,   Tag::blockquote, Tag::center,
                         Tag::details,  Tag::dialog,     Tag::dir,     Tag::div,        Tag::dl,
                         Tag::fieldset, Tag::figcaption, Tag::figure,  Tag::footer,     Tag::header,
                         Tag::hgroup,   Tag::main,       Tag::menu,    Tag::nav,        Tag::ol,
                         Tag::p,        Tag::search,     Tag::section, Tag::summary,    Tag::ul};
constexpr TagSet kHeadings{Tag::h1, Tag::h2, Tag::h3, Tag::h4, Tag::h5, Tag::h6};
constexpr TagSet kFormatting{Tag::b, Tag::big,   Tag::code,   Tag::em,     Tag::font, Tag::i,
                             Tag::s, Tag::small, Tag::strike, Tag::strong, Tag::tt,   Tag::u};
constexpr TagSet kObjects{Tag::applet, Tag::marquee, Tag::object};
constexpr TagSet kVoids{Tag::area, Tag::br, Tag::embed, Tag::img, Tag::keygen, Tag::wbr};
constexpr TagSet kQuietVoids{Tag::param, Tag::source, Tag::track};
constexpr TagSet kIgnored{Tag::caption, Tag::col,   Tag::colgroup, Tag::frame,
                          Tag::head,    Tag::tbody, Tag::td,       Tag::tfoot,
                          Tag::th,      Tag::thead, Tag::tr};

bool equals_any_case(std::string_view text, std::string_view lower_case) {
  if (text.size() != lower_case.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lower_case[i]) return false;
  }
  return true;
}

bool is_hidden_input(const std::vector<Attribute>& attributes) {
  for (const Attribute& attribute : attributes) {
    if (attribute.id != Attr::type) continue;
    std::string scratch;
    return equals_any_case(decode_attribute(attribute.value, scratch), "hidden");
  }
  return false;
}

}  // namespace

OutlineBuilder::Outcome OutlineBuilder::in_body(const Token& token) {
  switch (token.kind) {
    case TokenKind::comment:
    case TokenKind::doctype:
      return Outcome::done;
    case TokenKind::text:
      return in_body_text(token);
    case TokenKind::start_tag:
      return in_body_start(token);
    case TokenKind::end_tag:
      return in_body_end(token);
    case TokenKind::end:
      if (!template_modes_.empty()) return in_template(token);
      return Outcome::done;
  }
  return Outcome::done;
}

OutlineBuilder::Outcome OutlineBuilder::in_body_text(const Token& token) {
  reconstruct_formatting();
  insert_text(token);
  if (frameset_ok_ && leading_space(token.raw, token.mode) != token.raw.size()) {
    frameset_ok_ = false;
  }
  return Outcome::done;
}

OutlineBuilder::Outcome OutlineBuilder::in_body_start(const Token& token) {
  if (kHeadElements.has(token.tag)) return in_head_start(token);
  if (kIgnored.has(token.tag)) return Outcome::done;
  if (start_formatting(token) || start_block(token) || start_structure(token) ||
      start_special(token)) {
    return Outcome::done;
  }
  if (token.tag == Tag::math || token.tag == Tag::svg) {
    reconstruct_formatting();
    start_foreign_root(token, token.tag == Tag::math ? Space::math : Space::svg);
    return Outcome::done;
  }
  if (token.tag == Tag::option || token.tag == Tag::optgroup) {
    if (current_is(Tag::option)) pop();
    reconstruct_formatting();
    insert_element(token);
    return Outcome::done;
  }
  if (token.tag == Tag::rb || token.tag == Tag::rtc) {
    if (in_scope(Tag::ruby, Scope::normal)) generate_implied_end_tags();
    insert_element(token);
    return Outcome::done;
  }
  if (token.tag == Tag::rp || token.tag == Tag::rt) {
    if (in_scope(Tag::ruby, Scope::normal)) generate_implied_end_tags(Tag::rtc);
    insert_element(token);
    return Outcome::done;
  }
  reconstruct_formatting();
  insert_element(token);
  return Outcome::done;
}

// html, body, frameset: what there is only one of.
bool OutlineBuilder::start_structure(const Token& token) {
  if (token.tag == Tag::html) {
    if (!is_open(Tag::template_) && !stack_.empty()) {
      outline_->add_missing_attributes(stack_[0].node, tokenizer_->attributes());
    }
    return true;
  }
  const bool body_is_second = stack_.size() > 1 && stack_[1].tag == Tag::body;
  if (token.tag == Tag::body) {
    if (!body_is_second || is_open(Tag::template_)) return true;
    frameset_ok_ = false;
    outline_->add_missing_attributes(stack_[1].node, tokenizer_->attributes());
    return true;
  }
  if (token.tag != Tag::frameset) return false;
  if (body_is_second && frameset_ok_) start_frameset(token);
  return true;
}

void OutlineBuilder::start_frameset(const Token& token) {
  outline_->remove(stack_[1].node);
  pop_to_size(1);
  insert_element(token);
  mode_ = Mode::in_frameset;
}

bool OutlineBuilder::start_block(const Token& token) {
  if (kBlocks.has(token.tag)) {
    close_p_in_button_scope();
    insert_element(token);
    return true;
  }
  if (kHeadings.has(token.tag)) {
    close_p_in_button_scope();
    if (current_is_one_of(kHeadings)) pop();
    insert_element(token);
    return true;
  }
  switch (token.tag) {
    case Tag::li:
    case Tag::dd:
    case Tag::dt:
      start_list_item(token);
      return true;
    case Tag::pre:
    case Tag::listing:
      close_p_in_button_scope();
      insert_element(token);
      tokenizer_->skip_newline();
      frameset_ok_ = false;
      return true;
    case Tag::form:
      if (form_ != 0 && !is_open(Tag::template_)) return true;
      close_p_in_button_scope();
      insert_element(token);
      if (!is_open(Tag::template_)) form_ = current().node;
      return true;
    case Tag::plaintext:
      close_p_in_button_scope();
      insert_element(token);
      tokenizer_->set_mode(TextMode::plaintext);
      return true;
    case Tag::table:
      if (!quirks_) close_p_in_button_scope();
      insert_element(token);
      frameset_ok_ = false;
      mode_ = Mode::in_table;
      return true;
    case Tag::hr:
      close_p_in_button_scope();
      insert_void(token);
      frameset_ok_ = false;
      return true;
    default:
      return false;
  }
}

void OutlineBuilder::start_list_item(const Token& token) {
  constexpr TagSet kPassed{Tag::address, Tag::div, Tag::p};
  constexpr TagSet kEnds{
      Tag::applet,    Tag::area,     Tag::article,  Tag::aside,      Tag::blockquote, Tag::body,
      Tag::button,    Tag::caption,  Tag::center,   Tag::col,        Tag::colgroup,   Tag::details,
      Tag::dir,       Tag::dl,       Tag::fieldset, Tag::figcaption, Tag::figure,     Tag::footer,
      Tag::form,      Tag::frameset, Tag::h1,       Tag::h2,         Tag::h3,         Tag::h4,
      Tag::h5,        Tag::h6,       Tag::header,   Tag::hgroup,     Tag::html,       Tag::li,
      Tag::dd,        Tag::dt,       Tag::listing,  Tag::main,       Tag::marquee,    Tag::menu,
      Tag::nav,       Tag::noscript, Tag::object,   Tag::ol,         Tag::pre,        Tag::search,
      Tag::section,   Tag::select,   Tag::summary,  Tag::table,      Tag::tbody,      Tag::td,
      Tag::template_, Tag::tfoot,    Tag::th,       Tag::thead,      Tag::tr,         Tag::ul};
  frameset_ok_ = false;
  const TagSet wanted = token.tag == Tag::li ? TagSet{Tag::li} : TagSet{Tag::dd, Tag::dt};
  for (std::size_t i = stack_.size(); i-- > 0;) {
    const OpenElement& element = stack_[i];
    if (element.space == Space::html && wanted.has(element.tag)) {
      const Tag found = element.tag;
      generate_implied_end_tags(found);
      pop_until(found);
      break;
    }
    if (element.space != Space::html) {
      if (ends_scope(element, Scope::normal)) break;
    } else if (kEnds.has(element.tag) && !kPassed.has(element.tag)) {
      break;
    }
  }
  close_p_in_button_scope();
  insert_element(token);
}

void OutlineBuilder::start_a(const Token& token) {
  const std::size_t open = find_formatting(Tag::a);
  if (open != formatting_.size()) {
    const std::uint32_t node = formatting_[open].node;
    close_formatting(token);
    const std::size_t entry = formatting_index(node);
    if (entry != formatting_.size()) {
      formatting_.erase(formatting_.begin() + static_cast<std::ptrdiff_t>(entry));
    }
    const std::size_t element = index_of(node);
    if (element != stack_.size()) erase_open(element);
  }
  reconstruct_formatting();
  add_formatting(insert_element(token), token);
}

bool OutlineBuilder::start_formatting(const Token& token) {
  if (token.tag == Tag::a) {
    start_a(token);
    return true;
  }
  if (kFormatting.has(token.tag)) {
    reconstruct_formatting();
    add_formatting(insert_element(token), token);
    return true;
  }
  if (token.tag != Tag::nobr) return false;
  reconstruct_formatting();
  if (in_scope(Tag::nobr, Scope::normal)) {
    close_formatting(token);
    reconstruct_formatting();
  }
  add_formatting(insert_element(token), token);
  return true;
}

bool OutlineBuilder::start_special(const Token& token) {
  if (kObjects.has(token.tag)) {
    reconstruct_formatting();
    insert_element(token);
    add_marker();
    frameset_ok_ = false;
    return true;
  }
  if (kVoids.has(token.tag)) {
    reconstruct_formatting();
    insert_void(token);
    frameset_ok_ = false;
    return true;
  }
  if (kQuietVoids.has(token.tag)) {
    insert_void(token);
    return true;
  }
  if (token.tag == Tag::image) {
    Token img = token;
    img.tag = Tag::img;
    return start_special(img);
  }
  return start_control(token) || start_raw_text(token);
}

bool OutlineBuilder::start_control(const Token& token) {
  switch (token.tag) {
    case Tag::button:
      if (in_scope(Tag::button, Scope::normal)) {
        generate_implied_end_tags();
        pop_until(Tag::button);
      }
      reconstruct_formatting();
      insert_element(token);
      frameset_ok_ = false;
      return true;
    case Tag::input:
      reconstruct_formatting();
      insert_void(token);
      if (!is_hidden_input(tokenizer_->attributes())) frameset_ok_ = false;
      return true;
    case Tag::select:
      reconstruct_formatting();
      insert_element(token);
      frameset_ok_ = false;
      mode_ = mode_ == Mode::in_table || mode_ == Mode::in_caption ||
                      mode_ == Mode::in_table_body || mode_ == Mode::in_row ||
                      mode_ == Mode::in_cell
                  ? Mode::in_select_in_table
                  : Mode::in_select;
      return true;
    default:
      return false;
  }
}

bool OutlineBuilder::start_raw_text(const Token& token) {
  switch (token.tag) {
    case Tag::textarea:
      read_raw_text(token, TextMode::rcdata);
      tokenizer_->skip_newline();
      frameset_ok_ = false;
      return true;
    case Tag::xmp:
      close_p_in_button_scope();
      reconstruct_formatting();
      frameset_ok_ = false;
      read_raw_text(token, TextMode::rawtext);
      return true;
    case Tag::iframe:
      frameset_ok_ = false;
      read_raw_text(token, TextMode::rawtext);
      return true;
    case Tag::noembed:
      read_raw_text(token, TextMode::rawtext);
      return true;
    default:
      return false;
  }
}

}  // namespace crawld::parsers
