// The pages of the article suites with their blocks labelled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/html/html_tree.h"
#include "parsers/main_text/main_text_features.h"
#include "parsers/main_text/main_text_outline.h"
#include "parsers/main_text/metadata.h"
#include "tests/unit/main_text/article_suites.h"

namespace crawld::training {

using article_suites::SegmentScore;
using article_suites::ShingleScore;
using article_suites::Suite;

struct Page : article_suites::Case {
  int fold = 0;

  std::optional<parsers::HtmlTree> tree;
  parsers::PageMetadata told;
  parsers::PageOutline outline;
  parsers::PageWords words;
  std::vector<std::string> texts;  // of the blocks
  std::vector<float> label;        // one a block
  std::vector<float> weight;       // 0: not known
};

// All pages, each in one of `folds` parts; pages of one host share a part.
std::vector<Page> load_pages(int folds);

}  // namespace crawld::training
