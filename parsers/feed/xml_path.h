// The open elements of a document whose tags need not match, in case neither.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "crawler/base/ascii.h"

namespace crawld::parsers {

// Remembers names up to a depth of 256; deeper elements are counted only, so that no
// end tag costs more than a fixed search. Views must outlive the path.
class XmlPath {
 public:
  // False when the element is too deep to be of interest.
  bool open(std::string_view name) {
    if (names_.size() == kMaxDepth) {
      ++deeper_;
      return false;
    }
    names_.push_back(name);
    return true;
  }

  // How many elements are open (of those remembered).
  std::size_t depth() const { return names_.size(); }

  // At which depth the innermost open element `name` stands; nothing when none is
  // open, or when the end tag belongs to one that was too deep.
  std::optional<std::size_t> depth_of(std::string_view name) {
    if (deeper_ > 0) {
      --deeper_;
      return std::nullopt;
    }
    for (std::size_t depth = names_.size(); depth > 0; --depth) {
      if (base::equals_ignoring_case(names_[depth - 1], name)) return depth;
    }
    return std::nullopt;
  }

  void close_down_to(std::size_t depth) {
    if (depth < names_.size()) names_.resize(depth);
  }

 private:
  static constexpr std::size_t kMaxDepth = 256;
  std::vector<std::string_view> names_;
  std::size_t deeper_ = 0;
};

}  // namespace crawld::parsers
