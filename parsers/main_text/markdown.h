// Markdown of the blocks that were chosen from a page.
//
// CommonMark with GitHub's tables: headings, paragraphs, nested lists, quotes, fenced
// code, data tables, links (absolute), images, emphasis. Linear, iterative. It ends in the line
// with which it is 8 MiB.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/html/document_base.h"
#include "parsers/main_text/main_text_outline.h"

namespace crawld::parsers {

// `blocks` are indices into page.blocks, ascending. A link that cannot be resolved against `base`
// leaves its text.
std::string to_markdown(const PageOutline& page, const std::vector<std::size_t>& blocks,
                        const DocumentBase& base);

}  // namespace crawld::parsers
