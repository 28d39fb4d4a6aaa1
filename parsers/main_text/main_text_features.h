// What the classifier sees of a block: one row of numbers.
//
// Pure functions of the outline and of what the page says about itself. The order
// of the columns is that of the trained table in main_text_model.cc: a change here
// needs a new training run (docs/extraction.md).
#pragma once

#include <cstddef>
#include <memory>
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

// The block alone and where it stands. Rows are made as they are asked for: those of a page of
// 250,000 blocks take 400 MB.
class FirstPassFeatures {
 public:
  // Nothing of what it is given may go before it.
  FirstPassFeatures(const PageOutline& page, const PageWords& words, const ArticleWitness& witness);
  ~FirstPassFeatures();

  static std::size_t columns();

  // Each row of `table`, which stand for the blocks from number `from` on. Needs: a table of
  // that width.
  void fill(std::size_t from, FeatureTable& table) const;

 private:
  class Reader;
  const std::unique_ptr<const Reader> reader_;
};

// The rows of the first pass widened by what its `likelihood` (0..1, one a block) says of
// each block's neighbours and containers.
class SecondPassFeatures {
 public:
  // Nothing of what it is given may go before it.
  SecondPassFeatures(const PageOutline& page, const std::vector<float>& likelihood);
  ~SecondPassFeatures();

  static std::size_t columns();  // those of the first pass, and its own

  // As above; `first` holds the same blocks. Needs: as many rows in both.
  void fill(std::size_t from, const FeatureTable& first, FeatureTable& table) const;

 private:
  class Reader;
  const std::unique_ptr<const Reader> reader_;
};

}  // namespace crawld::parsers
