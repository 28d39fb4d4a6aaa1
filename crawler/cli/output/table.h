// Rows for people and for scripts: an aligned table, JSON Lines, or CSV.
//
// Goes to standard output as the rows come. A table takes its widths from the first
// kSampleRows rows; on a terminal long cells are cut. Text from the web is made
// harmless for a terminal in every form: JSON escapes controls, and in CSV they stay as
// data only where no terminal reads them (`formulas` says what a spreadsheet may make of it).
// Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/reports/query.h"

namespace crawld::cli {

enum class TableForm : std::uint8_t { text, json, csv };
enum class Formulas : std::uint8_t {
  kept,    // cells as they are
  quoted,  // a cell that a spreadsheet would run gets an apostrophe in front
};

// Columns that `text` takes on a terminal: code points, marks not told apart.
std::size_t shown_width(std::string_view text);

// The value as JSON; blobs as base64.
std::string value_json(const storage::Value& value);
// The value as text, "" for NULL; blobs as their size.
std::string value_text(const storage::Value& value);

class Table final : public storage::QueryRows {
 public:
  Table(TableForm form, Formulas formulas) : form_(form), formulas_(formulas) {}

  void columns(std::span<const std::string_view> names) override;
  bool row(std::span<const storage::Value> values) override;
  // Writes what is held back. What standard output refused is told by run(), for all commands.
  void finish();

  std::uint64_t rows() const { return rows_; }

 private:
  using Cells = std::vector<std::string>;
  void put_json(std::span<const storage::Value> values);
  void put_csv(std::span<const storage::Value> values);
  void put_text(const Cells& cells);
  void flush_sample();

  const TableForm form_;
  const Formulas formulas_;
  std::vector<std::string> names_;
  std::vector<Cells> sample_;
  std::vector<std::size_t> widths_;
  bool flushed_ = false;
  std::uint64_t rows_ = 0;
};

}  // namespace crawld::cli
