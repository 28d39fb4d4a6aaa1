// Rows for others: JSON Lines, CSV, URL lists, while the crawl runs.
//
// A cursor over committed rows in order of their id. Each slice is a read of its
// own, so a long export holds no snapshot and the log can be emptied beneath it;
// what is committed behind the cursor meanwhile comes with the next call, which
// starts after `last_key`. Exact: every row once.
//
// Threads: those of the connection.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "crawler/base/result.h"
#include "storage/database.h"

namespace crawld::storage {

enum class ExportTable : std::uint8_t { pages, records, links, changes, urls };
enum class ExportFormat : std::uint8_t { jsonl, csv, urls };  // urls: one a line
std::optional<ExportTable> export_table_from(std::string_view name);
std::optional<ExportFormat> export_format_from(std::string_view name);

struct ExportOptions {
  ExportTable table = ExportTable::pages;
  ExportFormat format = ExportFormat::jsonl;
  std::string rule;        // of records: those of this rule, in CSV a column a field; empty: all
  std::string site;        // rows of this site alone; empty: of all
  std::int64_t after = 0;  // last_key of the call before, to go on
  std::int64_t since = 0;  // fetched or seen at or after, ms; 0: any time. Not of urls
  bool header = true;      // of CSV
  bool quote_formulas = false;  // of CSV: cells go through without_formula()
  std::uint32_t slice = 200;    // rows a read
  // Asked between two reads, where all that was begun is written; true ends it there.
  std::function<bool()> enough = [] { return false; };
};

struct ExportEnd {
  std::int64_t last_key = 0;
  std::uint64_t rows = 0;
  bool complete = true;  // false: `write` or `enough` stopped it
};

// `write` takes whole lines; false stops (the reader of a pipe went away). Errors: not_found (no
// such rule or site; the message names those that there are), as of a read.
base::Result<ExportEnd> export_rows(Database& reader, const ExportOptions& options,
                                    const std::function<bool(std::string_view)>& write);

// A field for CSV (RFC 4180): quoted where it must be.
std::string csv_field(std::string_view text);

// `text` with an apostrophe in front where a spreadsheet would run it (it starts with
// = + - @, a tab or a carriage return). Numbers stay as they are.
std::string without_formula(std::string_view text);

}  // namespace crawld::storage
