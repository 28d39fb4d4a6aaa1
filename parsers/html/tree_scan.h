// The facts of a page from its gumbo tree: the same as page_scan gives.
//
// For pages whose tree is built anyway. See page_scan.h for what is a fact and where the
// two may differ. Iterative and linear in the tree.
#pragma once

#include <string_view>

#include "crawler/model/page.h"
#include "parsers/html/html_tree.h"
#include "parsers/html/page_scan.h"

namespace crawld::parsers {

// Fills `page` and `extras` as PageScanner::scan does. Needs: `utf8` is what `tree` was
// parsed of.
void scan_tree_facts(const HtmlTree& tree, std::string_view utf8, const ScanOptions& options,
                     model::ParsedPage& page, ScanExtras& extras);

}  // namespace crawld::parsers
