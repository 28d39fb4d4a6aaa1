#include "parsers/extract/extract_source.h"

#include <utility>

#include "crawler/base/ascii.h"

namespace crawld::parsers::extract {
namespace {

using base::Error;
using base::Result;

struct Name {
  std::string_view text;
  SourceKind kind;
};

constexpr Name kPrefixes[] = {
    {"css:", SourceKind::css},           {"xpath:", SourceKind::xpath},
    {"jsonld:", SourceKind::jsonld},     {"microdata:", SourceKind::microdata},
    {"og:", SourceKind::opengraph},      {"twitter:", SourceKind::twitter},
    {"meta:", SourceKind::meta},         {"json:", SourceKind::json_pointer},
    {"jsonpath:", SourceKind::json_path}};

constexpr Name kKeywords[] = {
    {"title", SourceKind::title},       {"description", SourceKind::description},
    {"url", SourceKind::url},           {"canonical", SourceKind::canonical},
    {"lang", SourceKind::lang},         {"author", SourceKind::author},
    {"date", SourceKind::date},         {"text", SourceKind::text},
    {"html", SourceKind::html},         {"main_text", SourceKind::main_text},
    {"markdown", SourceKind::markdown}, {"tables", SourceKind::tables},
    {"self", SourceKind::self}};

template <class T>
base::Status compile_into(std::optional<T>& into, std::string_view text) {
  auto compiled = T::compile(text);
  if (!compiled) return std::move(compiled).error();
  into = std::move(compiled).value();
  return base::Done{};
}

base::Status compile_rest(Source& source, std::string_view rest) {
  switch (source.kind) {
    case SourceKind::css: {
      auto selector = Selector::compile(rest, Selector::Start::may_be_relative);
      if (!selector) return std::move(selector).error();
      source.selector = std::move(selector).value();
      return base::Done{};
    }
    case SourceKind::xpath:
      return compile_into(source.xpath, rest);
    case SourceKind::jsonld:
    case SourceKind::microdata:
      return compile_into(source.schema, rest);
    case SourceKind::json_pointer:
      return compile_into(source.pointer, rest);
    case SourceKind::json_path:
      return compile_into(source.json_path, rest);
    case SourceKind::opengraph:
    case SourceKind::twitter:
    case SourceKind::meta:
      source.name = base::ascii_lower(rest);
      if (rest.empty()) return Error{Error::Code::invalid, "a name is missing after \":\""};
      return base::Done{};
    case SourceKind::title:
    case SourceKind::description:
    case SourceKind::url:
    case SourceKind::canonical:
    case SourceKind::lang:
    case SourceKind::author:
    case SourceKind::date:
    case SourceKind::text:
    case SourceKind::html:
    case SourceKind::main_text:
    case SourceKind::markdown:
    case SourceKind::tables:
    case SourceKind::self:
      break;
  }
  return base::Done{};
}

}  // namespace

Result<Source> compile_source(std::string_view text, bool bare_css) {
  text = base::trim(text);
  Source source;
  for (const Name& prefix : kPrefixes) {
    if (!text.starts_with(prefix.text)) continue;
    source.kind = prefix.kind;
    auto done = compile_rest(source, base::trim(text.substr(prefix.text.size())));
    if (!done) return done.error();
    return source;
  }
  if (bare_css) {
    source.kind = SourceKind::css;
    if (auto done = compile_rest(source, text); !done) return done.error();
    return source;
  }
  for (const Name& keyword : kKeywords) {
    if (text != keyword.text) continue;
    source.kind = keyword.kind;
    return source;
  }
  return Error{Error::Code::invalid, "unknown source \"" + std::string(text) +
                                         "\"; a selector is written \"css:" + std::string(text) +
                                         "\""};
}

void add_needs(const Source& source, RuleNeeds& needs) {
  switch (source.kind) {
    case SourceKind::css:
    case SourceKind::xpath:
    case SourceKind::tables:
      needs.tree = true;
      return;
    case SourceKind::jsonld:
      needs.jsonld = true;
      return;
    case SourceKind::microdata:
      needs.microdata = true;
      return;
    case SourceKind::main_text:
      needs.main_text = true;
      return;
    case SourceKind::markdown:
      needs.markdown = true;
      return;
    case SourceKind::author:
    case SourceKind::date:
      needs.metadata = true;
      return;
    case SourceKind::url:
      needs.url = true;
      return;
    case SourceKind::opengraph:
    case SourceKind::twitter:
    case SourceKind::meta:
    case SourceKind::json_pointer:
    case SourceKind::json_path:
    case SourceKind::title:
    case SourceKind::description:
    case SourceKind::canonical:
    case SourceKind::lang:
    case SourceKind::text:
    case SourceKind::html:
    case SourceKind::self:
      return;
  }
}

bool Forms::fit(model::DocumentKind kind) const {
  bool any = !html && !xml && !json;
  switch (kind) {
    case model::DocumentKind::html:
    case model::DocumentKind::xhtml:
      return any || html;
    case model::DocumentKind::xml:
      return any || xml;
    case model::DocumentKind::json:
      return any || json;
    case model::DocumentKind::text:
      return any;
    case model::DocumentKind::binary:
    case model::DocumentKind::empty:
      return false;
  }
  return false;
}

void add_forms(const Source& source, Forms& forms) {
  switch (source.kind) {
    case SourceKind::url:
    case SourceKind::text:
    case SourceKind::html:
    case SourceKind::self:
      return;
    case SourceKind::xpath:
      forms.html = forms.xml = true;
      return;
    case SourceKind::json_pointer:
    case SourceKind::json_path:
      forms.json = true;
      return;
    case SourceKind::css:
    case SourceKind::jsonld:
    case SourceKind::microdata:
    case SourceKind::opengraph:
    case SourceKind::twitter:
    case SourceKind::meta:
    case SourceKind::title:
    case SourceKind::description:
    case SourceKind::canonical:
    case SourceKind::lang:
    case SourceKind::author:
    case SourceKind::date:
    case SourceKind::main_text:
    case SourceKind::markdown:
    case SourceKind::tables:
      forms.html = true;
      return;
  }
}

}  // namespace crawld::parsers::extract
