// Text as a reader sees it: white space folded, a newline between blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "parsers/html/tokenizer.h"

namespace crawld::parsers {

// `text` with each run of ASCII white space made one space, none at the ends.
std::string fold_space(std::string_view text);

// Whether `text` is ASCII white space only.
inline bool is_blank(std::string_view text) {
  for (const char c : text) {
    if (!is_html_space(c)) return false;
  }
  return true;
}

// `text` cut to at most `bytes`, never within a character. Needs: UTF-8.
std::string_view cut_utf8(std::string_view text, std::size_t bytes);

// Collects the text of a page piece by piece. Between words stands one space, between
// blocks one newline; neither at the ends.
class FoldedText {
 public:
  // What stands between the text so far and the next word.
  enum class Gap : std::uint8_t { none, space, line };

  // A piece as it stands in the page; `mode` tells how to decode it.
  void add(std::string_view raw, TextMode mode);
  void gap(Gap gap) {
    if (gap > gap_) gap_ = gap;
  }

  // A place to come back to. Only the last place taken may be used after rewind().
  struct Place {
    std::size_t size;
    Gap gap;
  };
  Place place() const { return {size_, gap_}; }
  void rewind(Place place) {
    size_ = place.size;
    gap_ = place.gap;
  }
  // What was added since `place`, on one line, at most `bytes` of it.
  std::string line_since(Place place, std::size_t bytes) const;

  // The whole text; leaves this empty.
  std::string take();

 private:
  void ensure(std::size_t bytes);
  void add_word(std::string_view word);
  const char* add_words(const char* at, const char* end);
  void add_reference(const char*& at, const char* end);
  void close_gap();

  std::string buffer_;  // only the first size_ bytes count
  std::size_t size_ = 0;
  Gap gap_ = Gap::none;
};

}  // namespace crawld::parsers
