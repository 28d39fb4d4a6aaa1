// Where a field's value comes from, compiled: "css:h1", "jsonld:offers.price", title.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crawler/base/result.h"
#include "parsers/extract/extract.h"
#include "parsers/extract/json_path.h"
#include "parsers/selector/selector.h"
#include "parsers/selector/xpath.h"

namespace crawld::parsers::extract {

enum class SourceKind : std::uint8_t {
  css,
  xpath,
  jsonld,
  microdata,
  opengraph,
  twitter,
  meta,
  json_pointer,
  json_path,
  title,
  description,
  url,
  canonical,
  lang,
  author,
  date,
  text,
  html,
  main_text,
  markdown,
  tables,
  self
};

struct Source {
  SourceKind kind = SourceKind::self;
  std::uint32_t number = 0;  // of all sources of a rule set: the page keeps state by it
  std::string name;          // of og:, twitter:, meta:
  std::optional<Selector> selector;
  std::optional<XPath> xpath;
  std::optional<SchemaPath> schema;
  std::optional<JsonPointer> pointer;
  std::optional<JsonPath> json_path;
};

// `bare_css`: text without a known prefix is a selector (Rule::each).
base::Result<Source> compile_source(std::string_view text, bool bare_css);
void add_needs(const Source& source, RuleNeeds& needs);

// Kinds of documents that sources speak about. Sources that any page answers (url,
// text, html, self) add nothing.
struct Forms {
  bool html = false;
  bool xml = false;
  bool json = false;

  // Whether a rule of such sources has business with a page of this kind.
  bool fit(model::DocumentKind kind) const;
};
void add_forms(const Source& source, Forms& forms);

}  // namespace crawld::parsers::extract
