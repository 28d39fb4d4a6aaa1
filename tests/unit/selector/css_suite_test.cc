// The selector cases of other projects' suites, through `crawld inspect select`.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "crawler/cli/inspect/inspect_select.h"
#include "tests/support/suite.h"

namespace crawld {
namespace {

using tests::Json;

std::string page(const std::string& name) {
  return tests::file_bytes(tests::suites_folder() / "css-selectors/docs" / name);
}

Json ask(const Json& c) {
  std::string html = "<p>";
  if (c.contains("html")) html = c["html"];
  if (c.contains("html_file")) html = page(c["html_file"]);
  Json question = {{"id", c["id"]}, {"html", html}, {"selector", c["selector"]}, {"syntax", "css"}};
  if (c.contains("context")) question["context"] = c["context"];
  return Json::parse(cli::inspect_select(question.dump()));
}

bool as_expected(const Json& c) {
  Json answer = ask(c);
  if (!answer["error"].is_null()) return false;
  const Json& matches = answer["matches"];
  if (c.contains("count")) return matches.size() == c["count"];
  if (c.contains("outer_html")) return matches.size() == c["outer_html"].size();
  std::vector<std::string> wanted;
  if (c.contains("ids")) wanted = c["ids"].get<std::vector<std::string>>();
  if (c.contains("first_id")) {
    return !matches.empty() && matches[0]["id"] == c["first_id"];
  }
  // Some sources name what has no id "nil", others leave it out.
  bool names_all = std::find(wanted.begin(), wanted.end(), "nil") != wanted.end();
  std::vector<std::string> ids;
  for (const Json& match : matches) {
    if (!match["id"].is_null()) {
      ids.push_back(match["id"]);
    } else if (names_all) {
      ids.push_back("nil");
    }
  }
  if (c["order"] == "sorted") std::sort(ids.begin(), ids.end());
  return ids == wanted;
}

TEST_CASE("selectors find what other projects' suites say they find") {
  tests::SuiteScore score("css-selectors");
  for (const Json& c : tests::suite_cases("css-selectors/shared.jsonl")) {
    if (!c["core"].get<bool>()) continue;
    score.add(c["id"], as_expected(c),
              [&] { return c["selector"].dump() + " got " + ask(c).dump().substr(0, 400); });
  }
}

TEST_CASE("selectors are refused or taken as other projects' suites say") {
  tests::SuiteScore score("css-selectors-validity");
  for (const Json& c : tests::suite_cases("css-selectors/parse-shared.jsonl")) {
    if (c["doubtful"].get<bool>()) continue;
    score.add(c, c["valid"], ask(c)["error"].is_null());
  }
}

}  // namespace
}  // namespace crawld
