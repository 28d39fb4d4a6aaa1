#include "parsers/structured/structured.h"

#include "parsers/structured/microdata.h"
#include "parsers/structured/microformats.h"
#include "parsers/structured/opengraph.h"
#include "parsers/structured/rdfa.h"

namespace crawld::parsers {

std::string StructuredData::others() const {
  return "{\"rdfa\":" + rdfa + ",\"microformats\":" + microformats + ",\"twitter\":" + twitter +
         ",\"dublincore\":" + dublin_core + "}";
}

StructuredData extract_structured(const HtmlTree& tree, const DocumentBase& base) {
  StructuredData found;
  found.microdata = extract_microdata(tree, base);
  found.opengraph = extract_opengraph(tree);
  found.twitter = extract_twitter(tree);
  found.rdfa = extract_rdfa(tree, base);
  found.microformats = extract_microformats(tree, base);
  found.dublin_core = extract_dublin_core(tree);
  return found;
}

}  // namespace crawld::parsers
