// How many columns and rows a cell of a table takes (HTML 4.9.11, 4.9.12.1).
#pragma once

#include <cstddef>

#include "parsers/html/html_tree.h"

namespace crawld::parsers {

constexpr std::size_t kMostSpanColumns = 1'000;
constexpr std::size_t kMostSpanRows = 65'534;

struct CellSpan {
  std::size_t columns;  // 1 to kMostSpanColumns
  std::size_t rows;     // 1 to kMostSpanRows, which also stands for "to the end of its group"
};

CellSpan span_of(const GumboNode* cell);

}  // namespace crawld::parsers
