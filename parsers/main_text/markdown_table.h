// Where the cells of a table stand (HTML 4.9.12), so that a row of Markdown keeps the
// columns of the page where cells are empty or span.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "parsers/html/html_tree.h"

namespace crawld::parsers {

class TableColumns {
 public:
  // `table` is a <table>; tables inside it are not looked into.
  explicit TableColumns(const GumboNode* table);

  // From 0; 0 too for what is no cell of the table.
  std::size_t of(const GumboNode* cell) const;

 private:
  void add_row(const GumboNode* row);

  std::unordered_map<const GumboNode*, std::size_t> columns_;
  std::size_t row_ = 0;
  std::vector<std::size_t>
      taken_until_;  // by column: the first row that no cell above reaches into
};

// One cell's text, in the place where it stands.
struct TableCell {
  std::size_t column = 0;
  std::string text;
};

// A table of GFM, its first row the heading; columns without any text are left out, and all where
// most places would be empty: a table of 60 KB could be written in 36 MB.
std::string markdown_table(const std::vector<std::vector<TableCell>>& rows);

}  // namespace crawld::parsers
