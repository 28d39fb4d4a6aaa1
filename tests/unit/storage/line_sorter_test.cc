#include "storage/archive/line_sorter.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <random>

#include "tests/unit/storage/scratch.h"

using namespace crawld::storage;

namespace {

std::vector<std::string> sorted_by(LineSorter& sorter, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) REQUIRE(sorter.add(line).ok());
  std::vector<std::string> sorted;
  REQUIRE(sorter
              .each([&](std::string_view line) {
                sorted.emplace_back(line);
                return true;
              })
              .ok());
  return sorted;
}

std::size_t files_in(const std::string& directory) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(directory), {}));
}

}  // namespace

TEST_CASE("lines come in the order of their bytes") {
  Scratch scratch;
  LineSorter sorter(scratch.path(""));
  CHECK(sorted_by(sorter, {"b\n", "\xC3\xA4\n", "a b\n", "B\n", "a\n", "\n", "a\n"}) ==
        std::vector<std::string>{"\n", "B\n", "a\n", "a\n", "a b\n", "b\n", "\xC3\xA4\n"});
}

TEST_CASE("more lines than memory holds come in order, through a file without a name") {
  Scratch scratch;
  std::mt19937 random(7);
  std::vector<std::string> lines;
  for (int i = 0; i < 5'000; ++i) {
    lines.push_back(std::string(random() % 40, static_cast<char>('a' + random() % 3)) +
                    std::to_string(random() % 1'000) + "\n");
  }
  lines.push_back(std::string(9'000, 'b') + "\n");   // longer than a block of a merge
  lines.push_back(std::string(30'000, 'b') + "\n");  // longer than all memory
  LineSorter sorter(scratch.path(""), 16'384);
  const auto sorted = sorted_by(sorter, lines);
  CHECK(files_in(scratch.path("")) == 0);
  std::sort(lines.begin(), lines.end());
  CHECK(sorted == lines);
}

TEST_CASE("a sort ends where its reader has enough") {
  Scratch scratch;
  LineSorter sorter(scratch.path(""), 8);
  REQUIRE(sorter.add("b\n").ok());
  REQUIRE(sorter.add("a\n").ok());
  std::string seen;
  REQUIRE(sorter.each([&](std::string_view line) { return (seen += line).empty(); }).ok());
  CHECK(seen == "a\n");
}

TEST_CASE("a sort that finds no place for its runs names the directory") {
  LineSorter sorter("/nowhere/at/all", 8);
  REQUIRE(sorter.add("b\n").ok());
  const auto done = sorter.add("a\n");
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().message ==
        "cannot make a file to sort in /nowhere/at/all: No such file or directory");
}
