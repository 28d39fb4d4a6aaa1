// The outline of a page: elements and texts as places in the input, linked into a tree.
//
// What page_scan builds in place of a DOM. A node is 36 bytes, its text and attributes
// are views of the input, undecoded, and only attributes with a number (Attr) are kept.
// Node 0 is the document; as a link, 0 means "none".
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "parsers/tokenizer.h"

namespace crawld::parsers {

enum class Space : std::uint8_t { html, svg, math };

struct OutlineNode {
  std::uint32_t parent = 0;
  std::uint32_t previous = 0;
  std::uint32_t next = 0;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::uint32_t begin = 0;  // of a text: its offset; of an element: its first attribute
  std::uint32_t size = 0;   // bytes, or attributes
  Tag tag = Tag::unknown;
  Space space = Space::html;
  TextMode mode = TextMode::data;  // of a text
  bool is_text = false;
  bool is_open = false;      // on the stack of open elements
  bool in_noscript = false;  // its tag stood inside <noscript>
};

class Outline {
 public:
  void reset(std::string_view input);

  std::uint32_t add_text(std::string_view raw, TextMode mode);
  std::uint32_t add_element(Tag tag, Space space, const std::vector<Attribute>& attributes);
  // The same element once more, without its place and children.
  std::uint32_t add_clone(std::uint32_t node);
  // Adds those of `attributes` that `node` does not have (HTML 13.2.6.4.7, "html", "body").
  void add_missing_attributes(std::uint32_t node, const std::vector<Attribute>& attributes);

  // `child` must stand nowhere. `before` 0: as the last child.
  void insert(std::uint32_t parent, std::uint32_t before, std::uint32_t child);
  void remove(std::uint32_t child);
  void move_children(std::uint32_t from, std::uint32_t to);

  OutlineNode& at(std::uint32_t node) { return nodes_[node]; }
  const OutlineNode& at(std::uint32_t node) const { return nodes_[node]; }
  std::size_t size() const { return nodes_.size(); }
  std::string_view text(const OutlineNode& node) const {
    return input_.substr(node.begin, node.size);
  }
  std::span<const Attribute> attributes(const OutlineNode& node) const {
    return std::span(attributes_).subspan(node.begin, node.size);
  }

 private:
  std::string_view input_;
  std::vector<OutlineNode> nodes_;
  std::vector<Attribute> attributes_;
};

}  // namespace crawld::parsers
