// Microdata items of a page (HTML 5.2.5 and 5.3 of the microdata section).
#pragma once

#include <optional>
#include <string>

#include "parsers/html/document_base.h"
#include "parsers/html/html_tree.h"

namespace crawld::parsers {

// A JSON array of the top-level items: {"type","id","properties":{name: value}}. One
// value stands alone, several are a list; "type" likewise. An item without properties has
// its text or URL as "value". URLs are resolved against `base` where there is one.
std::string extract_microdata(const HtmlTree& tree, const DocumentBase& base);

}  // namespace crawld::parsers
