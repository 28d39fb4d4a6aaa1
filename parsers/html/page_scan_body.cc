// The insertion mode "in body" (HTML 13.2.6.4.7), by kinds of elements.
#include <array>

#include "parsers/html/page_scan_builder.h"

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
constexpr TagSet kOtherBlocks{Tag::li,   Tag::dd,        Tag::dt,    Tag::pre, Tag::listing,
                              Tag::form, Tag::plaintext, Tag::table, Tag::hr};
constexpr TagSet kControls{Tag::button, Tag::input, Tag::select};
constexpr TagSet kRawTexts{Tag::textarea, Tag::xmp, Tag::iframe, Tag::noembed};

// Which rules a start tag goes by: one look-up in place of a question for each set.
enum class Rules : std::uint8_t {
  any_other,
  head,
  ignored,
  structure,
  block,
  formatting,
  special,
  control,
  foreign_root,
  option,
  ruby
};
constexpr auto kRules = [] {
  std::array<Rules, static_cast<std::size_t>(Tag::count)> rules{};
  const auto go_by = [&](Rules wanted, const TagSet& tags) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (tags.has(static_cast<Tag>(i))) rules[i] = wanted;
    }
  };
  go_by(Rules::head, kHeadElements);
  go_by(Rules::ignored, kIgnored);
  go_by(Rules::structure, TagSet{Tag::html, Tag::body, Tag::frameset});
  go_by(Rules::block, kBlocks.with(kHeadings).with(kOtherBlocks));
  go_by(Rules::formatting, kFormatting.with(TagSet{Tag::a, Tag::nobr}));
  go_by(Rules::special, kObjects.with(kVoids).with(kQuietVoids).with(TagSet{Tag::image}));
  go_by(Rules::control, kControls.with(kRawTexts));
  go_by(Rules::foreign_root, TagSet{Tag::math, Tag::svg});
  go_by(Rules::option, TagSet{Tag::option, Tag::optgroup});
  go_by(Rules::ruby, TagSet{Tag::rb, Tag::rtc, Tag::rp, Tag::rt});
  return rules;
}();

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
  if (token.raw.find_first_not_of('\0') == std::string_view::npos) return Outcome::done;
  reconstruct_formatting();
  insert_text(token);
  if (frameset_ok_ && !means_space(token.raw, token.mode)) {
    frameset_ok_ = false;
  }
  return Outcome::done;
}

OutlineBuilder::Outcome OutlineBuilder::in_body_start(const Token& token) {
  switch (kRules[static_cast<std::size_t>(token.tag)]) {
    case Rules::head:
      return in_head_start(token);
    case Rules::ignored:
      break;
    case Rules::structure:
      start_structure(token);
      break;
    case Rules::block:
      start_block(token);
      break;
    case Rules::formatting:
      start_formatting(token);
      break;
    case Rules::special:
      start_special(token);
      break;
    case Rules::control:
      start_control(token);
      break;
    case Rules::foreign_root:
      reconstruct_formatting();
      start_foreign_root(token, token.tag == Tag::math ? Space::math : Space::svg);
      break;
    case Rules::option:
      if (current_is(Tag::option)) pop();
      reconstruct_formatting();
      insert_element(token);
      break;
    case Rules::ruby:
      start_ruby(token);
      break;
    case Rules::any_other:
      reconstruct_formatting();
      insert_element(token);
      break;
  }
  return Outcome::done;
}

void OutlineBuilder::start_ruby(const Token& token) {
  if (in_scope(Tag::ruby, Scope::normal)) {
    const bool text = token.tag == Tag::rp || token.tag == Tag::rt;
    generate_implied_end_tags(text ? Tag::rtc : Tag::unknown);
  }
  insert_element(token);
}

// html, body, frameset: what there is only one of.
void OutlineBuilder::start_structure(const Token& token) {
  if (token.tag == Tag::html) {
    if (!is_open(Tag::template_) && !stack_.empty()) {
      outline_->add_missing_attributes(stack_[0].node, tokenizer_->attributes());
    }
    return;
  }
  const bool body_is_second = stack_.size() > 1 && stack_[1].tag == Tag::body;
  if (token.tag == Tag::body) {
    if (!body_is_second || is_open(Tag::template_)) return;
    frameset_ok_ = false;
    outline_->add_missing_attributes(stack_[1].node, tokenizer_->attributes());
    return;
  }
  if (body_is_second && frameset_ok_) start_frameset(token);
}

void OutlineBuilder::start_frameset(const Token& token) {
  outline_->remove(stack_[1].node);
  pop_to_size(1);
  insert_element(token);
  mode_ = Mode::in_frameset;
}

void OutlineBuilder::start_block(const Token& token) {
  if (kBlocks.has(token.tag)) {
    close_p_in_button_scope();
    insert_element(token);
    return;
  }
  if (kHeadings.has(token.tag)) {
    close_p_in_button_scope();
    if (current_is_one_of(kHeadings)) pop();
    insert_element(token);
    return;
  }
  switch (token.tag) {
    case Tag::li:
    case Tag::dd:
    case Tag::dt:
      start_list_item(token);
      return;
    case Tag::pre:
    case Tag::listing:
      close_p_in_button_scope();
      insert_element(token);
      tokenizer_->skip_newline();
      frameset_ok_ = false;
      return;
    case Tag::form:
      if (form_ != 0 && !is_open(Tag::template_)) return;
      close_p_in_button_scope();
      insert_element(token);
      if (!is_open(Tag::template_)) form_ = current().node;
      return;
    case Tag::plaintext:
      close_p_in_button_scope();
      insert_element(token);
      tokenizer_->set_mode(TextMode::plaintext);
      return;
    case Tag::table:
      if (!quirks_) close_p_in_button_scope();
      insert_element(token);
      frameset_ok_ = false;
      mode_ = Mode::in_table;
      return;
    case Tag::hr:
      close_p_in_button_scope();
      insert_void(token);
      frameset_ok_ = false;
      return;
    default:
      return;
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

void OutlineBuilder::start_formatting(const Token& token) {
  if (token.tag == Tag::a) {
    start_a(token);
    return;
  }
  reconstruct_formatting();
  if (token.tag == Tag::nobr && in_scope(Tag::nobr, Scope::normal)) {
    close_formatting(token);
    reconstruct_formatting();
  }
  add_formatting(insert_element(token), token);
}

void OutlineBuilder::start_special(const Token& token) {
  if (kObjects.has(token.tag)) {
    reconstruct_formatting();
    insert_element(token);
    add_marker();
    frameset_ok_ = false;
    return;
  }
  if (kVoids.has(token.tag)) {
    reconstruct_formatting();
    insert_void(token);
    frameset_ok_ = false;
    return;
  }
  if (kQuietVoids.has(token.tag)) {
    insert_void(token);
    return;
  }
  Token img = token;  // what <image> means
  img.tag = Tag::img;
  start_special(img);
}

void OutlineBuilder::start_control(const Token& token) {
  switch (token.tag) {
    case Tag::button:
      if (in_scope(Tag::button, Scope::normal)) {
        generate_implied_end_tags();
        pop_until(Tag::button);
      }
      reconstruct_formatting();
      insert_element(token);
      frameset_ok_ = false;
      return;
    case Tag::input:
      reconstruct_formatting();
      insert_void(token);
      if (!is_hidden_input(tokenizer_->attributes())) frameset_ok_ = false;
      return;
    case Tag::select:
      reconstruct_formatting();
      insert_element(token);
      frameset_ok_ = false;
      mode_ = mode_ == Mode::in_table || mode_ == Mode::in_caption ||
                      mode_ == Mode::in_table_body || mode_ == Mode::in_row ||
                      mode_ == Mode::in_cell
                  ? Mode::in_select_in_table
                  : Mode::in_select;
      return;
    default:
      start_raw_text(token);
  }
}

void OutlineBuilder::start_raw_text(const Token& token) {
  switch (token.tag) {
    case Tag::textarea:
      read_raw_text(token, TextMode::rcdata);
      tokenizer_->skip_newline();
      frameset_ok_ = false;
      return;
    case Tag::xmp:
      close_p_in_button_scope();
      reconstruct_formatting();
      frameset_ok_ = false;
      read_raw_text(token, TextMode::rawtext);
      return;
    case Tag::iframe:
      frameset_ok_ = false;
      read_raw_text(token, TextMode::rawtext);
      return;
    case Tag::noembed:
      read_raw_text(token, TextMode::rawtext);
      return;
    default:
      return;
  }
}

}  // namespace crawld::parsers
