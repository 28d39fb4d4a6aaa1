#include "parsers/extract/extract.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "parsers/html/html_tree.h"

namespace crawld::parsers {
namespace {

constexpr std::string_view kPage =
    "<!doctype html><html lang=en><head><title>Shop</title>"
    "<meta name=author content='Ann B'><meta property=og:title content='OG'></head><body>"
    "<h1> Two  <b>words</b> </h1>"
    "<article class=item><h2>Lamp</h2><a href='/lamp?x=1'>more</a>"
    "<span class=price>$ 1,299.50</span><ul><li>red<li>blue</ul></article>"
    "<article class=item><h2>Desk</h2><span class=price>sold out</span></article>"
    "<p>first<br>second<script>no()</script></p>"
    "<time datetime=2024-03-03T10:00:00Z>yesterday</time>"
    "<table><tr><th>Name<th>Size<tr><td>a<td>1<tr><td rowspan=2>b<td>2<tr><td>3</table>";

constexpr std::string_view kJsonLd =
    R"([{"@context":"https://schema.org","@graph":[{"@type":"WebPage","name":"W"},)"
    R"({"@type":["Product"],"name":"Lamp","offers":[{"@type":"Offer","price":12.5},)"
    R"({"@type":"Offer","price":"9,90"}],"image":{"@type":"ImageObject","url":"/i.png"}}]}])";

struct Given {
  std::string_view body = kPage;
  model::DocumentKind kind = model::DocumentKind::html;
  std::string_view url = "https://shop.test/list";
};

std::vector<model::Record> records(const RuleSet& set, Given given = {}) {
  auto rules = CompiledRules::compile(set);
  if (!rules) throw std::runtime_error(rules.error().message);
  auto tree = given.kind == model::DocumentKind::html ? HtmlTree::parse(given.body) : std::nullopt;
  std::vector<std::pair<std::string, std::string>> meta = {{"author", "Ann B"},
                                                           {"og:title", "OG"},
                                                           {"og:image", "https://shop.test/o.png"},
                                                           {"article:author", "A"}};
  PageFacts facts{.url = given.url,
                  .kind = given.kind,
                  .body = given.body,
                  .tree = tree ? &*tree : nullptr,
                  .title = "Shop",
                  .lang = "en",
                  .jsonld = kJsonLd,
                  .microdata = R"([{"type":"https://schema.org/Person",)"
                               R"("properties":{"name":["Bo"]}}])",
                  .meta = &meta};
  auto all = rules->apply(facts);
  for (const auto& record : all) {
    REQUIRE(nlohmann::json::accept(record.fields_json));
    REQUIRE(nlohmann::json::accept(record.errors_json));
  }
  return all;
}

RuleSet one(std::vector<FieldRule> fields, std::string each = "") {
  RuleSet set;
  set.rules.push_back({.name = "r",
                       .match = "",
                       .each = std::move(each),
                       .fields = std::move(fields),
                       .tests = {}});
  return set;
}

// The one field's value, or "! reason".
std::string value(FieldRule field, Given given = {}) {
  field.name = "f";
  auto all = records(one({field}), given);
  REQUIRE(all.size() == 1);
  auto errors = nlohmann::json::parse(all[0].errors_json);
  if (!errors.empty()) return "! " + errors.dump();
  std::string json = all[0].fields_json;
  return json.substr(5, json.size() - 6);  // {"f":...}
}

TEST_CASE("a field takes its value from where its source says") {
  CHECK(value({.source = "css:h1"}) == R"("Two words")");
  CHECK(value({.source = "css:h1::text"}) == R"("Two")");
  CHECK(value({.source = "xpath://h2", .list = true}) == R"(["Lamp","Desk"])");
  CHECK(value({.source = "xpath:count(//li)", .type = ValueType::integer}) == "2");
  CHECK(value({.source = "css:article a", .attribute = "href"}) == R"("/lamp?x=1")");
  CHECK(value({.source = "css:article a::attr(href)", .type = ValueType::url}) ==
        R"("https://shop.test/lamp?x=1")");
  CHECK(value({.source = "css:article a", .type = ValueType::url}) ==
        R"("https://shop.test/lamp?x=1")");
  CHECK(value({.source = "css:p"}) == R"("first\nsecond")");
  CHECK(value({.source = "css:h1", .html = true}) == R"("Two  <b>words</b>")");
  CHECK(value({.source = "title"}) == R"("Shop")");
  CHECK(value({.source = "meta:Author"}) == R"("Ann B")");
  CHECK(value({.source = "og:title"}) == R"("OG")");
  CHECK(value({.source = "og:article:author"}) == R"("A")");
  CHECK(value({.source = "og:image"}) == R"("https://shop.test/o.png")");
  CHECK(value({.source = "css:time", .type = ValueType::date}) == R"("2024-03-03T10:00:00+00:00")");
}

TEST_CASE("within each, every selector of a list may begin with a combinator") {
  auto all = records(one({{.name = "f", .source = "css:> b, + dd, + dd + dd", .list = true},
                          {.name = "later", .source = "css::scope ~ dd.x"}},
                         "dt"),
                     {.body = "<dl><dt><i><b>0</b></i><b>1</b><dd>2<dd>3<dd class=x>4<dt>5</dl>"});
  REQUIRE(all.size() == 2);
  CHECK(all[0].fields_json == R"({"f":["1","2","3"],"later":"4"})");
  CHECK(all[1].fields_json == R"({"f":[],"later":null})");
}

TEST_CASE("within each, ::text and ::attr() may be asked of the match itself") {
  RuleSet set = one({{.name = "own", .source = "css:::text"},
                     {.name = "to", .source = "css:::attr(href)"},
                     {.name = "named", .source = "css:a::attr(href)"},
                     {.name = "inside", .source = "css:a"}},
                    "article a");
  auto all = records(set);
  REQUIRE(!all.empty());
  CHECK(all[0].fields_json ==
        R"({"own":"more","to":"/lamp?x=1","named":"/lamp?x=1","inside":null})");
}

TEST_CASE("inner HTML escapes marks in attributes as well (HTML 13.3)") {
  CHECK(value({.source = "css:p", .html = true}, {.body = "<p><img alt='<i>&quot;&amp;'>a<b>"}) ==
        R"("<img alt=\"&lt;i&gt;&quot;&amp;\">a<b></b>")");
}

TEST_CASE("structured data is addressed by type and property") {
  CHECK(value({.source = "jsonld:Product.offers.price", .type = ValueType::number}) == "12.5");
  CHECK(value({.source = "jsonld:Product.offers[1].price", .type = ValueType::number}) == "9.9");
  CHECK(value({.source = "jsonld:Offer.price", .list = true}) == R"(["12.5","9,90"])");
  CHECK(value({.source = "jsonld:name"}) == R"("W")");
  CHECK(value({.source = "jsonld:Product.image", .type = ValueType::url}) ==
        R"("https://shop.test/i.png")");
  CHECK(value({.source = "jsonld:Offer"}) == R"({"@type":"Offer","price":12.5})");
  CHECK(value({.source = "microdata:Person.name"}) == R"("Bo")");
}

TEST_CASE("values are cut, changed and joined in order") {
  CHECK(value({.source = "css:h1", .regex = "T(w)o", .lower = true}) == R"("w")");
  CHECK(value({.source = "css:li", .regex = "b.*"}) == R"("blue")");
  CHECK(value({.source = "css:h1", .regex = "[a-z]", .list = true}) ==
        R"(["w","o","w","o","r","d","s"])");
  CHECK(value({.source = "css:li", .join = " / ", .has_join = true}) == R"("red / blue")");
  CHECK(value({.source = "css:h1", .replace = {{"o+", "0"}, {"(T)", "<\\1>"}}}) ==
        R"("<T>w0 w0rds")");
  CHECK(value({.source = "css:.price", .type = ValueType::price}) ==
        R"({"amount":1299.5,"currency":"USD"})");
}

TEST_CASE("missing and wrong values are null with a reason") {
  CHECK(value({.source = "css:nav"}) == "null");
  CHECK(value({.source = "css:nav", .required = true}) == R"(! {"f":"required, but not found"})");
  CHECK(value({.source = "css:nav",
               .type = ValueType::integer,
               .has_default = true,
               .default_value = "7"}) == "7");
  CHECK(value({.source = "css:nav", .list = true}) == "[]");
  CHECK(value({.source = "css:h1", .type = ValueType::number}) ==
        R"(! {"f":"no number in \"Two words\""})");
  CHECK(value({.source = "css:h1", .regex = "[0-9]"}) ==
        R"(! {"f":"nothing found matches the regex"})");
  CHECK(value({.source = "css:.price", .type = ValueType::number, .list = true}) ==
        R"(! {"f[1]":"no number in \"sold out\""})");
}

TEST_CASE("each makes a record of every match, fields in the order of the file") {
  auto all = records(
      one({{.name = "name", .source = "css:h2"},
           {.name = "link", .source = "css:> a", .type = ValueType::url},
           {.name = "price", .source = "css:.price", .type = ValueType::number, .required = true},
           {.name = "tags", .source = "xpath:.//li", .list = true},
           {.name = "page", .source = "title"}},
          "article.item"));
  REQUIRE(all.size() == 2);
  CHECK(all[0].fields_json ==
        R"({"name":"Lamp","link":"https://shop.test/lamp?x=1","price":1299.5,)"
        R"("tags":["red","blue"],"page":"Shop"})");
  CHECK(all[1].fields_json ==
        R"({"name":"Desk","link":null,"price":null,"tags":[],"page":"Shop"})");
  CHECK(all[1].errors_json == R"({"price":"no number in \"sold out\""})");
}

TEST_CASE("a field may look at what follows the element of each") {
  auto all =
      records(one({{.name = "term", .source = "self"}, {.name = "is", .source = "css:+ dd"}}, "dt"),
              {.body = "<dl><dt>a<dd>1<dt>b<dt>c<dd>3"});
  REQUIRE(all.size() == 3);
  CHECK(all[0].fields_json == R"({"term":"a","is":"1"})");
  CHECK(all[1].fields_json == R"({"term":"b","is":null})");
  CHECK(all[2].fields_json == R"({"term":"c","is":"3"})");
}

TEST_CASE("fields nest") {
  FieldRule item{.name = "items", .source = "css:article", .list = true};
  item.fields = {{.name = "n", .source = "css:h2"},
                 {.name = "p", .source = "css:.price", .type = ValueType::price}};
  auto all = records(one({item}));
  CHECK(all[0].fields_json ==
        R"({"items":[{"n":"Lamp","p":{"amount":1299.5,"currency":"USD"}},{"n":"Desk","p":null}]})");
  CHECK(all[0].errors_json == R"({"items[1].p":"no number in \"sold out\""})");
  FieldRule group{.name = "g"};
  group.fields = {{.name = "t", .source = "title"}};
  CHECK(records(one({group}))[0].fields_json == R"({"g":{"t":"Shop"}})");
}

TEST_CASE("a cell reaches no further than its group of rows (HTML 4.9.12)") {
  CHECK(value({.source = "tables"}, {.body = "<table><thead><tr><th rowspan=5>a<th>b"
                                             "<tbody><tr><td>1<td>2</table>"}) ==
        R"([[{"a":"1","b":"2"}]])");
  CHECK(value({.source = "tables"},
              {.body = "<table><tbody><tr><td rowspan=0>x<td>1<tr><td>2<tbody><tr><td>y"}) ==
        R"([[["x","1"],["x","2"],["y"]]])");
}

TEST_CASE("tables become rows") {
  CHECK(value({.source = "css:table", .type = ValueType::rows}) ==
        R"([{"Name":"a","Size":"1"},{"Name":"b","Size":"2"},{"Name":"b","Size":"3"}])");
  CHECK(value({.source = "tables"}, {.body = "<table><tr><td>x<td colspan=2>y"}) ==
        R"([[["x","y","y"]]])");
  CHECK(value({.source = "tables"},
              {.body = "<table><tr><td colspan=' +2'>x<td colspan=-2>y<td colspan=z>z"}) ==
        R"([[["x","x","y","z"]]])");
  CHECK(value({.source = "css:h1", .type = ValueType::rows}) ==
        R"(! {"f":"what was found is no table"})");
}

TEST_CASE("JSON and XML answers are read too") {
  Given json{.body = R"({"items":[{"id":1,"t":"a"},{"id":2,"t":null}],"n":"x"})",
             .kind = model::DocumentKind::json};
  CHECK(value({.source = "json:/items/0/t"}, json) == R"("a")");
  CHECK(value({.source = "jsonpath:$..id", .list = true}, json) == R"(["1","2"])");
  auto all = records(one({{.name = "id", .source = "json:/id", .type = ValueType::integer},
                          {.name = "t", .source = "jsonpath:$.t"}},
                         "jsonpath:$.items[*]"),
                     json);
  REQUIRE(all.size() == 2);
  CHECK(all[1].fields_json == R"({"id":2,"t":null})");
  FieldRule item{.name = "i", .source = "json:/items", .list = true};
  item.fields = {{.name = "t", .source = "json:/t"}};
  CHECK(records(one({item}), json)[0].fields_json == R"({"i":[{"t":"a"},{"t":null}]})");
  CHECK(records(one({{.name = "t", .source = "json:/t"}}, "json:/items"), json).size() == 2);
  Given feed{.body =
                 "<rss><channel><item><title>A &amp; B</title><link>/a</link></item>"
                 "<item><title>C</title></item></channel></rss>",
             .kind = model::DocumentKind::xml};
  auto items = records(one({{.name = "t", .source = "xpath:title"},
                            {.name = "l", .source = "xpath:link", .type = ValueType::url}},
                           "xpath://item"),
                       feed);
  REQUIRE(items.size() == 2);
  CHECK(items[0].fields_json == R"({"t":"A & B","l":"https://shop.test/a"})");
  CHECK(records(one({{.name = "t", .source = "css:h1"}}), json).empty());
}

TEST_CASE("a rule is for the URLs that it matches") {
  RuleSet set = one({{.name = "t", .source = "title"}});
  set.rules[0].match = "*/item/*";
  CHECK(records(set).empty());
  CHECK(records(set, {.url = "https://shop.test/item/1"}).size() == 1);
}

TEST_CASE("every mistake of a rule set is told with its place") {
  RuleSet set = one({{.name = "a", .source = "css:h1["},
                     {.name = "a", .source = "titel"},
                     {.name = "b", .source = "title", .regex = "("},
                     {.name = "c",
                      .source = "title",
                      .type = ValueType::number,
                      .has_default = true,
                      .default_value = "none"}},
                    "css:a::text");
  set.rules[0].match = "re:(";
  std::string told;
  for (const auto& problem : CompiledRules::problems(set)) {
    told += problem.field + "/" + problem.part + " ";
  }
  CHECK(told == "/match /each a/source a/name a/source b/regex c/default ");
  CHECK_THAT(CompiledRules::compile(set).error().message, Catch::StartsWith("rule \"r\", match: "));
}

TEST_CASE("the hash of a rule set changes with what changes values") {
  RuleSet set = one({{.name = "t", .source = "title"}});
  auto hash = [](const RuleSet& s) { return CompiledRules::compile(s)->hash(); };
  std::string before = hash(set);
  CHECK(before.size() == 16);
  set.rules[0].tests.push_back({});
  CHECK(hash(set) == before);
  set.rules[0].fields[0].lower = true;
  CHECK(hash(set) != before);
}

TEST_CASE("hostile pages cost bounded time and no record") {
  auto start = std::chrono::steady_clock::now();
  std::string many;
  for (int i = 0; i < 50'000; ++i) many += "<div class=a><p>1,5</p></div>";
  std::vector<FieldRule> fields = {
      {.name = "a", .source = "css::scope > p", .type = ValueType::number},
      {.name = "b", .source = "xpath:./p"},
      {.name = "c", .source = "css:p:has(+ p)"}};
  CHECK(records(one(fields, "css:div.a"), {.body = many}).size() == 10'000);
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<div>";
  auto refused = records(one(fields, "css:div.a"), {.body = deep});
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].fields_json == R"({"a":null,"b":null,"c":null})");
  std::string brackets(1'000'000, '[');
  CHECK(value({.source = "json:/a"}, {.body = brackets, .kind = model::DocumentKind::json}) ==
        R"(! {"f":"the body is no JSON"})");
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}

}  // namespace
}  // namespace crawld::parsers
