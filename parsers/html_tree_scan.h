// A look at HTML before a tree is built: would it blow up?
//
// Follows the tags with a small model of the tree builder (HTML 13.2.6): which
// elements are open, which formatting elements wait to be opened again. It costs
// about a memchr of the page and stops at the first limit it meets.
#pragma once

#include <cstdint>
#include <string_view>

#include "parsers/html_tree.h"

namespace crawld::parsers {

struct TreeScan {
  bool within_limits = true;
  std::uint32_t depth = 0;            // most elements open at once, as far as read
  std::uint32_t most_attributes = 0;  // on one tag
  std::uint64_t nodes = 0;            // elements, texts and comments, a little over the truth
};

TreeScan scan_tree(std::string_view html, const TreeLimits& limits);

}  // namespace crawld::parsers
