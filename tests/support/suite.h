// The cases that other projects wrote, and how a run over them is judged.
//
// Where a suite is missing that is said, and the test that asks for it passes. A case that we hold
// to be wrong stands in tests/data/judged/SUITE.txt, one a line: "id: the clause that says so".
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/suites_folder.h"

namespace crawld::tests {

using Json = nlohmann::json;

// The cases of `file` ("encoding/label-shared.jsonl"), one JSON object a line.
std::vector<Json> suite_cases(std::string_view file);

// Counts cases, and prints "suite passed/total" at its end where there were any. The running test
// fails for each case that fails and is not judged wrong, and for each judged one that passes.
class SuiteScore {
 public:
  explicit SuiteScore(std::string suite);
  ~SuiteScore();
  SuiteScore(const SuiteScore&) = delete;
  SuiteScore& operator=(const SuiteScore&) = delete;

  // A case may come in several parts. `why` is asked where it failed.
  void add(const std::string& id, bool passed, const std::function<std::string()>& why);
  // Passes where both are the same.
  void add(const Json& test, const Json& expected, const Json& actual);

 private:
  enum class Seen { no, passed, failed };

  const std::string suite_;
  std::map<std::string, Seen> judged_;
  int passed_ = 0;
  int total_ = 0;
  int failures_ = 0;  // that nobody judged
};

// Asks `failure` about every case: an empty answer means that it passes.
void run_suite(const std::string& suite, const std::vector<Json>& cases,
               const std::function<std::string(const Json&)>& failure);

}  // namespace crawld::tests
