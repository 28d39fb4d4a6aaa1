// The figures of one run, for the summary and the row of `runs`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "crawler/base/clock.h"

namespace crawld::pipeline {

// A visit that did not go well.
struct Problem {
  std::string url;
  std::string reason;
  base::WallTime at;
};
inline constexpr std::size_t kProblemsKept = 10;

struct RunTotals {
  std::uint64_t fetches = 0;
  std::uint64_t pages = 0;  // versions stored
  std::uint64_t unchanged = 0;
  std::uint64_t redirects = 0;
  std::uint64_t errors = 0;  // ended as failed, gone or parse_error
  std::uint64_t retries = 0;
  std::uint64_t bytes = 0;                        // received
  std::uint64_t links = 0;                        // read out of pages
  std::uint64_t discovered = 0;                   // URLs new to the books
  std::map<std::string, std::uint64_t> outcomes;  // verdict of each visit
  std::map<std::string, std::uint64_t> changes;   // by model::Change
  std::vector<std::string> coverage_drops;  // fields that match far less than in the run before
  std::map<std::string, std::uint64_t> problems;  // reason of each that was not good
  std::vector<Problem> last_problems;             // the last few, in order; for people
};

}  // namespace crawld::pipeline
