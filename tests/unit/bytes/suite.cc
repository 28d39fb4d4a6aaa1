#include "tests/unit/bytes/suite.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

namespace crawld::tests {
namespace {

std::string suites_folder() {
  const char* folder = std::getenv("CRAWLD_SUITES");
  return folder != nullptr ? folder : "../shared/suites";
}

std::set<std::string> judged_ids(const std::string& name) {
  std::set<std::string> ids;
  std::ifstream file("tests/data/judged/" + name + ".txt");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos && line[0] != '#') ids.insert(line.substr(0, colon));
  }
  return ids;
}

}  // namespace

std::optional<std::vector<Json>> suite_cases(std::string_view file) {
  const std::string path = suites_folder() + "/" + std::string(file);
  std::ifstream in(path);
  if (!in) {
    std::cerr << path << " is not there: its cases were not run\n";
    return std::nullopt;
  }
  std::vector<Json> cases;
  for (std::string line; std::getline(in, line);) cases.push_back(Json::parse(line));
  return cases;
}

std::string suite_file(const std::string& path) {
  std::ifstream in(suites_folder() + "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void run_suite(const std::string& name, const std::vector<Json>& cases,
               const std::function<std::string(const Json&)>& failure) {
  const std::set<std::string> judged = judged_ids(name);
  std::size_t passed = 0;
  std::size_t excused = 0;
  for (const Json& one : cases) {
    const std::string id = one.at("id");
    const std::string why = failure(one);
    if (why.empty()) {
      ++passed;
      if (judged.count(id) > 0) FAIL_CHECK(name << " " << id << " passes but is listed as judged");
    } else if (judged.count(id) > 0) {
      ++excused;
    } else {
      FAIL_CHECK(name << " " << id << ": " << why);
    }
  }
  std::cout << name << " " << passed << "/" << cases.size();
  if (excused > 0) std::cout << " (" << excused << " judged wrong)";
  std::cout << "\n";
}

}  // namespace crawld::tests
