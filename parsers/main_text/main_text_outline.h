// A page laid flat: elements, blocks and pieces of text in document order.
//
// Built in one iterative walk over the tree. What main text and Markdown need to
// know of a node's surroundings (in a list? under which link?) is inherited on the
// way down, so nothing later climbs the tree. Points into the tree; must not outlive it.
#pragma once

#include <gumbo.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/main_text/main_text_words.h"

namespace crawld::parsers {

// What an element is within, itself included.
enum class Within : std::uint8_t {
  nav,
  aside,
  footer,
  header,
  form,
  figure,
  table,
  list,
  article,
  main,
  blockquote,
  section,
  article_body,  // itemprop=articleBody and its like
  hidden,        // hidden attribute, display:none
  pre,
  heading,
  figcaption,
  details,
  address,
  link_block,  // a block inside <a>
  count
};
using WithinSet = std::uint32_t;
constexpr WithinSet bit(Within within) { return 1U << static_cast<unsigned>(within); }

constexpr std::uint32_t kNoElement = 0xFFFFFFFF;

struct OutlineElement {
  const GumboNode* node = nullptr;
  std::uint32_t parent = kNoElement;
  std::uint32_t container = kNoElement;      // nearest ancestor with more text than this one
  std::uint32_t block_element = kNoElement;  // nearest block-level element, itself included
  std::uint32_t link = kNoElement;           // nearest <a href>
  std::uint32_t list = kNoElement;           // nearest <ul>, <ol>
  std::uint32_t item = kNoElement;           // nearest <li>
  std::uint32_t frame = kNoElement;          // nearest <li>, <blockquote>, itself included
  std::uint32_t cell = kNoElement;           // nearest <td>, <th>
  std::uint32_t table = kNoElement;          // nearest <table>
  std::uint32_t signature = 0;               // hash of tag and class, to find repeated siblings
  std::uint32_t alike = 0;                   // siblings with the same signature, itself included
  ClassHints own_hints = 0;
  WithinSet within = 0;
  GumboTag tag = GUMBO_TAG_UNKNOWN;
  std::uint16_t depth = 0;
  std::uint8_t quote_depth = 0;
  std::uint8_t list_depth = 0;
  bool strong = false;
  bool emphasis = false;
  bool code = false;
  // Of the whole subtree, in characters.
  std::uint32_t chars = 0;
  std::uint32_t link_chars = 0;
  std::uint32_t paragraph_chars = 0;  // in running text: <p> or long blocks with few links
  std::uint32_t blocks = 0;
};

enum class PieceKind : std::uint8_t { text, line_break, image };

struct Piece {
  PieceKind kind = PieceKind::text;
  std::uint32_t element = 0;        // that it stands in
  std::string_view text;            // as in the tree, white space unfolded
  const GumboNode* node = nullptr;  // of an image
};

// A run of text between two block boundaries.
struct Block {
  std::uint32_t element = 0;  // nearest block-level element
  std::uint32_t first_piece = 0;
  std::uint32_t pieces = 0;
  std::uint32_t chars = 0;  // code points, white space folded
  std::uint32_t link_chars = 0;
  std::uint16_t links = 0;
};

struct PageOutline {
  std::vector<OutlineElement> elements;
  std::vector<Piece> pieces;
  std::vector<Block> blocks;
  std::uint32_t body = kNoElement;  // the <body> element
};

// `document` is a document or element node.
PageOutline outline_page(const GumboNode* document);

// The text of a block: white space folded except in <pre>, line breaks as "\n".
std::string block_text(const PageOutline& page, const Block& block);
// As above, appended; returns the bytes added.
std::size_t append_block_text(const PageOutline& page, const Block& block, std::string& out);

// `text` with each run of white space as one space (at the ends too), and without soft
// hyphens and zero-width marks; appended.
void append_folded(std::string_view text, std::string& out);

bool is_heading(GumboTag tag);
}  // namespace crawld::parsers
