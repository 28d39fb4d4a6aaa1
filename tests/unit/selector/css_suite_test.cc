// The selector cases of other projects' suites, through `crawld inspect select`.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "crawler/cli/inspect/inspect_select.h"

namespace crawld {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

fs::path suite() {
  const char* root = std::getenv("CRAWLD_SUITES");
  return fs::path(root != nullptr ? root : "../shared/suites") / "css-selectors";
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

std::vector<Json> cases(const char* file) {
  std::vector<Json> all;
  std::ifstream in(suite() / file);
  for (std::string line; std::getline(in, line);) all.push_back(Json::parse(line));
  return all;
}

// id -> the clause by which the case is wrong.
std::map<std::string, std::string> judged() {
  std::map<std::string, std::string> all;
  std::ifstream in("tests/data/judged/css-selectors.txt");
  for (std::string line; std::getline(in, line);) {
    if (auto colon = line.find(": "); colon != line.npos) {
      all[line.substr(0, colon)] = line.substr(colon + 2);
    }
  }
  return all;
}

Json ask(const Json& c) {
  std::string html = "<p>";
  if (c.contains("html")) html = c["html"];
  if (c.contains("html_file")) html = read(suite() / "docs" / c["html_file"].get<std::string>());
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
  if (!fs::exists(suite())) {
    WARN("css-selectors: no suite in " << suite() << ", nothing was checked");
    return;
  }
  auto excused = judged();
  int passed = 0;
  int total = 0;
  for (const Json& c : cases("shared.jsonl")) {
    if (!c["core"].get<bool>()) continue;
    ++total;
    bool good = as_expected(c);
    passed += good;
    if (good || excused.contains(c["id"])) continue;
    FAIL_CHECK(c["id"] << " " << c["selector"] << " got " << ask(c).dump().substr(0, 400));
  }
  std::cout << "css-selectors " << passed << "/" << total << "\n";
}

TEST_CASE("selectors are refused or taken as other projects' suites say") {
  if (!fs::exists(suite())) {
    WARN("css-selectors: no suite in " << suite() << ", nothing was checked");
    return;
  }
  int passed = 0;
  int total = 0;
  for (const Json& c : cases("parse-shared.jsonl")) {
    if (c["doubtful"].get<bool>()) continue;
    ++total;
    bool good = ask(c)["error"].is_null() == c["valid"].get<bool>();
    passed += good;
    if (!good) FAIL_CHECK(c["id"] << " " << c["selector"]);
  }
  std::cout << "css-selectors validity " << passed << "/" << total << "\n";
}

}  // namespace
}  // namespace crawld
