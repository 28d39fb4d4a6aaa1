// The outline of a page: elements and texts as places in the input, linked into a tree.
//
// What page_scan builds in place of a DOM. A node is 16 bytes, its text and attributes are views
// of the input, undecoded, and only attributes with a number (Attr) are kept. Node 0 is the
// document; as a link, 0 means "none".
//
// Nearly every page comes in the order of its tree, each node behind the last one: then a
// node's parent says all. Only when a node goes elsewhere (out of a table, or as an end
// tag that stands crosswise asks for) all nodes get links to their neighbours, once.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "parsers/html/tokenizer.h"

namespace crawld::parsers {

enum class Space : std::uint8_t { html, svg, math };

struct OutlineNode {
  std::uint32_t parent = 0;
  std::uint32_t begin = 0;  // of a text: its offset; of an element: its first attribute
  std::uint32_t size = 0;   // bytes, or attributes
  Tag tag = Tag::unknown;
  Space space = Space::html;
  TextMode mode = TextMode::data;  // of a text
  bool is_text : 1 = false;
  bool is_open : 1 = false;      // on the stack of open elements
  bool in_noscript : 1 = false;  // its tag stood inside <noscript>
  bool is_placed : 1 = false;    // stands somewhere in the tree
};

class Outline {
 public:
  void reset(std::string_view input);

  // What is added stands nowhere until it is inserted.
  std::uint32_t add_text(std::string_view raw, TextMode mode);
  std::uint32_t add_element(Tag tag, Space space, std::span<const Attribute> attributes);
  // The same element once more, without its place and children.
  std::uint32_t add_clone(std::uint32_t node);
  // Adds those of `attributes` that `node` does not have (HTML 13.2.6.4.7, "html", "body").
  void add_missing_attributes(std::uint32_t node, const std::vector<Attribute>& attributes);

  // `child` must stand nowhere. `before` 0: as the last child.
  void insert(std::uint32_t parent, std::uint32_t before, std::uint32_t child);
  void remove(std::uint32_t child);
  void move_children(std::uint32_t from, std::uint32_t to);

  // Calls enter(node) for each node in document order, which says whether to go on to its
  // children, and leave(node) behind the last child of each element entered.
  template <class Enter, class Leave>
  void walk(const Enter& enter, const Leave& leave) const {
    if (links_.empty())
      walk_in_order(enter, leave);
    else
      walk_links(enter, leave);
  }

  // Gives the room of a large page back; that of others serves the next page.
  void forget_large();

  OutlineNode& at(std::uint32_t node) { return nodes_[node]; }
  const OutlineNode& at(std::uint32_t node) const { return nodes_[node]; }
  std::size_t size() const { return nodes_.size(); }
  std::string_view text(const OutlineNode& node) const {
    return {input_.data() + node.begin, node.size};
  }
  std::span<const Attribute> attributes(const OutlineNode& node) const {
    return {attributes_.data() + node.begin, node.size};
  }

 private:
  struct Links {
    std::uint32_t previous = 0;
    std::uint32_t next = 0;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };

  // To be filled where it stands: a node built elsewhere byte by byte is slow to copy whole.
  OutlineNode& add() {
    if (!links_.empty()) links_.emplace_back();
    return nodes_.emplace_back();
  }
  std::uint32_t newest() const { return static_cast<std::uint32_t>(nodes_.size() - 1); }
  // Whether a child of `parent` that is added now comes last in document order.
  bool is_last_branch(std::uint32_t parent) const;
  void link_all();
  void link(std::uint32_t parent, std::uint32_t before, std::uint32_t child);

  template <class Enter, class Leave>
  void walk_in_order(const Enter& enter, const Leave& leave) const;
  template <class Enter, class Leave>
  void walk_links(const Enter& enter, const Leave& leave) const;

  std::string_view input_;
  std::vector<OutlineNode> nodes_;
  std::vector<Links> links_;  // of each node; empty while the nodes are in document order
  std::vector<Attribute> attributes_;
};

inline std::uint32_t Outline::add_text(std::string_view raw, TextMode mode) {
  OutlineNode& node = add();
  node.begin = static_cast<std::uint32_t>(raw.data() - input_.data());
  node.size = static_cast<std::uint32_t>(raw.size());
  node.mode = mode;
  node.is_text = true;
  return newest();
}

inline std::uint32_t Outline::add_element(Tag tag, Space space,
                                          std::span<const Attribute> attributes) {
  OutlineNode& node = add();
  node.begin = static_cast<std::uint32_t>(attributes_.size());
  node.size = static_cast<std::uint32_t>(attributes.size());
  node.tag = tag;
  node.space = space;
  for (const Attribute& attribute : attributes) attributes_.push_back(attribute);
  return newest();
}

inline bool Outline::is_last_branch(std::uint32_t parent) const {
  // Up from the last node but the new one: parents come before their children.
  auto node = static_cast<std::uint32_t>(nodes_.size() - 2);
  while (node > parent) node = nodes_[node].parent;
  return node == parent;
}

inline void Outline::insert(std::uint32_t parent, std::uint32_t before, std::uint32_t child) {
  OutlineNode& node = nodes_[child];
  if (links_.empty() && before == 0 && child + 1 == nodes_.size() && is_last_branch(parent)) {
    node.parent = parent;
    node.is_placed = true;
    return;
  }
  link_all();
  link(parent, before, child);
}

template <class Enter, class Leave>
void Outline::walk_in_order(const Enter& enter, const Leave& leave) const {
  const auto size = static_cast<std::uint32_t>(nodes_.size());
  std::uint32_t open = 0;
  const auto leave_to = [&](std::uint32_t parent) {
    for (; open != parent; open = nodes_[open].parent) leave(nodes_[open]);
  };
  for (std::uint32_t at = 1; at < size;) {
    const std::uint32_t node = at++;
    const OutlineNode& here = nodes_[node];
    leave_to(here.parent);
    const bool goes_in = enter(here);
    if (!here.is_text) open = node;
    if (goes_in) continue;
    while (at < size && nodes_[at].parent >= node) ++at;
  }
  leave_to(0);
}

template <class Enter, class Leave>
void Outline::walk_links(const Enter& enter, const Leave& leave) const {
  for (std::uint32_t node = links_[0].first; node != 0;) {
    if (enter(nodes_[node]) && links_[node].first != 0) {
      node = links_[node].first;
      continue;
    }
    for (;;) {
      if (!nodes_[node].is_text) leave(nodes_[node]);
      if (links_[node].next != 0) break;
      node = nodes_[node].parent;
      if (node == 0) return;
    }
    node = links_[node].next;
  }
}

}  // namespace crawld::parsers
