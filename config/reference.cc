#include "config/reference.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "config/fields.h"
#include "config/value_json.h"

namespace crawld::config {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kHead =
    R"(# crawld: every key at its default. What you leave out has the value shown here.
#
#   crawld check -c FILE                 says everything that is wrong with a file at once
#   crawld check -c FILE --effective     the whole configuration that results, secrets masked
#
# Durations carry a unit (ms, s, m, h, d, w), sizes too (KiB, MiB, GiB; kB, MB, GB), counts may
# (k, M). Later wins: built-in default, this file, the environment (CRAWLD_CONCURRENCY=8,
# CRAWLD_DEFAULTS_DELAY=2s: "_" for "."), the command line. Texts that hold secrets may say
# ${env:NAME} or ${file:PATH}.

)";

constexpr std::string_view kSites = R"(
# What to crawl. A site takes every key of `defaults:` besides these of its own.
sites: []
#  - name: shop
#    seeds: ["https://shop.example.com/"]
#    scope: host
#    include: ["*/product/*", "*/category/*"]
#    exclude: ["*/print/*", "re:[?&]sort="]
#    schedule: "every 6h"               # or "@daily", or a cron line (UTC): "30 4 * * mon-fri"
#    delay: 2s
#    headers: {Authorization: "${env:SHOP_TOKEN}"}
#    extract:                           # rules: records of these fields, one a page or match
#      - name: product
#        match: "*/product/*"           # glob or re:EXPRESSION over the URL; left out: every page
#        fields:
#          title: "css:h1"
#          price: {css: ".price", type: price, required: true}
#          sku: {xpath: "//span[@itemprop='sku']"}
#          brand: "jsonld:Product.brand.name"
#          stock: {css: ".stock", regex: '(\d+)', type: integer, default: 0}
#          images: {css: "img.photo", attribute: src, type: url, list: true}
#          summary: main_text           # or title, description, markdown, text, html, tables ...
#        tests:                         # crawld test -c FILE runs them, no network needed
#          - file: fixtures/product.html
#            url: "https://shop.example.com/product/1"
#            expect: {title: "Blue chair", stock: 3}
#      - name: offer
#        each: ".offer"                 # one record for each match
#        fields:
#          name: "css:.name"
#          price: {css: ".price", type: number}
)";

struct Heading {
  std::string_view first;  // the field that it stands above
  std::string_view text;
};

constexpr std::array<Heading, 9> kRunHeadings = {
    {{"user_agent.name", "who crawls: put an address here that a webmaster can reach"},
     {"database", "where the results are, and how the crawl is talked to"},
     {"concurrency", "how much at once, and how pages are parsed"},
     {"log", "what it tells"},
     {"disk_low", "what it keeps free, and how it ends"},
     {"max_requests_per_second", "speed over all hosts, and names"},
     {"keep.versions", "what of the past stays in the database"},
     {"hooks.webhook", "who is told of changes"},
     {"limits.pages", "where a run ends"}}};

constexpr std::array<Heading, 7> kSiteHeadings = {
    {{"sitemaps", "which URLs belong to a site"},
     {"robots", "manners"},
     {"timeout.dns", "transfers"},
     {"headers", "what is sent, and to whom"},
     {"revisit.default", "when pages are visited again"},
     {"limits.pages", "limits and traps"},
     {"store_body", "what is kept of a page"}}};

// Comments start in this column where the value leaves room.
constexpr std::size_t kHelpColumn = 40;

template <class Owner, std::size_t N>
std::string fields_yaml(std::span<const Field<Owner>> fields, const Owner& owner,
                        const std::array<Heading, N>& headings, std::size_t indent) {
  const std::string pad(indent, ' ');
  std::string out;
  std::string_view group;
  for (const Field<Owner>& field : fields) {
    for (const Heading& heading : headings) {
      if (heading.first != field.path) continue;
      out += (out.empty() ? "" : "\n") + pad + "# " + std::string(heading.text) + "\n";
    }
    const std::size_t dot = field.path.find('.');
    const bool nested = dot != std::string_view::npos;
    const std::string_view head = nested ? field.path.substr(0, dot) : std::string_view();
    if (nested && head != group) out += pad + std::string(head) + ":\n";
    group = head;
    WriteField io;
    field.write(io, owner);
    std::string line = pad + (nested ? "  " : "") +
                       std::string(nested ? field.path.substr(dot + 1) : field.path) + ": " +
                       io.take();
    line.resize(std::max(line.size() + 2, kHelpColumn), ' ');
    out += line + "# " + std::string(field.help) + "\n";
  }
  return out;
}

// Rules nest, so their schema is written once and refers to itself.
constexpr const char* kRulesSchema = R"({
  "text": {"type": ["string", "number", "boolean"]},
  "fields": {"type": "object", "minProperties": 1, "additionalProperties": {"anyOf": [
    {"$ref": "#/$defs/text", "description": "css:, xpath:, jsonld:, microdata:, og:, twitter:, meta:, json:, jsonpath:, or a keyword such as main_text"},
    {"$ref": "#/$defs/field"}]}},
  "field": {"type": "object", "additionalProperties": false, "properties": {
    "css": {"$ref": "#/$defs/text"}, "xpath": {"$ref": "#/$defs/text"}, "jsonld": {"$ref": "#/$defs/text"},
    "microdata": {"$ref": "#/$defs/text"}, "og": {"$ref": "#/$defs/text"}, "twitter": {"$ref": "#/$defs/text"},
    "meta": {"$ref": "#/$defs/text"}, "json": {"$ref": "#/$defs/text"}, "jsonpath": {"$ref": "#/$defs/text"},
    "from": {"$ref": "#/$defs/text", "description": "a source with its prefix, or a keyword"},
    "source": {"$ref": "#/$defs/text", "description": "as from"},
    "regex": {"$ref": "#/$defs/text", "description": "RE2; group 1 if there is one"},
    "attribute": {"$ref": "#/$defs/text", "description": "of the element, in place of its text"},
    "attr": {"$ref": "#/$defs/text", "description": "as attribute"},
    "type": {"enum": ["string", "number", "integer", "boolean", "date", "url", "rows", "price"]},
    "list": {"type": "boolean", "description": "all values, not the first"},
    "html": {"type": "boolean", "description": "inner HTML, not text"},
    "required": {"type": "boolean", "description": "nothing there is an error of the record"},
    "default": {"description": "where nothing is found"},
    "join": {"$ref": "#/$defs/text", "description": "joins the values of a list"},
    "trim": {"type": "boolean"}, "lower": {"type": "boolean"},
    "replace": {"description": "RE2 to text, in order", "anyOf": [
      {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}}, {"type": "array"}]},
    "locale": {"$ref": "#/$defs/text", "description": "of numbers: de reads 1.234,5"},
    "fields": {"$ref": "#/$defs/fields"}}},
  "rule": {"type": "object", "additionalProperties": false, "required": ["name", "fields"],
    "properties": {
      "name": {"$ref": "#/$defs/text"},
      "match": {"$ref": "#/$defs/text", "description": "glob or re:EXPRESSION over the URL"},
      "each": {"$ref": "#/$defs/text", "description": "one record for each match"},
      "fields": {"$ref": "#/$defs/fields"},
      "tests": {"type": "array", "items": {"type": "object", "additionalProperties": false,
        "required": ["file", "expect"], "properties": {
          "file": {"$ref": "#/$defs/text", "description": "relative to the configuration"},
          "url": {"$ref": "#/$defs/text"}, "expect": {"type": "object"}}}}}}
})";

template <class Owner>
ordered_json field_schema(const Field<Owner>& field, const Owner& owner) {
  DescribeField describe;
  field.describe(describe, owner);
  ordered_json schema = ordered_json::parse("{" + describe.take() + "}");
  WriteField write;
  field.write(write, owner);
  std::vector<Problem> problems;
  const Value value = read_yaml(write.take(), {}, problems);
  schema["description"] = field.help;
  schema["default"] = ordered_json::parse(value_json(value));
  return schema;
}

// A group may hold nothing.
ordered_json group_schema() {
  return {{"type", {"object", "null"}}, {"additionalProperties", false}};
}

template <class Owner>
ordered_json properties(std::span<const Field<Owner>> fields, const Owner& owner) {
  ordered_json out = ordered_json::object();
  for (const Field<Owner>& field : fields) {
    const std::size_t dot = field.path.find('.');
    const std::string head(field.path.substr(0, dot));
    if (dot == std::string_view::npos) {
      out[head] = field_schema(field, owner);
      continue;
    }
    ordered_json& group = out[head];
    if (group.is_null()) group = group_schema();
    group["properties"][std::string(field.path.substr(dot + 1))] = field_schema(field, owner);
  }
  return out;
}

}  // namespace

std::string example_yaml() {
  return std::string(kHead) + fields_yaml(run_fields(), Config{}, kRunHeadings, 0) +
         "\n# What holds for every site that does not say otherwise.\ndefaults:\n" +
         fields_yaml(site_fields(), Site{}, kSiteHeadings, 2) + std::string(kSites);
}

std::string schema_json() {
  const ordered_json texts = {{"type", "array"}, {"items", {{"$ref", "#/$defs/text"}}}};
  const ordered_json of_site = properties(site_fields(), Site{});
  ordered_json defs = ordered_json::parse(kRulesSchema);
  ordered_json site = {{"name", {{"$ref", "#/$defs/text"}, {"description", "unique"}}},
                       {"seeds", texts},
                       {"extract", {{"type", "array"}, {"items", {{"$ref", "#/$defs/rule"}}}}}};
  site["seeds"]["description"] = "URLs to start from";
  site.update(of_site);
  defs["site"] = {{"type", "object"},
                  {"additionalProperties", false},
                  {"required", {"name"}},
                  {"properties", site}};
  ordered_json top = properties(run_fields(), Config{});
  top["allow_addresses"] = of_site["allow_addresses"];
  top["defaults"] = group_schema();
  top["defaults"]["properties"] = of_site;
  top["sites"] = {{"type", "array"}, {"items", {{"$ref", "#/$defs/site"}}}};
  const ordered_json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                               {"title", "crawld configuration"},
                               {"type", "object"},
                               {"additionalProperties", false},
                               {"properties", top},
                               {"$defs", defs}};
  return schema.dump(2) + "\n";
}

}  // namespace crawld::config
