// Finding values in JSON: RFC 6901 pointers, RFC 9535 JSONPath, and the short paths
// of `jsonld:` and `microdata:`.
//
// JSON of pages is hostile: parse_json() refuses what is nested deeper than 200, so
// nothing below needs to fear its depth, and no path gives more than 100,000 values.
// Results point into the document. Threads: any number on one document and path.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"

namespace crawld::parsers {

using Json = nlohmann::ordered_json;
using JsonValues = std::vector<const Json*>;

// Nothing for what is no JSON, too deep, or not UTF-8.
std::optional<Json> parse_json(std::string_view text);

class JsonPointer {
 public:
  static base::Result<JsonPointer> compile(std::string_view text);  // "" or "/a/b"
  const Json* find(const Json& document) const;                     // null: not there

 private:
  std::vector<std::string> names_;
};

// RFC 9535 without functions: names, indices, slices, wildcards, "..", filters with
// comparisons, &&, ||, ! and existence.
class JsonPath {
 public:
  static base::Result<JsonPath> compile(std::string_view text);
  JsonValues select(const Json& document) const;

 private:
  struct Program;
  friend class JsonPathParser;
  friend class JsonPathRun;
  // Shared, because it is immutable and copied with the rules that hold it.
  std::shared_ptr<const Program> program_;
};

// "Product.offers.price", "author[0].name", "['a.b']", "[*]": names and indices. A
// step over an array goes to all its values. Where the first name is an @type (or
// microdata type) of objects anywhere in the data, it stands for those objects; else
// it is a property of the outermost ones, those in an "@graph" included.
class SchemaPath {
 public:
  static base::Result<SchemaPath> compile(std::string_view text);
  // `data`: the page's JSON-LD or microdata, or one object of it with `inside`, where
  // the first name is a property.
  JsonValues select(const Json& data, bool inside = false) const;

 private:
  struct Step {
    std::string name;
    long index = kName;  // of an array
  };
  static constexpr long kName = -1;
  static constexpr long kAll = -2;
  std::vector<Step> steps_;
};

}  // namespace crawld::parsers
