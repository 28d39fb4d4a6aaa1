// The trained tables of the main-text classifier.
//
// Written by tests/bench/main_text_training (docs/extraction.md says how); not edited.
#pragma once

#include <span>

#include "parsers/main_text/main_text_trees.h"

namespace crawld::parsers {

std::span<const ObliviousTree> first_pass_trees();
std::span<const ObliviousTree> second_pass_trees();

}  // namespace crawld::parsers
