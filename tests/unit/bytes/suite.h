// Cases that other projects wrote, read from ../shared/suites.
//
// A suite test walks the cases, asks `passes` for each, prints passed/total, and
// fails for a case that fails without standing in tests/data/judged/<name>.txt
// (one line each: "id: the clause of the standard that says the case is wrong").
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crawld::tests {

using Json = nlohmann::json;

// The cases of `file` ("encoding/label-shared.jsonl"); nothing when it is missing,
// which is said on standard error.
std::optional<std::vector<Json>> suite_cases(std::string_view file);

// The content of a file below the suites folder.
std::string suite_file(const std::string& path);

// Runs `failure` for every case; an empty answer means that the case passes.
// Prints "name passed/total", and fails the running test for unjudged failures
// and for judged cases that pass.
void run_suite(const std::string& name, const std::vector<Json>& cases,
               const std::function<std::string(const Json&)>& failure);

}  // namespace crawld::tests
