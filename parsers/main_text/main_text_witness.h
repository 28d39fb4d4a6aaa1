// Text that a page itself calls its article, to recognise it in a block.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "parsers/main_text/main_text_shingles.h"

namespace crawld::parsers {

class WitnessText {
 public:
  explicit WitnessText(std::string_view text);
  std::size_t size() const { return size_; }  // words
  // Share of the block's words (in threes where there are) found; -1: nothing to say.
  double share(std::span<const std::uint32_t> words) const;
  // Words in common over words in the longer of the two.
  double likeness(std::span<const std::uint32_t> words) const;

 private:
  std::size_t size_ = 0;
  HashSet triples_;
  HashSet singles_;
};

}  // namespace crawld::parsers
