// Microformats2 of a page, classic microformats included.
// https://microformats.org/wiki/microformats2-parsing
#pragma once

#include <optional>
#include <string>

#include "parsers/html/document_base.h"
#include "parsers/html/html_tree.h"

namespace crawld::parsers {

// The canonical JSON: {"items":[{"type":[...],"properties":{...},"children":[...]}],
// "rels":{rel:[urls]},"rel-urls":{url:{"text","rels",...}}}. `base` resolves URLs.
std::string extract_microformats(const HtmlTree& tree, const DocumentBase& base);

}  // namespace crawld::parsers
