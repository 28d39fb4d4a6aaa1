// Boosted oblivious trees: every level of a tree asks one question of all its nodes.
//
// A tree of depth d is d questions (column, threshold) and 2^d leaves; the answers
// are the bits of the leaf's number. Small, branch-free, and the sum of the leaves
// of all trees is the logit of the likelihood.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace crawld::parsers {

constexpr std::size_t kTreeDepth = 4;

struct ObliviousTree {
  std::array<std::uint16_t, kTreeDepth> column;
  std::array<float, kTreeDepth> threshold;  // the bit is set when the value is above
  std::array<float, 1U << kTreeDepth> leaf;
};

// The likelihood (0..1) of each row: `rows` holds likely.size() rows of `width` numbers, one behind
// the other. Eight go through the trees at once; how many there are changes no bit of an answer.
void likelihoods(std::span<const ObliviousTree> trees, const float* rows, std::size_t width,
                 std::span<float> likely);

}  // namespace crawld::parsers
