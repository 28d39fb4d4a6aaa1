#include "tests/support/suite.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>
#include <utility>

#include "crawler/cli/output/json_line.h"

namespace crawld::tests {
namespace {

constexpr int kShownFailures = 40;
constexpr std::size_t kShownBytes = 2'000;

std::string shown(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, kShownBytes);
}

}  // namespace

std::vector<Json> suite_cases(std::string_view file) {
  const auto path = suites_folder() / file;
  std::ifstream in(path);
  std::vector<Json> cases;
  for (std::string line; std::getline(in, line);) cases.push_back(cli::read_object(line));
  if (cases.empty()) std::cout << path.string() << " is not there: its cases were not run\n";
  return cases;
}

SuiteScore::SuiteScore(std::string suite) : suite_(std::move(suite)) {
  std::ifstream in("tests/data/judged/" + suite_ + ".txt");
  for (std::string line; std::getline(in, line);) judged_[line.substr(0, line.find(": "))] = {};
}

SuiteScore::~SuiteScore() {
  if (total_ > 0) std::cout << suite_ << " " << passed_ << "/" << total_ << "\n";
  for (const auto& [id, seen] : judged_) {
    if (seen == Seen::passed) FAIL_CHECK(suite_ << " " << id << " passes, and is judged wrong");
  }
}

void SuiteScore::add(const std::string& id, bool passed, const std::function<std::string()>& why) {
  ++total_;
  if (passed) ++passed_;
  if (const auto judged = judged_.find(id); judged != judged_.end()) {
    if (!passed || judged->second == Seen::no) {
      judged->second = passed ? Seen::passed : Seen::failed;
    }
  } else if (!passed && ++failures_ <= kShownFailures) {
    FAIL_CHECK(suite_ << " " << id << ": " << why());
  }
}

void SuiteScore::add(const Json& test, const Json& expected, const Json& actual) {
  add(test.at("id"), actual == expected, [&] {
    return shown(test) + "\n  expected " + shown(expected) + "\n  actual   " + shown(actual);
  });
}

void run_suite(const std::string& suite, const std::vector<Json>& cases,
               const std::function<std::string(const Json&)>& failure) {
  SuiteScore score(suite);
  for (const Json& test : cases) {
    const std::string why = failure(test);
    score.add(test.at("id"), why.empty(), [&] { return why; });
  }
}

}  // namespace crawld::tests
