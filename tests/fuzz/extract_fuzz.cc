// Fixed rules on any page, any rule on a fixed page: the answer is JSON, with every
// field in every record.
//
// Input: first byte picks the kind of document; the rest is the page and, as far as it
// is one, a source, a regex and a path.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "parsers/extract/extract.h"
#include "parsers/extract/values.h"
#include "parsers/html/html_tree.h"
#include "parsers/selector/xpath.h"

using namespace crawld::parsers;
using crawld::model::DocumentKind;

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

RuleSet fixed_rules() {
  RuleSet set;
  FieldRule inner{.name = "inner", .source = "css:*", .list = true};
  inner.fields = {{.name = "self", .source = "self", .regex = "(a*)b?", .list = true},
                  {.name = "html", .source = "html"},
                  {.name = "next", .source = "css:+ *"}};
  set.rules.push_back({.name = "page",
                       .match = "",
                       .each = "",
                       .fields = {{.name = "price", .source = "css:p", .type = ValueType::price},
                                  {.name = "when", .source = "css:p", .type = ValueType::date},
                                  {.name = "rows", .source = "tables"},
                                  {.name = "link", .source = "css:a", .type = ValueType::url},
                                  {.name = "path", .source = "xpath://*/@*", .list = true},
                                  {.name = "data", .source = "jsonld:Thing.name", .list = true},
                                  {.name = "any", .source = "jsonpath:$..*", .list = true},
                                  inner},
                       .tests = {}});
  return set;
}

PageFacts facts_of(std::string_view body, DocumentKind kind, const HtmlTree* tree) {
  return {.url = "http://a.test/b", .kind = kind, .body = body, .tree = tree, .jsonld = body};
}

void check(const CompiledRules& rules, const PageFacts& facts) {
  for (const auto& record : rules.apply(facts)) {
    expect(nlohmann::json::accept(record.fields_json));
    expect(nlohmann::json::accept(record.errors_json));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const CompiledRules& rules =
      *new CompiledRules(CompiledRules::compile(fixed_rules()).value());
  std::string_view input(reinterpret_cast<const char*>(data + 1), size - 1);
  constexpr DocumentKind kKinds[] = {DocumentKind::html, DocumentKind::xml, DocumentKind::json};
  DocumentKind kind = kKinds[data[0] % 3];
  auto tree = kind == DocumentKind::html ? HtmlTree::parse(input) : std::nullopt;
  check(rules, facts_of(input, kind, tree ? &*tree : nullptr));

  std::string text(input.substr(0, 200));
  RuleSet given;
  given.rules.push_back({.name = "r", .match = "", .each = "", .fields = {}, .tests = {}});
  given.rules[0].fields.push_back({.name = "f", .source = text, .list = true});
  if (CompiledRules::problems(given).empty()) {
    static const HtmlTree& page = *new HtmlTree(*HtmlTree::parse("<p id=a class='b c'>1<a>2"));
    check(CompiledRules::compile(given).value(), facts_of("[]", DocumentKind::html, &page));
  }
  for (auto read : {read_number(text, "", ""), read_price(text, "", ""), read_date(text, "", ""),
                    read_boolean(text)}) {
    if (read) expect(nlohmann::json::accept(*read));
  }
  return 0;
}
