// A page as a tree: gumbo's, in an arena of its own, with what its users need filled in.
//
// gumbo takes quadratic time in open elements and in attributes a tag, and much for
// each character. So a linear pass looks at the text first: a page over the limits gets
// no tree (its links still come from the scan for links), and of others gumbo reads the
// skeleton (html_skeleton.h). Nothing here recurses, however deep the page.
//
// What gumbo leaves unclear is settled once, after parsing:
//   * every element has a name: tag_name(), in lower case for HTML, adjusted for
//     SVG ("foreignObject"), for tags that gumbo does not know as well;
//   * every element has a number: element_index(), its place in elements(), which
//     is document order. Tables keyed by element need no hash.
// To that end HtmlTree reuses GumboElement::original_end_tag (the name) and
// start_pos (number and depth): read those through the functions below only.
// original_tag still points into the text that was parsed.
//
// Threads: a tree is read by any number of threads.
#pragma once

#include <gumbo.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crawld::parsers {

class Arena;
class HtmlSkeleton;

struct TreeLimits {
  std::uint32_t max_depth = 512;         // open elements; browsers cut there as well
  std::uint32_t max_attributes = 1'000;  // a tag
  std::uint32_t max_nodes = 1'000'000;
  std::size_t max_bytes = 192u << 20;  // of the tree in memory
};

class HtmlTree {
 public:
  // Nothing when the page is over a limit. `utf8` must outlive the tree.
  static std::optional<HtmlTree> parse(std::string_view utf8, TreeLimits limits = {});
  // The same tree, for which gumbo reads every character: what parse() is measured by.
  static std::optional<HtmlTree> parse_whole(std::string_view utf8, TreeLimits limits = {});

  HtmlTree(HtmlTree&&) noexcept;
  HtmlTree& operator=(HtmlTree&&) noexcept;
  ~HtmlTree();

  const GumboNode* document() const { return document_; }  // GUMBO_NODE_DOCUMENT
  const GumboNode* root() const { return root_; }          // the html element
  bool quirks() const { return quirks_; }                  // full quirks mode
  std::size_t bytes() const;                               // of memory

  // Every element in document order. Elements inside <template> are not of the
  // document (HTML 4.12.3) and follow after all others: see in_document().
  std::span<const GumboNode* const> elements() const { return elements_; }
  // How many of elements() are of the document.
  std::size_t in_document() const { return in_document_; }

 private:
  explicit HtmlTree(const TreeLimits& limits);
  // What gumbo makes of `html`, a page or the skeleton of one. False: no tree.
  bool build(std::string_view html, HtmlSkeleton* skeleton);
  bool number_elements(HtmlSkeleton* skeleton);

  std::unique_ptr<Arena> arena_;
  const GumboNode* document_ = nullptr;
  const GumboNode* root_ = nullptr;
  bool quirks_ = false;
  std::vector<const GumboNode*> elements_;
  std::size_t in_document_ = 0;
};

inline bool is_element(const GumboNode* node) {
  return node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
}
// Text that is part of the document's text: CDATA and white space too, comments not.
inline bool is_text(const GumboNode* node) {
  return node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
         node->type == GUMBO_NODE_CDATA;
}
inline bool is_html(const GumboNode* element, GumboTag tag) {
  return is_element(element) && element->v.element.tag == tag &&
         element->v.element.tag_namespace == GUMBO_NAMESPACE_HTML;
}

// Needs: is_element(). The local name; see the head of this file. NUL-terminated.
inline std::string_view tag_name(const GumboNode* element) {
  const GumboStringPiece& name = element->v.element.original_end_tag;
  return {name.data, name.length};
}
// Needs: is_element(). Its place in HtmlTree::elements().
inline std::uint32_t element_index(const GumboNode* element) {
  return element->v.element.start_pos.line;
}
// Needs: is_element(). 1 for the html element.
inline std::uint32_t element_depth(const GumboNode* element) {
  return element->v.element.start_pos.column;
}

// The children of a document or element; none for other nodes.
std::span<const GumboNode* const> children(const GumboNode* node);

// The node after `node` in document order within `top`'s subtree, or null at its
// end. Enters templates. A walk over a whole tree is linear and needs no stack:
//   for (auto* n = top; n != nullptr; n = next_node(n, top)) ...
const GumboNode* next_node(const GumboNode* node, const GumboNode* top);
// As next_node(), but passes over what is inside `node`.
const GumboNode* next_outside(const GumboNode* node, const GumboNode* top);

// The same walk with ways in and out: `enter(node)` on the way in, true to go inside,
// and `leave(node)` on the way out of every node entered, `top` included.
template <class Enter, class Leave>
void walk_tree(const GumboNode* top, Enter enter, Leave leave) {
  for (const GumboNode* at = top;;) {
    auto inside = children(at);
    if (enter(at) && !inside.empty()) {
      at = inside.front();
      continue;
    }
    const GumboNode* after = next_outside(at, top);
    const GumboNode* up_to = after != nullptr ? after->parent : top;
    for (; at != up_to; at = at->parent) leave(at);
    if (after == nullptr) return leave(top);
    at = after;
  }
}

const GumboNode* parent_element(const GumboNode* node);  // null for the html element
const GumboNode* next_element(const GumboNode* node);    // sibling

// The value of an attribute without namespace (so not xlink:href), or nothing.
// `name` as in the tree: lower case for HTML elements, adjusted for SVG ("viewBox").
std::optional<std::string_view> attribute(const GumboNode* element, std::string_view name);
// The same for xlink:href and xml:lang.
std::optional<std::string_view> attribute(const GumboNode* element,
                                          GumboAttributeNamespaceEnum name_space,
                                          std::string_view name);

// All text inside `node`, as it stands (DOM textContent): no comments, no
// templates' contents, no folding of white space.
std::string text_content(const GumboNode* node);

}  // namespace crawld::parsers
