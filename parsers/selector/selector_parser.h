// Selector text to a compiled program (Selectors Level 4, CSS Syntax Level 3).
#pragma once

#include <string_view>

#include "crawler/base/result.h"
#include "parsers/selector/selector.h"
#include "parsers/selector/selector_program.h"

namespace crawld::parsers::selector {

// Fails with what is wrong and at which byte. Where selectors of the list `may_be_relative`,
// those that begin with a combinator hang on :scope. Recursion is bounded by a limit on
// nesting, time is linear in the text.
base::Result<Program> parse(std::string_view text, Selector::Start start);

}  // namespace crawld::parsers::selector
