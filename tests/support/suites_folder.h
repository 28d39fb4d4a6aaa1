// Where the cases of other projects lie, which are not part of this tree.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace crawld::tests {

// CRAWLD_SUITES, or ../shared/suites.
inline std::filesystem::path suites_folder() {
  const char* told = std::getenv("CRAWLD_SUITES");
  return told != nullptr ? told : "../shared/suites";
}

// Empty where there is no such file.
inline std::string file_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace crawld::tests
