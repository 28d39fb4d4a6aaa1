#include "parsers/structured/jsonld.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace crawld::parsers {
namespace {

std::string mended(std::string_view text) {
  std::string items;
  append_mended_json(text, items);
  CHECK(nlohmann::json::accept("[" + items + "]"));
  return items;
}

}  // namespace

TEST_CASE("sound JSON comes out as it went in, numbers to the digit") {
  CHECK(mended(R"({"a":[1,-2.50,1e3,true,null],"b":{}})") ==
        R"({"a":[1,-2.50,1e3,true,null],"b":{}})");
}

TEST_CASE("top-level arrays are flattened and nulls left out") {
  CHECK(mended(R"([{"a":1},null,{"b":2}])") == R"({"a":1},{"b":2})");
  CHECK(mended("null").empty());
}

TEST_CASE("several values in one script are all read") {
  CHECK(mended(R"({"a":1} {"b":2})") == R"({"a":1},{"b":2})");
  CHECK(mended(R"({"a":1};)") == R"({"a":1})");
}

TEST_CASE("what a comment holds counts where nothing stands beside it") {
  CHECK(mended("<!--\n{\"a\":1}\n-->") == R"({"a":1})");
  CHECK(mended("//<!--\n{\"a\":1}\n//-->") == R"({"a":1})");
  CHECK(mended("<!-- {\"a\":1} --> {\"b\":2}") == R"({"b":2})");
  CHECK(mended("<!-- nothing -->").empty());
}

TEST_CASE("comments and CDATA marks around and between are passed over") {
  CHECK(mended("<!-- x -->{\"a\":1}") == R"({"a":1})");
  CHECK(mended("//<![CDATA[\n{\"a\":/* one */1}\n//]]>") == R"({"a":1})");
  CHECK(mended(R"({"a":"<!-- kept --> // kept"})") == R"({"a":"<!-- kept --> // kept"})");
  CHECK(mended(R"({"a":"http://x.test/"})") == R"({"a":"http://x.test/"})");
}

TEST_CASE("commas too many and too few are mended") {
  CHECK(mended(R"({"a":[1,2,],"b":3,})") == R"({"a":[1,2],"b":3})");
  CHECK(mended("{\"a\":\"x\"\n\"b\":\"y\"}") == R"({"a":"x","b":"y"})");
  CHECK(mended(R"({"a":,"b":1})") == R"({"a":"b"})");
}

TEST_CASE("line breaks and control characters in strings are escaped") {
  CHECK(mended("{\"a\":\"one\ntwo\t\x01\"}") == "{\"a\":\"one\\ntwo\\t\\u0001\"}");
}

TEST_CASE("quotes that were not escaped stay in their string") {
  CHECK(mended(R"({"a":"he said "hi" there"})") == R"({"a":"he said \"hi\" there"})");
}

TEST_CASE("single quotes, bare keys and wrong escapes are read") {
  CHECK(mended(R"({'a':'x', b: "don\'t"})") == R"({"a":"x","b":"don't"})");
}

TEST_CASE("entities that a template left are undone when no quote is there") {
  CHECK(mended("{&quot;a&quot;:&quot;x &amp; y&quot;}") == R"({"a":"x & y"})");
}

TEST_CASE("what is cut off is closed") {
  CHECK(mended(R"({"a":[{"b":"c)") == R"({"a":[{"b":"c"}]})");
  CHECK(mended(R"({"a":)") == R"({"a":null})");
}

TEST_CASE("surrogates make one character, lone ones a replacement") {
  CHECK(mended(R"({"a":"\ud83d\ude00\ud83d"})") == "{\"a\":\"\xF0\x9F\x98\x80\xEF\xBF\xBD\"}");
}

TEST_CASE("JSON that is too deep is refused at once") {
  std::string items;
  CHECK_FALSE(append_mended_json("{\"a\":" + std::string(100'000, '['), items));
  CHECK(items.empty());
}

}  // namespace crawld::parsers
