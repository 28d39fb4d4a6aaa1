#include "parsers/main_text_trees.h"

#include <cmath>

namespace crawld::parsers {

float likelihood(std::span<const ObliviousTree> trees, const float* row) {
  float logit = 0;
  for (const auto& tree : trees) {
    std::size_t leaf = 0;
    for (std::size_t level = 0; level < kTreeDepth; ++level) {
      leaf |= static_cast<std::size_t>(row[tree.column[level]] > tree.threshold[level]) << level;
    }
    logit += tree.leaf[leaf];
  }
  return 1 / (1 + std::exp(-logit));
}

}  // namespace crawld::parsers
