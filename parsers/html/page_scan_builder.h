// Tree construction (HTML 13.2.6) over tokens, into an Outline.
//
// All insertion modes, foreign content, the adoption agency and foster parenting, with
// scripting off, so that links and texts stand in the order in which a DOM has them. What
// a scan does not need is left out: comments, names of unknown elements, unknown attributes.
//
// Bounded: 512 open elements as in browsers (deeper ones become siblings), kMaxNodes nodes
// (the rest of the page is not read and truncated() says so). Linear, but for a search of
// the open elements a tag. Iterative.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "parsers/html/page_scan_tree.h"
#include "parsers/html/tokenizer.h"

namespace crawld::parsers {

class OutlineBuilder {
 public:
  static constexpr std::size_t kMaxDepth = 512;
  static constexpr std::size_t kMaxNodes = 2'000'000;

  // `input` (under 4 GB) must outlive what is read from the outline.
  void build(std::string_view input, Outline& outline);

  bool truncated() const { return truncated_; }
  // Whether a <base> with a href was seen anywhere.
  bool has_base() const { return has_base_; }

 private:
  enum class Mode : std::uint8_t {
    initial,
    before_html,
    before_head,
    in_head,
    in_head_noscript,
    after_head,
    in_body,
    text,
    in_table,
    in_caption,
    in_column_group,
    in_table_body,
    in_row,
    in_cell,
    in_select,
    in_select_in_table,
    in_template,
    after_body,
    in_frameset,
    after_frameset,
    after_after_body,
    after_after_frameset
  };
  // What a mode made of a token.
  enum class Outcome : std::uint8_t { done, again };  // again: in the mode now set
  enum class Scope : std::uint8_t { normal, list_item, button, table, select };

  struct OpenElement {
    std::uint32_t node;
    std::uint32_t hash;  // of the name
    Tag tag;
    Space space;
    bool html_integration;  // HTML 13.2.6, "HTML integration point"
  };
  struct Formatting {
    std::uint32_t node;    // 0: a marker
    std::uint32_t hash;    // of the name
    std::string_view raw;  // the whole tag, for the Noah's Ark clause
    Tag tag;
  };
  struct Place {
    std::uint32_t parent;
    std::uint32_t before;
  };

  // page_scan_builder.cc: the stack of open elements and where things go.
  void process(const Token& token);
  bool in_foreign_content() const { return !stack_.empty() && current().space != Space::html; }
  bool is_foreign_business(const Token& token) const;
  Outcome dispatch(const Token& token);
  Outcome by_mode(const Token& token);
  const OpenElement& current() const { return stack_.back(); }
  bool current_is(Tag tag) const {
    return !stack_.empty() && stack_.back().tag == tag && stack_.back().space == Space::html;
  }
  bool current_is_one_of(const TagSet& tags) const {
    return !stack_.empty() && stack_.back().space == Space::html && tags.has(stack_.back().tag);
  }
  bool is_open(Tag tag) const { return open_count_[static_cast<std::size_t>(tag)] != 0; }
  bool in_scope(Tag tag, Scope scope) const;
  bool in_scope(const TagSet& tags, Scope scope) const;
  bool node_in_scope(std::uint32_t node) const;
  static bool ends_scope(const OpenElement& element, Scope scope);
  Place appropriate_place(std::size_t target) const;
  Place appropriate_place() const {
    if (foster_ || stack_.empty()) return appropriate_place(stack_.size() - 1);
    return {current().node, 0};
  }
  std::uint32_t insert_element(const Token& token, Space space = Space::html);
  std::uint32_t insert_known(Tag tag);
  std::uint32_t place_element(Tag tag, Space space, bool with_attributes);
  void insert_void(const Token& token);
  void insert_text(std::string_view raw, TextMode mode);
  void insert_text(const Token& token) { insert_text(token.raw, token.mode); }
  void push(std::uint32_t node, Tag tag, std::uint32_t hash, Space space);
  void pop();
  void forget_open(const OpenElement& element);
  void erase_open(std::size_t index);
  void pop_until(Tag tag);
  void pop_until_one_of(const TagSet& tags);
  void pop_to_size(std::size_t size);
  void clear_to(const TagSet& tags);
  std::size_t index_of(std::uint32_t node) const;  // in stack_; its size when not there
  void generate_implied_end_tags(Tag except = Tag::unknown);
  void generate_all_implied_end_tags();
  void close_p();
  void close_p_in_button_scope() {
    if (in_scope(Tag::p, Scope::button)) close_p();
  }
  void read_raw_text(const Token& token, TextMode mode);
  void reset_mode();
  void steer_tokenizer();

  // page_scan_formatting.cc
  void add_formatting(std::uint32_t node, const Token& token);
  bool stands(const Formatting& entry) const {
    return entry.node == 0 || outline_->at(entry.node).is_open;
  }
  void add_marker() { formatting_.push_back({0, 0, {}, Tag::unknown}); }
  void clear_to_marker();
  void reconstruct_formatting() {
    if (!formatting_.empty() && !stands(formatting_.back())) reopen_formatting();
  }
  void reopen_formatting();
  std::size_t find_formatting(Tag tag) const;  // after the last marker; size when not there
  std::size_t formatting_index(std::uint32_t node) const;
  void close_formatting(const Token& token);
  void run_adoption_agency(const Token& token);
  bool adopt_once(const Token& token);
  void adopt(std::size_t formatting, std::size_t element, std::size_t block);

  // page_scan_head.cc: modes before the body and after it.
  Outcome initial(const Token& token);
  Outcome before_html(const Token& token);
  Outcome before_head(const Token& token);
  Outcome in_head(const Token& token);
  Outcome in_head_start(const Token& token);
  Outcome in_head_noscript(const Token& token);
  Outcome after_head(const Token& token);
  Outcome text(const Token& token);
  Outcome in_template(const Token& token);
  Outcome after_body(const Token& token);
  Outcome in_frameset(const Token& token);
  Outcome after_frameset(const Token& token);
  Outcome after_after_body(const Token& token);
  Outcome after_after_frameset(const Token& token);
  void open_template(const Token& token);
  void close_template();

  // page_scan_body.cc
  Outcome in_body(const Token& token);
  Outcome in_body_text(const Token& token);
  Outcome in_body_start(const Token& token);
  void start_structure(const Token& token);
  void start_block(const Token& token);
  void start_formatting(const Token& token);
  void start_special(const Token& token);
  void start_control(const Token& token);
  void start_raw_text(const Token& token);
  void start_frameset(const Token& token);
  void start_list_item(const Token& token);
  void start_a(const Token& token);
  void start_ruby(const Token& token);

  // page_scan_body_end.cc
  Outcome in_body_end(const Token& token);
  bool end_block(const Token& token);
  void end_form();
  void any_other_end_tag(const Token& token);

  // page_scan_tables.cc
  Outcome in_table(const Token& token);
  Outcome in_table_start(const Token& token);
  Outcome in_table_input(const Token& token);
  void leave_select();
  Outcome in_caption(const Token& token);
  Outcome in_column_group(const Token& token);
  Outcome in_table_body(const Token& token);
  Outcome in_row(const Token& token);
  Outcome in_cell(const Token& token);
  Outcome in_select(const Token& token);
  Outcome in_select_start(const Token& token);
  Outcome in_select_end(const Token& token);
  Outcome in_select_in_table(const Token& token);
  Outcome by_foster_parenting(const Token& token);
  void close_cell();
  bool end_row();

  // page_scan_foreign.cc
  Outcome in_foreign(const Token& token);
  Outcome foreign_start(const Token& token);
  Outcome foreign_end(const Token& token);
  void leave_foreign();
  void start_foreign_root(const Token& token, Space space);

  Tokenizer* tokenizer_ = nullptr;  // of the build under way
  Outline* outline_ = nullptr;
  std::vector<OpenElement> stack_;
  std::vector<Formatting> formatting_;
  std::vector<Mode> template_modes_;
  std::array<std::uint16_t, static_cast<std::size_t>(Tag::count)> open_count_{};
  Mode mode_ = Mode::initial;
  Mode original_mode_ = Mode::in_body;
  std::uint32_t head_ = 0;
  std::uint32_t form_ = 0;
  std::uint32_t open_noscripts_ = 0;  // <noscript> tags whose end tag has not come yet
  bool frameset_ok_ = true;
  bool foster_ = false;
  bool quirks_ = false;
  bool truncated_ = false;
  bool has_base_ = false;
};

// How many bytes at the start of a text mean white space; NUL counts, as it means nothing.
std::size_t leading_space(std::string_view raw, TextMode mode);
inline bool means_space(std::string_view raw, TextMode mode) {
  return leading_space(raw, mode) == raw.size();
}
// White space alone, without NUL: outside of body, tables and framesets NUL is any other text.
inline bool is_space(const Token& token) {
  return token.kind == TokenKind::text && means_space(token.raw, token.mode) &&
         token.raw.find('\0') == std::string_view::npos;
}

}  // namespace crawld::parsers
