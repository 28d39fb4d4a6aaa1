// The few facts of JSON-LD that describe an article, read without building a value.
//
// One linear scan over the text that knows strings and braces, nothing else, so the
// broken JSON that people publish gives what it can. jsonld.h makes whole values.
#pragma once

#include <string>
#include <string_view>

namespace crawld::parsers {

struct JsonldFacts {
  std::string headline;
  std::string article_body;    // plain text; markup in it is removed
  std::string author;          // name
  std::string date_published;  // as written
  std::string date_modified;
};

// What `json` tells and `facts` does not know yet is added.
void add_jsonld_facts(std::string_view json, JsonldFacts& facts);

}  // namespace crawld::parsers
