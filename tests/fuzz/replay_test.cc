// Each fuzzer over its corpus, without libFuzzer: what was once found stays fixed.
//
// The Makefile compiles NAME_fuzz.cc with its entry point renamed to fuzz_NAME and lists the
// names in fuzz_names.inc, a FUZZER(NAME) each.
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#define FUZZER(name) extern "C" int fuzz_##name(const std::uint8_t*, std::size_t);
#include "fuzz_names.inc"
#undef FUZZER

namespace {

using Fuzzer = int (*)(const std::uint8_t*, std::size_t);

struct Named {
  const char* name;
  Fuzzer run;
};

constexpr Named kFuzzers[] = {
#define FUZZER(name) {#name, fuzz_##name},
#include "fuzz_names.inc"
#undef FUZZER
};

}  // namespace

TEST_CASE("every fuzzer has a corpus and lives through it") {
  for (const Named& fuzzer : kFuzzers) {
    const auto folder = std::filesystem::path("tests/fuzz/corpus") / fuzzer.name;
    INFO(folder.string());
    REQUIRE(std::filesystem::is_directory(folder));
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      INFO(file.path().string());
      std::ifstream in(file.path(), std::ios::binary);
      const std::string input(std::istreambuf_iterator<char>(in), {});
      CHECK(fuzzer.run(reinterpret_cast<const std::uint8_t*>(input.data()), input.size()) == 0);
    }
  }
}
