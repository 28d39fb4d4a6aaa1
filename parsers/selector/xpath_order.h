// Document order (XPath 1.0 section 5) of what an expression found.
//
// Paths that are walked in pieces (xpath_paths.h) have to be sorted by us. Where a document has
// lost its landmarks (xpath_landmarks.h) libxml2's own sort is not it, either: a text behind an
// element comes before what stands within that element.
#pragma once

#include <span>

struct _xmlNode;  // NOLINT(bugprone-reserved-identifier): libxml2's name

namespace crawld::parsers {

// Sorts nodes of one document whose elements are numbered. Linear in what is met on the way from
// each node to the next element, and nothing is walked twice; n log n comparisons of numbers.
void sort_in_document_order(std::span<_xmlNode*> nodes);

}  // namespace crawld::parsers
