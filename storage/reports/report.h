// A crawl in figures: `crawld report`.
//
// A fixed list of sections, each one query for storage/reports/query.h. Threads: any.
#pragma once

#include <span>
#include <string_view>

namespace crawld::storage {

struct ReportSection {
  std::string_view name;  // for scripts: "outcomes"
  std::string_view title;
  std::string_view sql;
  // The column whose numbers are worth a bar in a chart; -1: none.
  int bar = -1;
};

// In the order in which they are read. Long lists are cut to the first 200 rows.
std::span<const ReportSection> report_sections();

}  // namespace crawld::storage
