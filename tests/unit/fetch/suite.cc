#include "tests/unit/fetch/suite.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>

namespace crawld::tests {
namespace {

std::set<std::string> judged_wrong(const std::string& name) {
  std::set<std::string> ids;
  std::ifstream in("tests/data/judged/" + name + ".txt");
  for (std::string line; std::getline(in, line);) ids.insert(line.substr(0, line.find(':')));
  return ids;
}

}  // namespace

void run_suite(const std::string& name, const std::string& file,
               const std::function<bool(const nlohmann::json&)>& passes) {
  const char* where = std::getenv("CRAWLD_SUITES");
  const std::string path = std::string(where != nullptr ? where : "../shared/suites") + "/" + file;
  std::ifstream in(path);
  if (!in) {
    std::cout << name << ": not run, " << path << " is missing\n";
    return;
  }
  const auto judged = judged_wrong(name);
  int passed = 0;
  int total = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    const auto test = nlohmann::json::parse(line);
    bool good = false;
    try {
      good = passes(test);
    } catch (const NotScored&) {
      continue;
    }
    ++total;
    if (good) ++passed;
    if (!good && !judged.contains(test["id"])) FAIL_CHECK(name << ": " << line.substr(0, 2'000));
  }
  std::cout << name << ' ' << passed << '/' << total << '\n';
}

std::string latin1(const std::string& utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    if (lead < 0x80) {
      out += utf8[i];
    } else if (i + 1 < utf8.size()) {
      out += static_cast<char>((lead & 0x03) << 6 | (utf8[++i] & 0x3F));
    }
  }
  return out;
}

}  // namespace crawld::tests
