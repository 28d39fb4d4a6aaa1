// The list of active formatting elements and the adoption agency (HTML 13.2.4.3, 13.2.6.4.7).
#include <algorithm>

#include "parsers/html/page_scan_builder.h"

namespace crawld::parsers {
namespace {

// Longer lists are never seen outside of attacks; the oldest entry goes.
constexpr std::size_t kMaxFormatting = 512;

constexpr TagSet kSpecial{
    Tag::address,    Tag::applet,   Tag::area,       Tag::article,  Tag::aside,   Tag::base,
    Tag::basefont,   Tag::bgsound,  Tag::blockquote, Tag::body,     Tag::br,      Tag::button,
    Tag::caption,    Tag::center,   Tag::col,        Tag::colgroup, Tag::dd,      Tag::details,
    Tag::dir,        Tag::div,      Tag::dl,         Tag::dt,       Tag::embed,   Tag::fieldset,
    Tag::figcaption, Tag::figure,   Tag::footer,     Tag::form,     Tag::frame,   Tag::frameset,
    Tag::h1,         Tag::h2,       Tag::h3,         Tag::h4,       Tag::h5,      Tag::h6,
    Tag::head,       Tag::header,   Tag::hgroup,     Tag::hr,       Tag::html,    Tag::iframe,
    Tag::img,        Tag::input,    Tag::keygen,     Tag::li,       Tag::link,    Tag::listing,
    Tag::main,       Tag::marquee,  Tag::menu,       Tag::meta,     Tag::nav,     Tag::noembed,
    Tag::noframes,   Tag::noscript, Tag::object,     Tag::ol,       Tag::p,       Tag::param,
    Tag::plaintext,  Tag::pre,      Tag::script,     Tag::search,   Tag::section, Tag::select,
    Tag::source,     Tag::style,    Tag::summary,    Tag::table,    Tag::tbody,   Tag::td,
    Tag::template_,  Tag::textarea, Tag::tfoot,      Tag::th,       Tag::thead,   Tag::title,
    Tag::tr,         Tag::track,    Tag::ul,         Tag::wbr,      Tag::xmp};
constexpr TagSet kSpecialMath{Tag::mi, Tag::mo, Tag::mn, Tag::ms, Tag::mtext, Tag::annotation_xml};
constexpr TagSet kSpecialSvg{Tag::foreignobject, Tag::desc, Tag::title};

bool is_special(Tag tag, Space space) {
  switch (space) {
    case Space::html:
      return kSpecial.has(tag);
    case Space::svg:
      return kSpecialSvg.has(tag);
    case Space::math:
      return kSpecialMath.has(tag);
  }
  return false;
}

}  // namespace

void OutlineBuilder::add_formatting(std::uint32_t node, const Token& token) {
  // The Noah's Ark clause: of three alike since the last marker the earliest goes. Tags
  // that differ only in how their attributes are written count as different; that
  // costs a clone of a formatting element at most.
  int alike = 0;
  std::size_t earliest = 0;
  for (std::size_t i = formatting_.size(); i-- > 0 && formatting_[i].node != 0;) {
    if (formatting_[i].tag != token.tag || formatting_[i].raw != token.raw) continue;
    ++alike;
    earliest = i;
  }
  if (alike >= 3) formatting_.erase(formatting_.begin() + static_cast<std::ptrdiff_t>(earliest));
  if (formatting_.size() >= kMaxFormatting) formatting_.erase(formatting_.begin());
  Formatting& entry = formatting_.emplace_back();
  entry.node = node;
  entry.hash = token.hash;
  entry.raw = token.raw;
  entry.tag = token.tag;
}

void OutlineBuilder::clear_to_marker() {
  while (!formatting_.empty()) {
    const bool marker = formatting_.back().node == 0;
    formatting_.pop_back();
    if (marker) return;
  }
}

// What reconstructing the active formatting elements comes to when the last does not stand.
void OutlineBuilder::reopen_formatting() {
  std::size_t first = formatting_.size();
  while (first > 0 && !stands(formatting_[first - 1])) --first;
  for (std::size_t i = first; i < formatting_.size() && stack_.size() < kMaxDepth; ++i) {
    const Place place = appropriate_place();
    const std::uint32_t clone = outline_->add_clone(formatting_[i].node);
    outline_->insert(place.parent, place.before, clone);
    push(clone, formatting_[i].tag, formatting_[i].hash, Space::html);
    formatting_[i].node = clone;
  }
}

std::size_t OutlineBuilder::find_formatting(Tag tag) const {
  for (std::size_t i = formatting_.size(); i-- > 0 && formatting_[i].node != 0;) {
    if (formatting_[i].tag == tag) return i;
  }
  return formatting_.size();
}

std::size_t OutlineBuilder::formatting_index(std::uint32_t node) const {
  for (std::size_t i = formatting_.size(); i-- > 0;) {
    if (formatting_[i].node == node) return i;
  }
  return formatting_.size();
}

void OutlineBuilder::close_formatting(const Token& token) {
  // The common case: the element opened last is closed first, so there is nothing to adopt.
  if (current_is(token.tag) && !formatting_.empty() && formatting_.back().node == current().node) {
    formatting_.pop_back();
    pop();
    return;
  }
  run_adoption_agency(token);
}

// The adoption agency algorithm for the end tag (or, for <a> and <nobr>, start tag) `token`.
void OutlineBuilder::run_adoption_agency(const Token& token) {
  if (current_is(token.tag) && formatting_index(current().node) == formatting_.size()) {
    pop();
    return;
  }
  constexpr int kRounds = 8;
  for (int round = 0; round < kRounds; ++round) {
    if (!adopt_once(token)) return;
  }
}

// One turn of the outer loop; false when there is no more to do.
bool OutlineBuilder::adopt_once(const Token& token) {
  const std::size_t formatting = find_formatting(token.tag);
  if (formatting == formatting_.size()) {
    any_other_end_tag(token);
    return false;
  }
  const std::uint32_t node = formatting_[formatting].node;
  const auto entry = formatting_.begin() + static_cast<std::ptrdiff_t>(formatting);
  if (!outline_->at(node).is_open) {
    formatting_.erase(entry);
    return false;
  }
  if (!node_in_scope(node)) return false;
  const std::size_t element = index_of(node);
  std::size_t block = element + 1;
  while (block < stack_.size() && !is_special(stack_[block].tag, stack_[block].space)) ++block;
  if (block == stack_.size()) {
    pop_to_size(element);
    formatting_.erase(entry);
    return false;
  }
  adopt(formatting, element, block);
  return true;
}

// Moves the furthest block out of the formatting element, with clones of what stands
// between. `formatting` is the entry in the list, the others are places on the stack.
void OutlineBuilder::adopt(std::size_t formatting, std::size_t element, std::size_t block) {
  const std::uint32_t block_node = stack_[block].node;
  std::size_t bookmark = formatting;
  std::uint32_t last = block_node;
  std::size_t inner = 0;
  for (std::size_t i = block; --i > element;) {
    ++inner;
    std::size_t entry = formatting_index(stack_[i].node);
    if (inner > 3 && entry != formatting_.size()) {
      formatting_.erase(formatting_.begin() + static_cast<std::ptrdiff_t>(entry));
      if (entry < bookmark) --bookmark;
      if (entry < formatting) --formatting;
      entry = formatting_.size();
    }
    if (entry == formatting_.size()) {
      erase_open(i);
      --block;
      continue;
    }
    const std::uint32_t clone = outline_->add_clone(stack_[i].node);
    outline_->at(stack_[i].node).is_open = false;
    outline_->at(clone).is_open = true;
    stack_[i].node = clone;
    formatting_[entry].node = clone;
    if (last == block_node) bookmark = entry + 1;
    outline_->remove(last);
    outline_->insert(clone, 0, last);
    last = clone;
  }
  outline_->remove(last);
  const Place place = appropriate_place(element - 1);
  outline_->insert(place.parent, place.before, last);

  const std::uint32_t clone = outline_->add_clone(stack_[element].node);
  outline_->move_children(block_node, clone);
  outline_->insert(block_node, 0, clone);

  Formatting moved = formatting_[formatting];
  moved.node = clone;
  formatting_.insert(formatting_.begin() + static_cast<std::ptrdiff_t>(bookmark), moved);
  formatting_.erase(formatting_.begin() + static_cast<std::ptrdiff_t>(bookmark <= formatting
                                                                          ? formatting + 1
                                                                          : formatting));
  OpenElement opened = stack_[element];
  erase_open(element);
  opened.node = clone;
  outline_->at(clone).is_open = true;
  ++open_count_[static_cast<std::size_t>(opened.tag)];
  // The block moved up by one when the formatting element left the stack.
  stack_.insert(stack_.begin() + static_cast<std::ptrdiff_t>(block), opened);
}

// HTML 13.2.6.4.7, "any other end tag".
void OutlineBuilder::any_other_end_tag(const Token& token) {
  for (std::size_t i = stack_.size(); i-- > 0;) {
    const OpenElement& element = stack_[i];
    if (element.space == Space::html && element.tag == token.tag && element.hash == token.hash) {
      generate_implied_end_tags(token.tag);
      pop_to_size(std::min(i, stack_.size()));
      return;
    }
    if (is_special(element.tag, element.space)) return;
  }
}

}  // namespace crawld::parsers
