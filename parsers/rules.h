// Extraction rules as the configuration gives them: plain data, not compiled.
//
// parsers/extract compiles a RuleSet once per worker and applies it to pages.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace crawld::parsers {

enum class ValueType : std::uint8_t { string, number, integer, boolean, date, url, price };

struct FieldRule {
  std::string name;
  // Where the value comes from: "css:h1", "xpath://h1", "jsonld:offers.price",
  // "microdata:name", "og:title", "meta:author", "json:/a/b", "jsonpath:$.a", or a
  // keyword: main_text, markdown, html, text, title, url, lang, date, author, tables.
  std::string source;
  std::string regex;       // RE2, applied to each value; group 1 if there is one
  std::string attribute;   // of the matched element, in place of its text
  ValueType type = ValueType::string;
  bool list = false;       // all values, not the first
  bool html = false;       // inner HTML of the matched element, not its text
  bool required = false;
  bool has_default = false;
  std::string default_value;
  std::string join;        // joins the values of a list with this
  bool has_join = false;
  bool trim = true;
  bool lower = false;
  std::vector<std::pair<std::string, std::string>> replace;  // RE2 -> replacement, in order
  std::string locale;      // of numbers: "de" reads 1.234,5; empty: guessed from the text
  std::vector<FieldRule> fields;  // nested records: `source` selects each one
};

struct FixtureTest {
  std::string file;    // relative to the configuration file
  std::string url;     // the URL to read it as; empty: http://fixture.test/
  std::string expect_json;  // object: field -> expected value
};

struct Rule {
  std::string name;
  std::string match;   // glob or "re:" over the URL; empty: every page of the site
  std::string each;    // css/xpath selector: one record per match; empty: one per page
  std::vector<FieldRule> fields;
  std::vector<FixtureTest> tests;
};

struct RuleSet {
  std::vector<Rule> rules;
  bool empty() const { return rules.empty(); }
};

}  // namespace crawld::parsers
