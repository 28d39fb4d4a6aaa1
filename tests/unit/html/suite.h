// The cases that other projects wrote: where they lie, and how a run over them is judged.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <set>
#include <string>

namespace crawld::parsers {

inline std::filesystem::path suites_folder() {
  const char* given = std::getenv("CRAWLD_SUITES");
  return given != nullptr ? given : "../shared/suites";
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Counts cases and fails the test for each that fails unless tests/data/judged/<suite>.txt
// names it with the clause that says the case is wrong.
class SuiteScore {
 public:
  explicit SuiteScore(std::string suite) : suite_(std::move(suite)) {
    std::ifstream judged("tests/data/judged/" + suite_ + ".txt");
    for (std::string line; std::getline(judged, line);) {
      const std::size_t colon = line.find(": ");
      if (colon != std::string::npos) judged_.insert(line.substr(0, colon));
    }
  }

  void add(const std::string& id, bool passed, const std::function<std::string()>& why) {
    ++total_;
    if (passed) {
      ++passed_;
    } else if (judged_.count(id) == 0) {
      constexpr int kShown = 40;
      if (++failed_ <= kShown) UNSCOPED_INFO(suite_ << " " << id << ": " << why());
    }
  }

  void finish() {
    std::cout << suite_ << " " << passed_ << "/" << total_ << "\n";
    CHECK(failed_ == 0);
  }

 private:
  std::string suite_;
  std::set<std::string> judged_;
  int total_ = 0;
  int passed_ = 0;
  int failed_ = 0;
};

}  // namespace crawld::parsers
