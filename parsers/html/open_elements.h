// Which elements of a page are open, by a small model of the tree builder (HTML 13.2.6).
//
// Two things hang on it before there is a tree: whether a page would blow one up, in depth or
// nodes, and whether SVG or MathML is open, where a <style> holds no raw text. The model is
// right of ordinary pages and near the truth on odd ones; who needs more asks the tree.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "parsers/html/html_tree.h"
#include "parsers/html/tokenizer_names.h"

namespace crawld::parsers {

// A tag, as far as the model looks at it.
struct TagSeen {
  Tag id = Tag::unknown;
  std::uint32_t hash = 0;   // of an unknown tag's name
  std::uint64_t whole = 0;  // of its attributes: equal formatting elements are kept thrice
  bool self_closing = false;
  bool styled = false;   // has color, face or size: such a <font> is no SVG
  bool unnamed = false;  // gumbo does not tell it from others whose names it does not know
  bool same_name(const TagSeen& other) const {
    return id == other.id && (id != Tag::unknown || hash == other.hash);
  }
};

// Formatting elements are reopened where they were left open (HTML 13.2.4.3).
inline constexpr TagSet kFormattingTags{Tag::a,      Tag::b,      Tag::big,  Tag::code, Tag::em,
                                        Tag::font,   Tag::i,      Tag::nobr, Tag::s,    Tag::small,
                                        Tag::strike, Tag::strong, Tag::tt,   Tag::u};

// The stack of open elements and the list of active formatting elements.
class OpenElements {
 public:
  explicit OpenElements(const TreeLimits& limits) : limits_(limits) {}

  void start(const TagSeen& tag);
  void end(const TagSeen& tag);
  void text() {
    count_node();
    if (waiting_ > 0) reopen();
  }
  void count_node() { ++nodes_; }
  // Whether what comes next is SVG's or MathML's.
  bool foreign() const { return !stack_.empty() && in_foreign(stack_.back()); }
  bool current_is(Tag tag) const { return !stack_.empty() && stack_.back().tag.id == tag; }
  // How many end tags gumbo needs for one of an element whose name it does not know, where it
  // would close another such element (13.2.6.4.7, "any other end tag"); 0: it means nothing.
  std::size_t unnamed_to_close(const TagSeen& tag) const;

  bool within_limits() const {
    return stack_.size() + waiting_ <= limits_.max_depth && nodes_ <= limits_.max_nodes;
  }
  // Most elements that were open at once.
  std::uint32_t depth() const { return depth_; }
  // Elements, texts and comments, a little over the truth.
  std::uint64_t nodes() const { return nodes_; }

 private:
  struct Open {
    TagSeen tag;
    bool foreign = false;
    std::uint32_t formatting = 0;  // number of its entry in active_, or 0
  };
  struct Active {
    std::uint32_t number = 0;  // 0: a marker
    TagSeen tag;
    bool open = false;
  };

  static bool in_foreign(const Open& top) {
    // Integration points hold HTML again (HTML 13.2.6, 12.1.2).
    constexpr TagSet kIntegration{
        Tag::foreignobject, Tag::desc,          Tag::title, Tag::mi, Tag::mo, Tag::mn, Tag::ms,
        Tag::mtext,         Tag::annotation_xml};
    return top.foreign && !kIntegration.has(top.tag.id);
  }

  void push(const TagSeen& tag, bool foreign);
  void push_formatting(const TagSeen& tag);
  void pop();
  void pop_through(std::size_t index) {
    while (stack_.size() > index) pop();
  }
  // Where the innermost `id` stands, or nothing if a scope ends before it.
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t in_scope(const TagSeen& tag, std::initializer_list<Tag> also_ends = {}) const;
  void close_in_scope(const TagSeen& tag, std::initializer_list<Tag> also_ends = {});
  void close_p() { close_in_scope({.id = Tag::p}, {Tag::button}); }
  void close_item(std::initializer_list<Tag> items);
  bool prepare_table_part(Tag id);
  void start_table();
  void end_formatting(const TagSeen& tag);
  void end_other(const TagSeen& tag);
  void reopen();
  void clear_to_marker();
  std::uint32_t& count(Tag id) { return counts_[static_cast<std::size_t>(id)]; }

  const TreeLimits limits_;
  std::uint32_t depth_ = 0;
  std::uint64_t nodes_ = 0;
  std::vector<Open> stack_;
  std::vector<Active> active_;
  std::size_t waiting_ = 0;  // entries of active_ that are not open
  std::uint32_t next_number_ = 1;
  std::array<std::uint32_t, static_cast<std::size_t>(Tag::count)> counts_{};
};

}  // namespace crawld::parsers
