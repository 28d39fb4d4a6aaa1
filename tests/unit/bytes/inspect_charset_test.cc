#include "crawler/cli/inspect/inspect_charset.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "crawler/base/base64.h"

using crawld::base::base64_encode;
using crawld::cli::inspect_charset;
using nlohmann::json;

TEST_CASE("inspect charset answers with encoding, source and text") {
  const json question = {{"id", 7},
                         {"bytes_base64", base64_encode("\xD0\xC4")},
                         {"content_type", "text/html; charset=KOI8-R"}};
  const json answer = json::parse(inspect_charset(question.dump()));
  CHECK(answer["id"] == 7);
  CHECK(answer["charset"] == "koi8-r");
  CHECK(answer["source"] == "transport");
  CHECK(answer["text"] == "пд");
  CHECK(answer["error"] == nullptr);
}

TEST_CASE("inspect charset names what it does not understand") {
  const auto error = [](std::string_view line) {
    return json::parse(inspect_charset(line))["error"].get<std::string>();
  };
  CHECK(error("[1]") == "not a JSON object");
  CHECK(error(R"({"id":1,"bytes_base64":"!"})") == "\"bytes_base64\" is missing or no base64");
}
