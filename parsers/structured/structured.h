// Structured data of a page, each kind as JSON text ready to store. JSON-LD needs no tree and
// is in jsonld.h.
//
// Every field is valid JSON whatever the page held: what is broken is mended where the
// intent is plain and left out where it is not. Linear, iterative, bounded by the page's
// size. Threads: pure functions.
#pragma once

#include <optional>
#include <string>

#include "parsers/html/document_base.h"
#include "parsers/html/html_tree.h"

namespace crawld::parsers {

struct StructuredData {
  // Array of {"type","id"?,"properties":{name: value or [values]}} (HTML 5 microdata).
  std::string microdata = "[]";
  // Object: property -> content, or [contents] where it is repeated.
  std::string opengraph = "{}";
  // Object: "twitter:card" and its like -> content.
  std::string twitter = "{}";
  // Array of expanded JSON-LD nodes {"@id","@type":[...],property IRI:[values]} (RDFa 1.1).
  std::string rdfa = "[]";
  // {"items":[...],"rels":{...},"rel-urls":{...}} (microformats2, older ones included).
  std::string microformats = R"({"items":[],"rels":{},"rel-urls":{}})";
  // {"namespaces":{...},"elements":[...],"terms":[...]} of meta and link elements.
  std::string dublin_core = R"({"namespaces":{},"elements":[],"terms":[]})";

  // {"rdfa":...,"microformats":...,"twitter":...,"dublincore":...}
  std::string others() const;
};

// `base` resolves relative URLs; without it they stay as they are.
StructuredData extract_structured(const HtmlTree& tree, const DocumentBase& base);

}  // namespace crawld::parsers
