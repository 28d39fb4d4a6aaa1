// From likelihoods to the blocks that make up the main text.
#pragma once

#include <cstddef>
#include <vector>

#include "parsers/main_text/main_text_outline.h"
#include "parsers/main_text/main_text_scan.h"

namespace crawld::parsers {

constexpr float kKeepAbove = 0.45F;

// Blocks in reading order: those likelier than `keep_above`, without what is hidden
// and without what says again what was said. Where a page has none, the likeliest.
std::vector<std::size_t> choose_blocks(const PageOutline& page, const PageWords& words,
                                       const std::vector<float>& likelihood,
                                       float keep_above = kKeepAbove);

}  // namespace crawld::parsers
