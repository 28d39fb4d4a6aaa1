// RDFa 1.1 of a page: https://www.w3.org/TR/rdfa-core/ as https://www.w3.org/TR/html-rdfa/
// applies it to HTML; RDFa Lite is a part of it. Lists (inlist) are read as plain values;
// a language is told by xml:lang only.
#pragma once

#include <optional>
#include <string>

#include "parsers/html/document_base.h"
#include "parsers/html/html_tree.h"

namespace crawld::parsers {

// Expanded JSON-LD: [{"@id": IRI or "_:b0", "@type": [IRI], IRI: [{"@value"} or {"@id"}]}].
// Without a base the document itself is the empty IRI.
std::string extract_rdfa(const HtmlTree& tree, const DocumentBase& base);

}  // namespace crawld::parsers
