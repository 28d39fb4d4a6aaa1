#include "parsers/main_text/main_text_trees.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace crawld::parsers {
namespace {

constexpr std::size_t kLanes = 4;
constexpr std::size_t kGroup = 2 * kLanes;  // rows that go through the trees together
// A register of SSE2 or NEON; elsewhere the compiler does the same one by one.
using Floats = float __attribute__((vector_size(kLanes * sizeof(float))));
using Numbers = std::int32_t __attribute__((vector_size(kLanes * sizeof(std::int32_t))));

float chance(float logit) { return 1 / (1 + std::exp(-logit)); }

Floats load(const float* at) {
  Floats values;
  std::memcpy(&values, at, sizeof values);
  return values;
}

void store(Floats values, float* at) { std::memcpy(at, &values, sizeof values); }

// The numbers of eight rows, the first of each, then the second of each, and so on. Rows that are
// not there count as zeros.
void side_by_side(const float* rows, std::size_t count, std::size_t width, float* columns) {
  static constexpr float kNone[kLanes] = {};
  for (std::size_t row = 0; row < kGroup; row += kLanes) {
    const float* at[kLanes];
    for (std::size_t i = 0; i < kLanes; ++i) {
      at[i] = row + i < count ? rows + (row + i) * width : nullptr;
    }
    std::size_t column = 0;
    for (; column + kLanes <= width; column += kLanes) {
      const auto four = [&](std::size_t i) {
        return load(at[i] == nullptr ? kNone : at[i] + column);
      };
      const Floats a = four(0);
      const Floats b = four(1);
      const Floats c = four(2);
      const Floats d = four(3);
      const Floats ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
      const Floats ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
      const Floats cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
      const Floats cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
      float* to = columns + column * kGroup + row;
      store(__builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5), to);
      store(__builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7), to + kGroup);
      store(__builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5), to + 2 * kGroup);
      store(__builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7), to + 3 * kGroup);
    }
    for (; column < width; ++column) {
      for (std::size_t i = 0; i < kLanes; ++i) {
        columns[column * kGroup + row + i] = at[i] == nullptr ? 0 : at[i][column];
      }
    }
  }
}

// The logits of eight rows that stand side by side.
void add_up(std::span<const ObliviousTree> trees, const float* columns, float* logits) {
  Floats low{};
  Floats high{};
  for (const ObliviousTree& tree : trees) {
    Numbers leaf_low{};
    Numbers leaf_high{};
#pragma GCC unroll 4
    for (std::size_t level = 0; level < kTreeDepth; ++level) {
      const float* column = columns + tree.column[level] * kGroup;
      const Floats threshold = Floats{} + tree.threshold[level];
      const auto bit = std::int32_t{1} << level;
      leaf_low |= (load(column) > threshold) & bit;
      leaf_high |= (load(column + kLanes) > threshold) & bit;
    }
    const float* leaf = tree.leaf.data();
    low += Floats{leaf[leaf_low[0]], leaf[leaf_low[1]], leaf[leaf_low[2]], leaf[leaf_low[3]]};
    high += Floats{leaf[leaf_high[0]], leaf[leaf_high[1]], leaf[leaf_high[2]], leaf[leaf_high[3]]};
  }
  store(low, logits);
  store(high, logits + kLanes);
}

}  // namespace

void likelihoods(std::span<const ObliviousTree> trees, const float* rows, std::size_t width,
                 std::span<float> likely) {
  std::vector<float> columns(width * kGroup);
  for (std::size_t first = 0; first < likely.size(); first += kGroup) {
    const std::size_t count = std::min(kGroup, likely.size() - first);
    side_by_side(rows + first * width, count, width, columns.data());
    float logits[kGroup];
    add_up(trees, columns.data(), logits);
    for (std::size_t row = 0; row < count; ++row) likely[first + row] = chance(logits[row]);
  }
}

}  // namespace crawld::parsers
