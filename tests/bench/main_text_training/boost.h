// Gradient boosting of oblivious trees on weighted rows with labels 0 and 1.
#pragma once

#include <cstdint>
#include <vector>

#include "parsers/main_text/main_text_trees.h"

namespace crawld::training {

struct Rows {
  std::size_t columns = 0;
  std::vector<const float*> row;
  std::vector<float> label;
  std::vector<float> weight;
  std::vector<std::uint32_t> page;  // of each row
  std::size_t pages = 0;
};

struct BoostOptions {
  int trees = 160;
  double rate = 0.1;
  double column_share = 0.3;  // of the columns that each tree may ask
  double page_share = 0.6;    // of the pages that each tree sees
  double ridge = 12;
  double min_weight = 6;  // of each answer to a question, over the whole level
  unsigned seed = 1;
};

std::vector<parsers::ObliviousTree> boost(const Rows& rows, const BoostOptions& options);

}  // namespace crawld::training
