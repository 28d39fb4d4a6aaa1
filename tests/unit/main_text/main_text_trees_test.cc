// Boosted trees: one row at a time and eight at once are the same judge.
#include "parsers/main_text/main_text_trees.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace crawld::parsers;

namespace {

constexpr std::size_t kWidth = 11;  // no multiple of what goes through at once

std::vector<ObliviousTree> some_trees(std::mt19937& dice) {
  std::uniform_real_distribution<float> number(-1, 1);
  std::vector<ObliviousTree> trees(25);
  for (ObliviousTree& tree : trees) {
    for (auto& column : tree.column) column = static_cast<std::uint16_t>(dice() % kWidth);
    for (float& threshold : tree.threshold) threshold = number(dice);
    for (float& leaf : tree.leaf) leaf = number(dice);
  }
  return trees;
}

// As the trees are defined: a row after the other, a question after the other.
float likelihood(const std::vector<ObliviousTree>& trees, const float* row) {
  float logit = 0;
  for (const ObliviousTree& tree : trees) {
    std::size_t leaf = 0;
    for (std::size_t level = 0; level < kTreeDepth; ++level) {
      if (row[tree.column[level]] > tree.threshold[level]) leaf += std::size_t{1} << level;
    }
    logit += tree.leaf[leaf];
  }
  return 1 / (1 + std::exp(-logit));
}

}  // namespace

TEST_CASE("many rows are judged to the last bit as each alone, however many there are") {
  std::mt19937 dice(7);
  std::uniform_real_distribution<float> number(-1, 1);
  const auto trees = some_trees(dice);
  for (std::size_t rows = 0; rows <= 20; ++rows) {
    std::vector<float> table(rows * kWidth);
    for (float& value : table) value = number(dice);
    if (rows > 2) table[kWidth] = trees[0].threshold[0];  // not above it
    if (rows > 3) table[2 * kWidth] = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> likely(rows);
    likelihoods(trees, table.data(), kWidth, likely);
    for (std::size_t row = 0; row < rows; ++row) {
      CHECK(likely[row] == likelihood(trees, table.data() + row * kWidth));
    }
  }
}

TEST_CASE("the bit of a level is set when the value is above its threshold") {
  ObliviousTree tree{};
  tree.column = {0, 1, 2, 3};
  tree.threshold = {0, 0, 0, 0};
  for (std::size_t leaf = 0; leaf < tree.leaf.size(); ++leaf) tree.leaf[leaf] = leaf == 10 ? 5 : 0;
  const std::vector<float> row = {0, 1, -1, 1};  // bits 1 and 3
  std::vector<float> likely(1);
  likelihoods({&tree, 1}, row.data(), 4, likely);
  CHECK(likely[0] > 0.99F);
}
