// `crawld inspect` answers any line under its own id.
#include "crawler/cli/inspect/answer_line.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "crawler/cli/inspect/inspect_links.h"
#include "crawler/cli/inspect/inspect_robots.h"
#include "crawler/cli/inspect/inspect_select.h"
#include "crawler/cli/inspect/inspect_url.h"

namespace crawld::cli {
namespace {

std::string url_answer(const std::string& line) { return answer_line(line, inspect_url); }

TEST_CASE("a number as id comes back as it was written, however long") {
  for (const std::string id : {"18446744073709551616", "123456789012345678901234567890", "1.50",
                               "-0", "1e400", "1E+5", "-12.5e-3", "0"}) {
    const std::string text = url_answer(R"({"url":"http://a.test/","id" : )" + id + " }");
    INFO(text);
    CHECK(text.find("\"id\":" + id + ",") != std::string::npos);
    CHECK(text.find(R"("href":"http://a.test/")") != std::string::npos);
  }
}

TEST_CASE("the last id counts, and one within a string or deeper does not") {
  const auto id_of = [](const std::string& line) {
    return nlohmann::json::parse(url_answer(line))["id"];
  };
  CHECK(id_of(R"({"id":5,"url":"http://a.test/","id":6})") == 6);
  CHECK(id_of(R"({"x":{"id":5},"y":"\",\"id\":4","url":"http://a.test/","id":6})") == 6);
  CHECK(id_of(R"({"x":{"id":5},"url":"http://a.test/"})").is_null());
  CHECK(id_of(R"({"id":"007","url":"http://a.test/"})") == "007");
  CHECK(id_of(R"({"id":[1,2],"url":"http://a.test/"})") == nlohmann::json::array({1, 2}));
}

TEST_CASE("what is no JSON has no id") {
  for (const char* line :
       {R"({"id":1,"url":)", R"({"id":01,"url":"http://a.test/"})",
        R"({"id":1.,"url":"http://a.test/"})", R"("id":5)", R"({"id":)", "{\"id"}) {
    INFO(line);
    const auto answer = nlohmann::json::parse(url_answer(line));
    CHECK(answer["id"].is_null());
    CHECK(answer["error"] == "not a JSON object");
  }
}

TEST_CASE("what is nested too deep for a stack is told, whichever key holds it") {
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  for (const Inspector inspect : {&inspect_url, &inspect_robots, &inspect_links, &inspect_select}) {
    for (const char* key : {"id", "x"}) {
      const auto answer = nlohmann::json::parse(
          answer_line("{\"" + std::string(key) + "\":" + deep + "}", inspect));
      CHECK(answer["error"] == "nested over 512 levels");
      CHECK(answer["id"].is_null());
    }
  }
}

}  // namespace
}  // namespace crawld::cli
