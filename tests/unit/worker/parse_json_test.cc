#include "crawler/cli/output/parse_json.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace crawld;
using nlohmann::json;

namespace {

const char* const kInterfaceKeys[] = {
    "url",         "base",      "charset",      "charset_source", "lang",      "title",
    "description", "canonical", "robots",       "refresh",        "links",     "text",
    "main_text",   "markdown",  "headings",     "jsonld",         "microdata", "opengraph",
    "meta",        "feeds",     "content_hash", "simhash",        "records",   "error"};

}  // namespace

TEST_CASE("every key of the interface is printed, for a page and for a failure") {
  for (const model::ParseOutcome& outcome :
       {model::ParseOutcome(model::ParsedPage{}),
        model::ParseOutcome(model::ParseFailure{model::ParseFailureKind::memory, "out of it"}),
        model::ParseOutcome(model::NotParsed{})}) {
    const json printed = json::parse(cli::parsed_page_json("http://a.test/", outcome));
    for (const char* key : kInterfaceKeys) {
      CAPTURE(key);
      CHECK(printed.contains(key));
    }
  }
}

TEST_CASE("a failure is printed with its kind and detail") {
  const json printed = json::parse(cli::parsed_page_json(
      "http://a.test/", model::ParseFailure{model::ParseFailureKind::memory, "out of it"}));
  CHECK(printed["error"] == json({{"kind", "memory"}, {"detail", "out of it"}}));
}

TEST_CASE("a page is printed as the interface says") {
  model::ParsedPage page;
  page.title = "A \"title\"\n";
  page.links = {{"http://a.test/x", "x", "nofollow", model::LinkTag::meta_refresh, true}};
  page.meta = {{"a", "1"}, {"a", "2"}, {"b", "3"}};
  page.records = {{"rule", "{\"price\":1.5}", "{}"}};
  page.jsonld = "[{\"@type\":\"Thing\"}]";
  page.structured_other = "{\"rdfa\":[1]}";
  page.simhash = 0xAB;
  const json printed = json::parse(cli::parsed_page_json("http://a.test/", page));
  CHECK(printed["title"] == "A \"title\"\n");
  CHECK(printed["links"][0] == json({{"url", "http://a.test/x"},
                                     {"text", "x"},
                                     {"rel", "nofollow"},
                                     {"tag", "meta-refresh"},
                                     {"nofollow", true}}));
  CHECK(printed["meta"] == json({{"a", "1"}, {"b", "3"}}));
  CHECK(printed["records"][0]["fields"]["price"] == 1.5);
  CHECK(printed["jsonld"][0]["@type"] == "Thing");
  CHECK(printed["rdfa"] == json({1}));
  CHECK(printed["simhash"] == "00000000000000ab");
  CHECK(printed["error"].is_null());
  CHECK(printed["sitemap"].is_null());
}

TEST_CASE("what was printed stands on one line, whatever the page says") {
  model::ParsedPage page;
  page.title = "a\r\n\x1b[2Jb\xC2\x85";
  const std::string printed = cli::parsed_page_json("http://a.test/\n", page);
  for (const char c : printed) CHECK(static_cast<unsigned char>(c) >= 0x20);
}
