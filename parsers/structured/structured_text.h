// The text of an element as structured data gives it: laid out, not as in the source.
#pragma once

#include <string>

#include "parsers/html/html_tree.h"

namespace crawld::parsers {

// White space folded, a line end where a block begins or ends, an empty line around
// paragraphs, headings and lists; none at the ends. No scripts, styles or comments.
std::string laid_out_text(const GumboNode* element);

}  // namespace crawld::parsers
