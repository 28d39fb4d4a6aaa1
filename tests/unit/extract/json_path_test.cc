#include "parsers/extract/json_path.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

namespace crawld::parsers {
namespace {

// The store of RFC 9535 section 1.5.
constexpr std::string_view kStore = R"({"store":{"book":[
  {"category":"reference","author":"Nigel Rees","title":"Sayings","price":8.95},
  {"category":"fiction","author":"Evelyn Waugh","title":"Sword","price":12.99},
  {"category":"fiction","author":"Melville","title":"Moby","isbn":"0-553","price":8.99},
  {"category":"fiction","author":"Tolkien","title":"Rings","isbn":"0-395","price":22.99}],
  "bicycle":{"color":"red","price":399}}})";

std::string found(std::string_view path, std::string_view text = kStore) {
  auto compiled = JsonPath::compile(path);
  if (!compiled) return "! " + compiled.error().message;
  auto document = parse_json(text);
  REQUIRE(document);
  std::string all;
  for (const Json* value : compiled->select(*document)) all += value->dump() + " ";
  return all;
}

TEST_CASE("paths find what RFC 9535 says of its store") {
  CHECK(found("$.store.book[*].author") == R"("Nigel Rees" "Evelyn Waugh" "Melville" "Tolkien" )");
  CHECK(found("$..author") == found("$.store.book[*].author"));
  CHECK(found("$.store..price") == "8.95 12.99 8.99 22.99 399 ");
  CHECK(found("$..book[2].author") == R"("Melville" )");
  CHECK(found("$..book[-1].title") == R"("Rings" )");
  CHECK(found("$..book[0,1].title") == found("$..book[:2].title"));
  CHECK(found("$..book[?@.isbn].title") == R"("Moby" "Rings" )");
  CHECK(found("$..book[?@.price<10].title") == R"("Sayings" "Moby" )");
  CHECK(found("$..book[?(@.price >= 12.99 && !(@.author == 'Tolkien'))].title") == R"("Sword" )");
  CHECK(found("$['store'][\"bicycle\"]['color']") == R"("red" )");
  CHECK(found("$[::-1]", "[1,2,3]") == "3 2 1 ");
  CHECK(found("$[1:5:2]", "[0,1,2,3,4]") == "1 3 ");
  CHECK(found("$[?@ > $[0]]", "[2,1,3]") == "3 ");
}

TEST_CASE("bad paths are refused with their place") {
  CHECK(found("store") == "! a JSONPath starts with \"$\" at byte 1");
  CHECK(found("$.") == "! a name is missing at byte 3");
  CHECK(found("$[1") == "! \"]\" is missing at byte 4");
  CHECK(found("$[?@.a ==]") == "! a value is missing at byte 10");
  CHECK(found("$.a b") == "! unexpected text at byte 4");
}

TEST_CASE("paths that multiply stop at a number of values") {
  std::string wide = "[";
  for (int i = 0; i < 3'000; ++i) wide += (i ? ",[1,2,3]" : "[1,2,3]");
  wide += "]";
  auto document = parse_json(wide);
  auto path = JsonPath::compile("$[*,*,*,*][*,*,*,*]..*");
  CHECK(path->select(*document).size() <= 100'000);
}

TEST_CASE("JSON that is nested too deeply is none") {
  CHECK_FALSE(parse_json(std::string(100'000, '[')));
  CHECK_FALSE(parse_json(std::string(300, '[') + std::string(300, ']')));
  CHECK(parse_json("[\"[[[[\"]"));
  CHECK_FALSE(parse_json("{"));
}

TEST_CASE("pointers follow RFC 6901") {
  auto document = parse_json(R"({"foo":["bar",0],"":1,"a/b":2,"m~n":3})");
  auto at = [&](std::string_view text) {
    const Json* value = JsonPointer::compile(text)->find(*document);
    return value ? value->dump() : "-";
  };
  CHECK(at("/foo/0") == "\"bar\"");
  CHECK(at("/") == "1");
  CHECK(at("/a~1b") == "2");
  CHECK(at("/m~0n") == "3");
  CHECK(at("/foo/01") == "-");
  CHECK(at("/foo/2") == "-");
  CHECK_FALSE(JsonPointer::compile("foo"));
  CHECK_FALSE(JsonPointer::compile("/~2"));
}

}  // namespace
}  // namespace crawld::parsers
