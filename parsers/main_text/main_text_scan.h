// Counts over the words of one block.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "parsers/main_text/main_text_outline.h"

namespace crawld::parsers {

struct BlockScan {
  std::uint32_t words = 0;
  std::uint32_t letters = 0;  // code points in words
  std::uint32_t digits = 0;
  std::uint32_t capitals = 0;  // words that start with A-Z
  std::uint32_t commas = 0;    // of any script
  std::uint32_t stops = 0;     // . ! ? and theirs, before white space or the end
  std::uint32_t quotes = 0;
  std::uint32_t separators = 0;  // | » › ·
  std::array<std::uint16_t, static_cast<std::size_t>(Cue::count)> cues{};
  Cue first_cue = Cue::none;
  bool copyright = false;
  bool ends_sentence = false;
  bool ends_colon = false;
  bool ends_ellipsis = false;
  bool starts_capital = false;
  std::uint32_t text_hash = 0;  // over all words in order
};

// Word hashes of the block are appended to `words`.
BlockScan scan_block(const PageOutline& page, const Block& block,
                     std::vector<std::uint32_t>& words);

// All blocks of a page. The words of block i are words[start[i]] to words[start[i + 1]].
struct PageWords {
  std::vector<BlockScan> scans;
  std::vector<std::uint32_t> words;
  std::vector<std::size_t> start;

  std::span<const std::uint32_t> of(std::size_t block) const {
    return {words.data() + start[block], start[block + 1] - start[block]};
  }
};
PageWords scan_page(const PageOutline& page);

// The word hashes of any text, as scan_block makes them.
void hash_words(std::string_view text, std::vector<std::uint32_t>& words);

}  // namespace crawld::parsers
