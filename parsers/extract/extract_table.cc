// Tables to rows (HTML 4.9.12, simplified: cells that span are repeated).
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "crawler/base/escape.h"
#include "parsers/extract/extract_markup.h"
#include "parsers/html/cell_span.h"

namespace crawld::parsers {
namespace {

constexpr std::size_t kMostRows = 10'000;
constexpr std::size_t kMostColumns = 1'000;
constexpr std::size_t kMostCells = 200'000;

struct Row {
  const GumboNode* element;
  bool in_head;
  bool begins_group;  // no cell above reaches into it
};

std::vector<Row> rows_of(const GumboNode* table) {
  std::vector<Row> rows;
  bool begins = true;
  auto take = [&](const GumboNode* row, bool in_head) {
    if (!is_html(row, GUMBO_TAG_TR) || rows.size() >= kMostRows) return;
    rows.push_back({row, in_head, begins});
    begins = false;
  };
  for (const GumboNode* part : children(table)) {
    take(part, false);
    bool head = is_html(part, GUMBO_TAG_THEAD);
    if (!head && !is_html(part, GUMBO_TAG_TBODY) && !is_html(part, GUMBO_TAG_TFOOT)) continue;
    begins = true;
    for (const GumboNode* row : children(part)) take(row, head);
    begins = true;
  }
  return rows;
}

// The texts of a table, every row as long as its cells and those hanging into it.
class Grid {
 public:
  explicit Grid(const GumboNode* table) {
    for (const Row& row : rows_of(table)) add(row);
  }
  const std::vector<std::vector<std::string>>& texts() const { return texts_; }
  // Rows at the top that head the columns: those in <thead>, else a first row of <th>.
  std::size_t heading_rows() const { return headings_; }

 private:
  struct Hanging {
    std::size_t rows = 0;  // that it still reaches into
    std::string text;
  };

  void add(const Row& row) {
    if (row.begins_group) hanging_.clear();
    std::vector<std::string> texts;
    bool all_headers = true;
    bool any = false;
    auto drop_hanging = [&] {
      while (texts.size() < hanging_.size() && hanging_[texts.size()].rows > 0) {
        Hanging& from = hanging_[texts.size()];
        --from.rows;
        texts.push_back(from.text);
      }
    };
    for (const GumboNode* cell : children(row.element)) {
      bool header = is_html(cell, GUMBO_TAG_TH);
      if (!header && !is_html(cell, GUMBO_TAG_TD)) continue;
      any = true;
      all_headers = all_headers && header;
      drop_hanging();
      std::string text = element_text(cell);
      const auto [columns, rows] = span_of(cell);
      for (std::size_t i = 0; i < columns && texts.size() < kMostColumns; ++i) {
        if (++cells_ > kMostCells) return;
        if (rows > 1) {
          if (hanging_.size() <= texts.size()) hanging_.resize(texts.size() + 1);
          hanging_[texts.size()] = {rows - 1, text};
        }
        texts.push_back(text);
      }
    }
    drop_hanging();
    cells_ += texts.size();
    if (texts.empty() || cells_ > kMostCells) return;
    bool heads = row.in_head || (texts_.empty() && any && all_headers);
    if (heads && headings_ == texts_.size()) ++headings_;
    texts_.push_back(std::move(texts));
  }

  std::vector<std::vector<std::string>> texts_;
  std::vector<Hanging> hanging_;  // by column
  std::size_t headings_ = 0;
  std::size_t cells_ = 0;
};

// One name a column, all different; a second heading row is added to the first.
std::vector<std::string> column_names(const Grid& grid, std::size_t columns) {
  std::vector<std::string> names(columns);
  for (std::size_t row = 0; row < grid.heading_rows(); ++row) {
    const auto& texts = grid.texts()[row];
    for (std::size_t i = 0; i < texts.size() && i < columns; ++i) {
      if (texts[i].empty() || names[i] == texts[i]) continue;
      names[i] += names[i].empty() ? texts[i] : " " + texts[i];
    }
  }
  std::set<std::string> used;
  for (std::size_t i = 0; i < columns; ++i) {
    std::string plain = names[i].empty() ? "column " + std::to_string(i + 1) : names[i];
    names[i] = plain;
    for (int number = 2; !used.insert(names[i]).second; ++number) {
      names[i] = plain + " " + std::to_string(number);
    }
  }
  return names;
}

}  // namespace

std::string table_rows(const GumboNode* table) {
  Grid grid(table);
  const auto& rows = grid.texts();
  bool named = grid.heading_rows() > 0 && grid.heading_rows() < rows.size();
  std::size_t columns = 0;
  for (const auto& row : rows) columns = std::max(columns, row.size());
  auto names = named ? column_names(grid, columns) : std::vector<std::string>();
  std::string json = "[";
  for (std::size_t r = named ? grid.heading_rows() : 0; r < rows.size(); ++r) {
    if (json.size() > 1) json += ',';
    json += named ? '{' : '[';
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      if (i > 0) json += ',';
      if (named) json += base::json_string(names[i]) + ":";
      json += base::json_string(rows[r][i]);
    }
    json += named ? '}' : ']';
  }
  return json + "]";
}

}  // namespace crawld::parsers
