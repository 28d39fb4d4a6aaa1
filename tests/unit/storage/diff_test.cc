#include "storage/reports/diff.h"

#include <catch2/catch.hpp>
#include <random>

using namespace crawld::storage;

namespace {

std::string applied(const std::vector<DiffLine>& lines, DiffKind left_out) {
  std::string text;
  for (const DiffLine& line : lines) {
    if (line.kind != left_out) text += std::string(line.text) + "\n";
  }
  return text;
}

std::size_t edits(const std::vector<DiffLine>& lines) {
  std::size_t count = 0;
  for (const DiffLine& line : lines) count += line.kind != DiffKind::same;
  return count;
}

std::string random_lines(std::mt19937& random, int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
  return text;
}

}  // namespace

TEST_CASE("a diff taken forward gives the new text and taken back the old one") {
  std::mt19937 random(3);
  for (int i = 0; i < 2'000; ++i) {
    const std::string from = random_lines(random, static_cast<int>(random() % 12));
    const std::string to = random_lines(random, static_cast<int>(random() % 12));
    const auto lines = diff_lines(from, to);
    REQUIRE(applied(lines, DiffKind::removed) == to);
    REQUIRE(applied(lines, DiffKind::added) == from);
  }
}

TEST_CASE("a diff has as few edits as possible") {
  CHECK(edits(diff_lines("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n")) == 5);
  CHECK(edits(diff_lines("a\nb\nc\n", "a\nb\nc\n")) == 0);
  CHECK(edits(diff_lines("", "a\n")) == 1);
}

TEST_CASE("texts that differ altogether are one replacement, in bounded time") {
  std::string from;
  std::string to;
  for (int i = 0; i < 20'000; ++i) {
    from += "old " + std::to_string(i) + "\n";
    to += "new " + std::to_string(i) + "\n";
  }
  const auto lines = diff_lines(from, to);
  CHECK(lines.size() == 40'000);
  CHECK(lines.front().kind == DiffKind::removed);
}

TEST_CASE("the unified form shows the changes with their surroundings") {
  std::string from;
  for (int i = 1; i <= 20; ++i) from += "line " + std::to_string(i) + "\n";
  std::string to = from;
  to.replace(to.find("line 10\n"), 8, "line ten\n");
  CHECK(unified_diff(from, to, "1", "2", 1) ==
        "--- 1\n+++ 2\n@@ -9,3 +9,3 @@\n line 9\n-line 10\n+line ten\n line 11\n");
  CHECK(unified_diff(from, from, "1", "2").empty());
  CHECK(unified_diff("", "x\n", "1", "2") == "--- 1\n+++ 2\n@@ -0,0 +1 @@\n+x\n");
  to += "line 21\n";
  CHECK_THAT(unified_diff(from, to, "1", "2", 1),
             Catch::Contains("@@ -20 +20,2 @@\n line 20\n+line 21\n"));
}
