// An element as text, as HTML and as rows.
#pragma once

#include <string>
#include <string_view>

#include "parsers/html/html_tree.h"

namespace crawld::parsers {

// Text as a reader sees it: white space folded, a new line at block elements and
// <br>, <pre> kept; no scripts, styles and templates, unless `element` is one.
std::string element_text(const GumboNode* element);

// What is inside an element as HTML (HTML 13.3).
std::string inner_html(const GumboNode* element);

// The rows of a <table> as JSON: objects by the cells of its header row (all <th>, or
// in <thead>), arrays of texts where it has none. Cells that span are repeated. At
// most 10,000 rows and 1,000 columns.
std::string table_rows(const GumboNode* table);

}  // namespace crawld::parsers
