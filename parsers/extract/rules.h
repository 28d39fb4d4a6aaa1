// Extraction rules as the configuration gives them: plain data, not compiled.
//
// parsers/extract/extract compiles a RuleSet once per worker and applies it to pages.
//
// How YAML becomes a FieldRule (config/ does it):
//   title: "css:h1"              source = "css:h1"
//   body: main_text              source = "main_text", a keyword
//   price: {css: ".price", type: number, required: true}
//                                a map names its source by one key: css, xpath, jsonld,
//                                microdata, og, twitter, meta, json, jsonpath, or source:
//                                {css: X} is source = "css:X"; {source: X} is source = X
//   other keys of the map        regex, attribute, type, list, html, required, default,
//                                join, trim, lower, replace, locale, fields: as below
//   {css: "li", fields: {...}}   `fields` in the order of the file; with list: true
//                                an array of objects
//   replace: {"a+": "b"} or [[a+, b]]   pairs in the order of the file
//   default: 0                   default_value = its text; read as `type` says
// A Rule's `each` without a prefix is a CSS selector.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawld::parsers {

// What a text is read as. What cannot be read so is null, with the reason.
enum class ValueType : std::uint8_t {
  string,
  number,   // "1.234,56", "1,234.56", "1 234,56", "1'234", with words around it
  integer,  // a number without a fraction
  boolean,  // true/false, yes/no, 1/0, on/off and what they are called elsewhere
  date,     // ISO 8601: "2024-03-03", with a time where one is told
  url,      // absolute, against the page's base
  rows,     // of a <table>: objects by its header cells, arrays where it has none
  price     // {"amount": 12.5, "currency": "EUR"}; currency null where none is told
};

struct FieldRule {
  std::string name;
  // Where the value comes from:
  //   css:SELECTOR       text of the elements; ::text and ::attr(x) as in Scrapy. A
  //                      leading combinator ("> a", "+ dd") starts at the element of `each`.
  //   xpath:EXPRESSION   HTML and XML (feeds) alike
  //   jsonld:PATH        "offers.price", "author[0].name", "Product.offers.price": a
  //                      first name that is an @type selects the objects of that type
  //   microdata:PATH     the same over microdata items
  //   og:NAME twitter:NAME meta:NAME
  //   json:/POINTER      RFC 6901, of a JSON body
  //   jsonpath:$..PATH   RFC 9535 without functions, of a JSON body
  //   or a keyword: title, description, url, canonical, lang, author, date, text,
  //   html, main_text, markdown, tables (all of them, as rows), self (the element that
  //   `each` or the field around matched; text, html and tables are of it too).
  std::string source;
  std::string regex;      // RE2, applied to each value; group 1 if there is one. A
                          // single field takes the first match, a list all of them
  std::string attribute;  // of the matched element, in place of its text
  ValueType type = ValueType::string;
  bool list = false;      // all values, not the first
  bool html = false;      // inner HTML of the matched element, not its text
  bool required = false;  // null is an error of the record; other fields may be null
  bool has_default = false;
  std::string default_value;
  std::string join;  // joins the values of a list with this
  bool has_join = false;
  bool trim = true;  // an empty text is no value
  bool lower = false;
  std::vector<std::pair<std::string, std::string>> replace;  // RE2 -> replacement, in order
  std::string locale;             // of numbers: "de" reads 1.234,5; empty: guessed from the text
  std::vector<FieldRule> fields;  // nested records: `source` selects each one
  bool operator==(const FieldRule&) const = default;
};

struct FixtureTest {
  std::string file;         // relative to the configuration file
  std::string url;          // the URL to read it as; empty: http://fixture.test/
  std::string expect_json;  // object: field -> expected value
  bool operator==(const FixtureTest&) const = default;
};

struct Rule {
  std::string name;
  std::string match;  // glob or "re:" over the URL; empty: every page of the site
  // css (no prefix needed), xpath, jsonld, microdata, json or jsonpath: one record per
  // match (of a JSON pointer to an array: per item), none where nothing matches; empty: one
  // per page.
  std::string each;
  std::vector<FieldRule> fields;
  std::vector<FixtureTest> tests;
  bool operator==(const Rule&) const = default;
};

struct RuleSet {
  std::vector<Rule> rules;
  bool empty() const { return rules.empty(); }
  bool has(std::string_view name) const {
    for (const Rule& rule : rules) {
      if (rule.name == name) return true;
    }
    return false;
  }
  bool operator==(const RuleSet&) const = default;
};

}  // namespace crawld::parsers
