// What the classifier sees of a block: one row of numbers.
//
// Pure functions of the outline and of what the page says about itself. The order
// of the columns is that of the trained table in main_text_model.cc: a change here
// needs a new training run (tests/bench/main_text_train.cc).
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "parsers/main_text/main_text_outline.h"
#include "parsers/main_text/main_text_scan.h"

namespace crawld::parsers {

// What the page says about its article, to be found again in the blocks. Views.
struct ArticleWitness {
  std::string_view title;
  std::string_view description;
  std::string_view body;  // articleBody of JSON-LD; plain text
};

// Rows of equal width, one a block.
class FeatureTable {
 public:
  explicit FeatureTable(std::size_t width) : width_(width) {}
  std::size_t width() const { return width_; }
  std::size_t rows() const { return values_.size() / width_; }
  const float* row(std::size_t at) const { return values_.data() + at * width_; }
  float* row(std::size_t at) { return values_.data() + at * width_; }
  void resize(std::size_t rows) { values_.resize(rows * width_); }

 private:
  std::size_t width_;
  std::vector<float> values_;
};

// Columns of the first pass (the block alone and where it stands), then those that
// the second pass adds (what the first thought of its surroundings).
std::size_t first_pass_columns();
std::size_t second_pass_columns();  // all of them

FeatureTable first_pass_features(const PageOutline& page, const PageWords& words,
                                 const ArticleWitness& witness);

// `first` widened by what the first pass's `likelihood` (0..1, one a block) says of
// each block's neighbours and containers.
FeatureTable second_pass_features(const PageOutline& page, const FeatureTable& first,
                                  const std::vector<float>& likelihood);

}  // namespace crawld::parsers
