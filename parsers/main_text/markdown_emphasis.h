// Emphasis that is read as such: where "*" may open and close depends on what stands
// on both sides of it (CommonMark section 6.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace crawld::parsers {

// The characters around a text; 0 at the ends of a block.
struct Neighbours {
  std::int32_t before = 0;
  std::int32_t after = 0;
};

// `text` (as append_escaped() makes it, with images and hard breaks) between `marks`,
// appended. White space, breaks and the punctuation at which the marks would be read as
// plain "*" come to stand outside of them; with nothing left there are no marks.
void append_emphasized(std::string_view text, std::string_view marks, Neighbours around,
                       std::string& out);

// The first and the last character as a reader of emphasis sees them: a hard break is
// white space. 0 for no text.
std::int32_t first_character(std::string_view text);
std::int32_t last_character(std::string_view text);

}  // namespace crawld::parsers
