#include "parsers/html/page_scan_builder.h"

#include <algorithm>

#include "parsers/html/entities.h"

namespace crawld::parsers {
namespace {

constexpr TagSet kScopeEnds{Tag::applet, Tag::caption, Tag::html,   Tag::table,    Tag::td,
                            Tag::th,     Tag::marquee, Tag::object, Tag::template_};
constexpr TagSet kTableScopeEnds{Tag::html, Tag::table, Tag::template_};
constexpr TagSet kMathTexts{Tag::mi, Tag::mo, Tag::mn, Tag::ms, Tag::mtext};
constexpr TagSet kSvgIntegration{Tag::foreignobject, Tag::desc, Tag::title};
constexpr TagSet kImpliedEnd{Tag::dd, Tag::dt, Tag::li, Tag::optgroup, Tag::option,
                             Tag::p,  Tag::rb, Tag::rp, Tag::rt,       Tag::rtc};
constexpr TagSet kFosterParents{Tag::table, Tag::tbody, Tag::tfoot, Tag::thead, Tag::tr};
// Elements that hold only text: these may be opened at any depth.
constexpr TagSet kTextElements{Tag::title,  Tag::textarea, Tag::style,    Tag::xmp,
                               Tag::iframe, Tag::noembed,  Tag::noframes, Tag::script};

// The length of the reference to white space that `text` begins with, or 0.
std::size_t space_reference(std::string_view text) {
  std::string meaning;
  const std::size_t read = append_reference(text, ReferenceIn::text, meaning);
  return read != 0 && meaning.size() == 1 && is_html_space(meaning[0]) ? read : 0;
}

}  // namespace

std::size_t leading_space(std::string_view raw, TextMode mode) {
  const bool references = mode == TextMode::data || mode == TextMode::rcdata;
  std::size_t at = 0;
  while (at < raw.size()) {
    const char c = raw.data()[at];
    if (is_html_space(c) || c == '\0') {
      ++at;
      continue;
    }
    const std::size_t read = c == '&' && references ? space_reference(raw.substr(at)) : 0;
    if (read == 0) break;
    at += read;
  }
  return at;
}

void OutlineBuilder::build(std::string_view input, Outline& outline) {
  Tokenizer tokenizer(input);
  tokenizer_ = &tokenizer;
  outline_ = &outline;
  outline.reset(input);
  stack_.clear();
  formatting_.clear();
  template_modes_.clear();
  open_count_.fill(0);
  mode_ = Mode::initial;
  head_ = form_ = open_noscripts_ = 0;
  frameset_ok_ = true;
  foster_ = quirks_ = truncated_ = has_base_ = false;
  for (;;) {
    const Token token = tokenizer.next();
    if (token.kind == TokenKind::comment) continue;
    process(token);
    if (token.kind == TokenKind::end) break;
    if (outline.size() > kMaxNodes) {
      truncated_ = true;
      break;
    }
  }
  tokenizer_ = nullptr;
  outline_ = nullptr;
}

void OutlineBuilder::process(const Token& token) {
  if (token.tag == Tag::noscript) {
    if (token.kind == TokenKind::start_tag)
      ++open_noscripts_;
    else if (open_noscripts_ > 0)
      --open_noscripts_;
  }
  // At the depth limit an element stands where its tag did, but holds nothing.
  if (token.kind == TokenKind::start_tag && stack_.size() >= kMaxDepth &&
      !kTextElements.has(token.tag)) {
    place_element(token.tag, current().space, true);
    return;
  }
  while (dispatch(token) == Outcome::again) {
  }
  steer_tokenizer();
}

void OutlineBuilder::steer_tokenizer() { tokenizer_->allow_cdata(in_foreign_content()); }

// HTML 13.2.6, the tree construction dispatcher. Needs: in_foreign_content().
bool OutlineBuilder::is_foreign_business(const Token& token) const {
  if (token.kind == TokenKind::end) return false;
  const bool start = token.kind == TokenKind::start_tag;
  const bool text = token.kind == TokenKind::text;
  const OpenElement& element = current();
  if (element.space == Space::math && kMathTexts.has(element.tag)) {
    if (text || (start && token.tag != Tag::mglyph && token.tag != Tag::malignmark)) return false;
  }
  if (element.space == Space::math && element.tag == Tag::annotation_xml && start &&
      token.tag == Tag::svg) {
    return false;
  }
  return !(element.html_integration && (start || text));
}

OutlineBuilder::Outcome OutlineBuilder::dispatch(const Token& token) {
  if (in_foreign_content() && is_foreign_business(token)) return in_foreign(token);
  return mode_ == Mode::in_body ? in_body(token) : by_mode(token);
}

OutlineBuilder::Outcome OutlineBuilder::by_mode(const Token& token) {
  switch (mode_) {
    case Mode::initial:
      return initial(token);
    case Mode::before_html:
      return before_html(token);
    case Mode::before_head:
      return before_head(token);
    case Mode::in_head:
      return in_head(token);
    case Mode::in_head_noscript:
      return in_head_noscript(token);
    case Mode::after_head:
      return after_head(token);
    case Mode::in_body:
      return in_body(token);
    case Mode::text:
      return text(token);
    case Mode::in_table:
      return in_table(token);
    case Mode::in_caption:
      return in_caption(token);
    case Mode::in_column_group:
      return in_column_group(token);
    case Mode::in_table_body:
      return in_table_body(token);
    case Mode::in_row:
      return in_row(token);
    case Mode::in_cell:
      return in_cell(token);
    case Mode::in_select:
      return in_select(token);
    case Mode::in_select_in_table:
      return in_select_in_table(token);
    case Mode::in_template:
      return in_template(token);
    case Mode::after_body:
      return after_body(token);
    case Mode::in_frameset:
      return in_frameset(token);
    case Mode::after_frameset:
      return after_frameset(token);
    case Mode::after_after_body:
      return after_after_body(token);
    case Mode::after_after_frameset:
      return after_after_frameset(token);
  }
  return Outcome::done;
}

void OutlineBuilder::forget_open(const OpenElement& element) {
  outline_->at(element.node).is_open = false;
  if (element.space == Space::html) --open_count_[static_cast<std::size_t>(element.tag)];
}

void OutlineBuilder::pop() {
  if (stack_.empty()) return;
  forget_open(stack_.back());
  stack_.pop_back();
}

// HTML 13.2.4.2, "has an element in the specific scope".
bool OutlineBuilder::ends_scope(const OpenElement& element, Scope scope) {
  if (element.space == Space::math) {
    return scope != Scope::table && (scope == Scope::select || kMathTexts.has(element.tag) ||
                                     element.tag == Tag::annotation_xml);
  }
  if (element.space == Space::svg) {
    return scope != Scope::table && (scope == Scope::select || kSvgIntegration.has(element.tag));
  }
  switch (scope) {
    case Scope::normal:
      return kScopeEnds.has(element.tag);
    case Scope::list_item:
      return kScopeEnds.has(element.tag) || element.tag == Tag::ol || element.tag == Tag::ul;
    case Scope::button:
      return kScopeEnds.has(element.tag) || element.tag == Tag::button;
    case Scope::table:
      return kTableScopeEnds.has(element.tag);
    case Scope::select:
      return element.tag != Tag::optgroup && element.tag != Tag::option;
  }
  return true;
}

bool OutlineBuilder::in_scope(Tag tag, Scope scope) const {
  return is_open(tag) && in_scope(TagSet{tag}, scope);
}

bool OutlineBuilder::in_scope(const TagSet& tags, Scope scope) const {
  for (std::size_t i = stack_.size(); i-- > 0;) {
    const OpenElement& element = stack_[i];
    if (element.space == Space::html && tags.has(element.tag)) return true;
    if (ends_scope(element, scope)) return false;
  }
  return false;
}

bool OutlineBuilder::node_in_scope(std::uint32_t node) const {
  for (std::size_t i = stack_.size(); i-- > 0;) {
    if (stack_[i].node == node) return true;
    if (ends_scope(stack_[i], Scope::normal)) return false;
  }
  return false;
}

// HTML 13.2.6.1, "appropriate place for inserting a node".
OutlineBuilder::Place OutlineBuilder::appropriate_place(std::size_t target) const {
  if (stack_.empty()) return {0, 0};
  const OpenElement& element = stack_[target];
  if (!foster_ || element.space != Space::html || !kFosterParents.has(element.tag)) {
    return {element.node, 0};
  }
  for (std::size_t i = stack_.size(); i-- > 0;) {
    if (stack_[i].space != Space::html) continue;
    if (stack_[i].tag == Tag::template_) return {stack_[i].node, 0};
    if (stack_[i].tag != Tag::table) continue;
    const std::uint32_t table = stack_[i].node;
    const std::uint32_t parent = outline_->at(table).parent;
    if (parent != 0) return {parent, table};
    return {i > 0 ? stack_[i - 1].node : 0, 0};
  }
  return {stack_[0].node, 0};
}

void OutlineBuilder::push(std::uint32_t node, Tag tag, std::uint32_t hash, Space space) {
  outline_->at(node).is_open = true;
  OpenElement& element = stack_.emplace_back();
  element.node = node;
  element.hash = hash;
  element.tag = tag;
  element.space = space;
  element.html_integration = space == Space::svg && kSvgIntegration.has(tag);
  if (space == Space::html) ++open_count_[static_cast<std::size_t>(tag)];
}

std::uint32_t OutlineBuilder::place_element(Tag tag, Space space, bool with_attributes) {
  const Place place = appropriate_place();
  const std::uint32_t node = outline_->add_element(
      tag, space,
      with_attributes ? std::span(tokenizer_->attributes()) : std::span<const Attribute>());
  outline_->at(node).in_noscript = open_noscripts_ > 0;
  outline_->insert(place.parent, place.before, node);
  return node;
}

std::uint32_t OutlineBuilder::insert_element(const Token& token, Space space) {
  const std::uint32_t node = place_element(token.tag, space, true);
  push(node, token.tag, token.hash, space);
  return node;
}

std::uint32_t OutlineBuilder::insert_known(Tag tag) {
  const std::uint32_t node = place_element(tag, Space::html, false);
  push(node, tag, name_hash(tag), Space::html);
  return node;
}

void OutlineBuilder::insert_void(const Token& token) {
  place_element(token.tag, Space::html, true);
}

void OutlineBuilder::insert_text(std::string_view raw, TextMode mode) {
  if (raw.empty() || stack_.empty()) return;
  const Place place = appropriate_place();
  outline_->insert(place.parent, place.before, outline_->add_text(raw, mode));
}

void OutlineBuilder::erase_open(std::size_t index) {
  forget_open(stack_[index]);
  stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(index));
}

void OutlineBuilder::pop_until(Tag tag) { pop_until_one_of(TagSet{tag}); }

void OutlineBuilder::pop_until_one_of(const TagSet& tags) {
  while (!stack_.empty()) {
    const bool found = current_is_one_of(tags);
    pop();
    if (found) return;
  }
}

void OutlineBuilder::pop_to_size(std::size_t size) {
  while (stack_.size() > size) pop();
}

// Pops until one of `tags` (or the root) is current.
void OutlineBuilder::clear_to(const TagSet& tags) {
  while (stack_.size() > 1 && !current_is_one_of(tags)) pop();
}

std::size_t OutlineBuilder::index_of(std::uint32_t node) const {
  for (std::size_t i = stack_.size(); i-- > 0;) {
    if (stack_[i].node == node) return i;
  }
  return stack_.size();
}

void OutlineBuilder::generate_implied_end_tags(Tag except) {
  while (current_is_one_of(kImpliedEnd) && !current_is(except)) pop();
}

void OutlineBuilder::generate_all_implied_end_tags() {
  constexpr TagSet kAll = kImpliedEnd.with(TagSet{Tag::caption, Tag::colgroup, Tag::tbody, Tag::td,
                                                  Tag::tfoot, Tag::th, Tag::thead, Tag::tr});
  while (current_is_one_of(kAll)) pop();
}

void OutlineBuilder::close_p() {
  generate_implied_end_tags(Tag::p);
  pop_until(Tag::p);
}

void OutlineBuilder::read_raw_text(const Token& token, TextMode mode) {
  insert_element(token);
  tokenizer_->set_mode(mode);
  original_mode_ = mode_;
  mode_ = Mode::text;
}

// HTML 13.2.4.1, "reset the insertion mode appropriately".
void OutlineBuilder::reset_mode() {
  for (std::size_t i = stack_.size(); i-- > 0;) {
    if (stack_[i].space != Space::html) continue;
    const Tag tag = stack_[i].tag;
    if (tag == Tag::select) {
      mode_ = Mode::in_select;
      for (std::size_t above = i; above-- > 0 && stack_[above].tag != Tag::template_;) {
        if (stack_[above].tag == Tag::table) mode_ = Mode::in_select_in_table;
      }
      return;
    }
    if ((tag == Tag::td || tag == Tag::th) && i > 0)
      mode_ = Mode::in_cell;
    else if (tag == Tag::tr)
      mode_ = Mode::in_row;
    else if (tag == Tag::tbody || tag == Tag::thead || tag == Tag::tfoot)
      mode_ = Mode::in_table_body;
    else if (tag == Tag::caption)
      mode_ = Mode::in_caption;
    else if (tag == Tag::colgroup)
      mode_ = Mode::in_column_group;
    else if (tag == Tag::table)
      mode_ = Mode::in_table;
    else if (tag == Tag::template_ && !template_modes_.empty())
      mode_ = template_modes_.back();
    else if (tag == Tag::head && i > 0)
      mode_ = Mode::in_head;
    else if (tag == Tag::body)
      mode_ = Mode::in_body;
    else if (tag == Tag::frameset)
      mode_ = Mode::in_frameset;
    else if (tag == Tag::html)
      mode_ = head_ == 0 ? Mode::before_head : Mode::after_head;
    else
      continue;
    return;
  }
  mode_ = Mode::in_body;
}

}  // namespace crawld::parsers
