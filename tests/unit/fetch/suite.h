// Reads cases of ../shared/suites, which are not part of this tree.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace crawld::tests {

// Runs `passes` for each case of the file (one JSON object a line), prints
// "name passed/total", and fails the test for each case that does not pass and is
// not listed in tests/data/judged/<name>.txt. Says so where the file is missing.
void run_suite(const std::string& name, const std::string& file,
               const std::function<bool(const nlohmann::json&)>& passes);

// Thrown by `passes` for a case that is not ours to judge; it is not counted.
struct NotScored {};

// "\u00e6" -> "\xe6": JSON can hold bytes only as code points.
std::string latin1(const std::string& utf8);

}  // namespace crawld::tests
