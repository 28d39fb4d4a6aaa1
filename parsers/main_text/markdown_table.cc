#include "parsers/main_text/markdown_table.h"

#include <algorithm>

#include "parsers/html/cell_span.h"

namespace crawld::parsers {
namespace {

constexpr std::size_t kMostColumns = 1'000;
constexpr std::size_t kFewPlaces = 10'000;  // of a table, however empty they are

bool is_row_group(const GumboNode* node) {
  return is_html(node, GUMBO_TAG_THEAD) || is_html(node, GUMBO_TAG_TBODY) ||
         is_html(node, GUMBO_TAG_TFOOT);
}

void append_row(const std::vector<const std::string*>& cells, std::string& out) {
  for (const auto* cell : cells) {
    out += "| ";
    for (const char c : cell != nullptr ? *cell : std::string()) {
      if (c == '|') out += '\\';
      out += c == '\n' ? ' ' : c;
    }
    out += ' ';
  }
  out += "|\n";
}

}  // namespace

TableColumns::TableColumns(const GumboNode* table) {
  for (const auto* part : children(table)) {
    if (is_html(part, GUMBO_TAG_TR)) add_row(part);
    if (!is_row_group(part)) continue;
    taken_until_.clear();  // no cell reaches beyond its group
    for (const auto* row : children(part)) {
      if (is_html(row, GUMBO_TAG_TR)) add_row(row);
    }
    taken_until_.clear();
  }
}

void TableColumns::add_row(const GumboNode* row) {
  std::size_t column = 0;
  for (const auto* cell : children(row)) {
    if (!is_html(cell, GUMBO_TAG_TD) && !is_html(cell, GUMBO_TAG_TH)) continue;
    while (column < taken_until_.size() && taken_until_[column] > row_) ++column;
    columns_.emplace(cell, column);
    const auto [columns, rows] = span_of(cell);
    const auto end = std::min(column + columns, kMostColumns);
    if (rows > 1 && taken_until_.size() < end) taken_until_.resize(end);
    for (auto at = column; rows > 1 && at < end; ++at) taken_until_[at] = row_ + rows;
    column = std::max(end, column + 1);
  }
  ++row_;
}

std::size_t TableColumns::of(const GumboNode* cell) const {
  const auto found = columns_.find(cell);
  return found == columns_.end() ? 0 : found->second;
}

std::string markdown_table(const std::vector<std::vector<TableCell>>& rows) {
  std::vector<std::size_t> used;
  std::size_t longest = 0;
  for (const auto& row : rows) {
    longest = std::max(longest, row.size());
    for (const auto& cell : row) used.push_back(cell.column);
  }
  const auto most_places = 4 * used.size() + kFewPlaces;
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  const bool keeps_columns = rows.size() * used.size() <= most_places;
  const auto columns = keeps_columns ? used.size() : longest;
  std::string out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    // GFM fills up rows that are shorter than the first.
    std::vector<const std::string*> cells(keeps_columns || r == 0 ? columns : rows[r].size());
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const auto at = std::lower_bound(used.begin(), used.end(), rows[r][i].column);
      cells[keeps_columns ? static_cast<std::size_t>(at - used.begin()) : i] = &rows[r][i].text;
    }
    append_row(cells, out);
    if (r > 0) continue;
    for (std::size_t c = 0; c < columns; ++c) out += "| --- ";
    out += "|\n";
  }
  return out;
}

}  // namespace crawld::parsers
