// The structured data of extruct's and the microformats project's cases.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "parsers/html/page_scan.h"
#include "parsers/structured/jsonld.h"
#include "parsers/structured/structured.h"
#include "tests/support/suite.h"

namespace crawld {
namespace {

using tests::Json;
using Scores = std::map<std::string, tests::SuiteScore>;  // one for each syntax

// extruct has a strict form, in which every value is a list, and one in which a single
// value stands alone. Here a list of one is its value.
Json loose(const Json& value) {
  if (value.is_array() && value.size() == 1) return loose(value[0]);
  Json out = value;
  if (out.is_structured()) {
    for (auto& part : out) part = loose(part);
  }
  return out;
}

// [{"namespace", "properties": [[name, value], ...]}] as our object.
Json opengraph_object(const Json& expected) {
  Json out = Json::object();
  for (const auto& head : expected) {
    for (const auto& pair : head["properties"]) {
      auto& at = out[pair[0].get<std::string>()];
      if (at.is_null()) {
        at = pair[1];
      } else if (at.is_array()) {
        at.push_back(pair[1]);
      } else {
        at = Json::array({at, pair[1]});
      }
    }
  }
  return out;
}

// An order in which nodes of RDFa can be compared.
Json by_id(Json nodes) {
  std::sort(nodes.begin(), nodes.end(),
            [](const Json& a, const Json& b) { return a.value("@id", "") < b.value("@id", ""); });
  return nodes;
}

Json jsonld_of(const std::string& html) {
  parsers::PageScanner scanner;
  model::ParsedPage page;
  parsers::ScanExtras extras;
  scanner.scan(html, {.url = "https://a.test/"}, page, extras);
  return Json::parse(parsers::jsonld_array(extras.jsonld));
}

void check(const std::string& id, const std::string& syntax, const Json& expected,
           const std::string& html, const parsers::StructuredData& found, Scores& scores) {
  const Json part = {{"id", id}};
  auto& score = scores.try_emplace(syntax, "structured-data-" + syntax).first->second;
  if (syntax == "json-ld") score.add(part, expected, jsonld_of(html));
  if (syntax == "microdata") {
    score.add(part, loose(expected), loose(Json::parse(found.microdata)));
  }
  if (syntax == "opengraph") {
    score.add(part, opengraph_object(expected), Json::parse(found.opengraph));
  }
  if (syntax == "rdfa") score.add(part, by_id(expected), by_id(Json::parse(found.rdfa)));
  if (syntax == "microformat") {
    score.add(part, expected, Json::parse(found.microformats)["items"]);
  }
  if (syntax == "microformats-canonical-json") {
    score.add(part, expected, Json::parse(found.microformats));
  }
  if (syntax == "dublincore" && !expected.empty()) {
    score.add(part, expected[0], Json::parse(found.dublin_core));
  }
}

// The document base URL: that of the first <base>, resolved against the page's own.
std::optional<model::Url> document_base(const parsers::HtmlTree& tree, const Json& told) {
  std::optional<model::Url> url;
  if (told.is_string()) url = model::Url::parse(told.get<std::string>());
  for (const auto* element : tree.elements()) {
    if (!parsers::is_html(element, GUMBO_TAG_BASE)) continue;
    if (const auto href = parsers::attribute(element, "href")) {
      return url ? url->resolve(*href) : model::Url::parse(*href);
    }
  }
  return url;
}

// Forms that are extruct's options, not kinds of data.
bool is_other_form(const Json& item) {
  const auto options = item.value("options", Json());
  if (options.is_object() &&
      (options.value("uniform", false) || options.value("return_html_node", false))) {
    return true;
  }
  const std::string source = item["source"];
  return source.find("TestMicrodataFlat") != source.npos ||
         source.find("TestMicrodataWithText") != source.npos;
}

}  // namespace

TEST_CASE("structured data is read as extruct and the microformats tests say") {
  Scores scores;
  for (const Json& item : tests::suite_cases("structured-data/shared.jsonl")) {
    if (is_other_form(item)) continue;
    const auto html = tests::file_bytes(tests::suites_folder() / "structured-data" / item["file"]);
    const auto tree = parsers::HtmlTree::parse(html);
    REQUIRE(tree);
    auto told = item["base_url"];
    if (const auto options = item.value("options", Json()); options.contains("url")) {
      told = options["url"];
    }
    const auto base = document_base(*tree, told);
    const auto found = parsers::extract_structured(*tree, base);
    const std::string syntax = item["syntax"];
    if (syntax != "all") {
      check(item["id"], syntax, item["expected"], html, found, scores);
      continue;
    }
    for (const auto& [kind, expected] : item["expected"].items()) {
      check(item["id"], kind, expected, html, found, scores);
    }
  }
}

}  // namespace crawld
