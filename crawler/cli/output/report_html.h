// A report as one HTML file that needs nothing else and runs nothing.
//
// Everything from the web is escaped, and the page's own policy forbids scripts,
// images and requests, should an escape ever be missing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crawld::cli {

struct ReportTable {
  std::string title;
  int bar = -1;  // the column with a bar; -1: none
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

std::string report_html(std::string_view database, std::string_view made_at,
                        const std::vector<ReportTable>& tables);

}  // namespace crawld::cli
