// A crawl in figures: `crawld report`.
//
// A fixed list of sections. Threads: any; those of the connection for report_section().
#pragma once

#include <span>
#include <string_view>

#include "crawler/base/result.h"
#include "storage/database.h"
#include "storage/reports/query.h"

namespace crawld::storage {

struct ReportSection {
  std::string_view name;  // for scripts: "outcomes"
  std::string_view title;
  std::string_view sql;  // one query; empty: `walk` finds the rows
  // The column whose numbers are worth a bar in a chart; -1: none.
  int bar = -1;
  base::Status (*walk)(Database& reader, QueryRows& rows) = nullptr;
};

// In the order in which they are read. Long lists are cut to the first 200 rows.
std::span<const ReportSection> report_sections();

// Errors: as of query().
base::Status report_section(Database& reader, const ReportSection& section, QueryRows& rows);

}  // namespace crawld::storage
