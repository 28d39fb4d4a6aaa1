// `inspect url` keeps its promise for any line.
#include "crawler/cli/inspect/inspect_url.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace {

nlohmann::json ask(std::string_view line) {
  return nlohmann::json::parse(crawld::cli::inspect_url(line));
}

}  // namespace

TEST_CASE("inspect url answers with href and origin under the same id") {
  for (const char* id : {"1", "\"x\"", "null", "[1,{\"a\":2}]", "1.5"}) {
    const auto answer =
        ask(std::string("{\"id\":") + id + ",\"url\":\"../b\",\"base\":\"http://A.test/x/y\"}");
    CHECK(answer["id"] == nlohmann::json::parse(id));
    CHECK(answer["href"] == "http://a.test/b");
    CHECK(answer["origin"] == "http://a.test");
    CHECK(answer["error"].is_null());
  }
}

TEST_CASE("inspect url gives null for what is refused") {
  const auto answer = ask(R"({"id":7,"url":"http://a b/"})");
  CHECK(answer["id"] == 7);
  CHECK(answer["href"].is_null());
  CHECK(answer["error"].is_string());
  CHECK(ask(R"({"id":7,"url":"x","base":"mailto:y"})")["href"].is_null());
  CHECK(ask(R"({"id":7,"url":"http://a/","base":"::"})")["href"].is_null());
}

TEST_CASE("inspect url answers every malformed line") {
  for (const char* line : {"", "{", "[]", "1", "\"x\"", "{\"id\":1}", "{\"url\":5}", "\xFF"}) {
    INFO(line);
    CHECK(ask(line)["error"].is_string());
  }
  CHECK(ask("nonsense")["id"].is_null());
}

TEST_CASE("inspect url tells of a value of the wrong type, and takes null for none") {
  CHECK(ask(R"({"id":1,"url":"/x","base":5})")["error"] == "\"base\" is no string");
  CHECK(ask(R"({"id":1,"url":5})")["error"] == "\"url\" is no string");
  CHECK(ask(R"({"id":1,"url":5})")["href"].is_null());
  const auto none = ask(R"({"id":1,"url":"http://a.test/","base":null,"canonical":null})");
  CHECK(none["href"] == "http://a.test/");
}

TEST_CASE("a lone surrogate in the JSON reads as U+FFFD") {
  CHECK(ask(R"({"id":1,"url":"http://a.test/\ud800x"})")["href"] == "http://a.test/%EF%BF%BDx");
  CHECK(ask(R"({"id":1,"url":"http://a\ud800.test/"})")["href"].is_null());
  CHECK(ask(R"({"id":1,"url":"http://a.test/\\ud800\ud83d\ude00\udc00"})")["href"] ==
        "http://a.test//ud800%F0%9F%98%80%EF%BF%BD");
}

TEST_CASE("inspect url canonicalizes where asked to") {
  const auto answer = ask(R"({"id":1,"url":"http://a.test/%7e?utm_source=x#y","canonical":true})");
  CHECK(answer["href"] == "http://a.test/~");
  CHECK(ask(R"({"id":1,"url":"http://a.test/#y","canonical":false})")["href"] ==
        "http://a.test/#y");
}
