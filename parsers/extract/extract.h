// Rules to records: what a site's configuration asks of each page.
//
// A rule set is compiled once; apply() then turns a page into records. Every field of
// a rule is in every record, in the order of the file: with its value, or null. A
// value that cannot be read as its type, and a required one that is missing, has its
// reason in errors_json under the field's path ("price", "offers[1].price"). Nothing
// is ever dropped, and no page makes apply() fail.
//
// Time is linear in the page for each field, except that XPath has its own bound.
// Threads: a CompiledRules is used by one at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawler/base/result.h"
#include "crawler/model/page.h"
#include "parsers/extract/rules.h"

namespace crawld::parsers {

class DocumentBase;
class HtmlTree;

// What is known of a page when rules are applied. All views outlive apply(); what a
// rule does not need (see RuleNeeds) may be left empty.
struct PageFacts {
  std::string_view url;                // of the page, absolute
  const DocumentBase* base = nullptr;  // of its relative links; null: url
  std::string_view charset;            // WHATWG name: how queries of URLs are encoded
  model::DocumentKind kind = model::DocumentKind::html;
  std::string_view body;           // decoded to UTF-8
  const HtmlTree* tree = nullptr;  // null: not HTML, or over the limits of a tree
  std::string_view title;
  std::string_view description;
  std::string_view canonical;
  std::string_view lang;
  std::string_view author;
  std::string_view date;
  std::string_view text;
  std::string_view main_text;
  std::string_view markdown;
  std::string_view jsonld;  // as in model::ParsedPage: JSON
  std::string_view microdata;
  const std::vector<std::pair<std::string, std::string>>* meta = nullptr;  // og: and twitter: too
};

// What PageFacts must hold for a rule set.
struct RuleNeeds {
  bool tree = false;
  bool main_text = false;
  bool markdown = false;
  bool metadata = false;  // author, date
  bool jsonld = false;
  bool microdata = false;
  bool url = false;  // a field is the page's address
};

// One thing that is wrong with a rule set, and where it stands.
struct RuleProblem {
  std::size_t rule = 0;  // index into RuleSet::rules
  std::string field;     // path of names, "offers.price"; empty: of the rule itself
  std::string part;      // member of Rule or FieldRule: "match", "each", "source", ...
  std::string message;
};

class CompiledRules {
 public:
  // Fails with the first of problems(), as text.
  static base::Result<CompiledRules> compile(const RuleSet& rules);
  // Everything that is wrong with a rule set, in order; empty: compile() succeeds.
  static std::vector<RuleProblem> problems(const RuleSet& rules);

  CompiledRules(CompiledRules&&) noexcept;
  CompiledRules& operator=(CompiledRules&&) noexcept;
  ~CompiledRules();

  // The records of all rules whose `match` fits the URL and whose sources speak about
  // such a document (a rule of selectors says nothing about a JSON answer), in the
  // order of the rules; at most 10,000 a rule and 16 MiB together (the last one then
  // tells in its errors).
  std::vector<model::Record> apply(const PageFacts& page) const;

  RuleNeeds needs() const;  // of all rules together
  // A character a rule, in their order: '1' where its `match` fits the URL. Without any the page
  // need not be prepared.
  std::string matching(std::string_view url) const;
  // 16 hex digits that change with whatever changes the values: not with tests.
  const std::string& hash() const;

 private:
  struct Program;
  explicit CompiledRules(std::unique_ptr<Program> program);

  std::unique_ptr<Program> program_;
};

}  // namespace crawld::parsers
