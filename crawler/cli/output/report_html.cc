#include "crawler/cli/output/report_html.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "crawler/base/escape.h"

namespace crawld::cli {
namespace {

// No script, no picture, no connection, and of styles this one, by its hash: whatever a
// page's text may be taken for, the browser does nothing with it.
constexpr std::string_view kHead =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; "
    "form-action 'none'; style-src 'sha256-jWY3jHpUmm2nV+8GNBZ9s57Boa3N/ePjY47/Sp1MmOk='\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>crawld report</title>\n"
    "<style>body{font:15px/1.4 sans-serif;margin:2em auto;max-width:70em;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.2em .6em;"
    "border-bottom:1px solid #ddd;vertical-align:top;overflow-wrap:anywhere}"
    "td.bar{width:30%}svg{display:block}p.none{color:#666}</style></head><body>\n";

double bar_value(const ReportTable& table, const std::vector<std::string>& row) {
  return std::strtod(row[static_cast<std::size_t>(table.bar)].c_str(), nullptr);
}

std::string bar_cell(double value, double largest) {
  char svg[200];
  std::snprintf(svg, sizeof svg,
                "<td class=\"bar\"><svg width=\"100%%\" height=\"14\" role=\"img\"><rect "
                "width=\"%.1f%%\" height=\"14\" fill=\"#47a\"/></svg></td>",
                largest > 0 ? 100 * value / largest : 0.0);
  return svg;
}

std::string table_html(const ReportTable& table) {
  std::string out = "<h2>" + base::html_text(table.title) + "</h2>\n";
  if (table.rows.empty()) return out + "<p class=\"none\">none</p>\n";
  double largest = 0;
  if (table.bar >= 0) {
    for (const auto& row : table.rows) largest = std::max(largest, bar_value(table, row));
  }
  out += "<table><tr>";
  for (const std::string& column : table.columns) out += "<th>" + base::html_text(column) + "</th>";
  out += table.bar >= 0 ? "<th></th></tr>\n" : "</tr>\n";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (const std::string& cell : row) out += "<td>" + base::html_text(cell) + "</td>";
    if (table.bar >= 0) out += bar_cell(bar_value(table, row), largest);
    out += "</tr>\n";
  }
  return out + "</table>\n";
}

}  // namespace

std::string report_html(std::string_view database, std::string_view made_at,
                        const std::vector<ReportTable>& tables) {
  std::string out(kHead);
  out += "<h1>crawld report</h1>\n<p>" + base::html_text(database) + ", " +
         base::html_text(made_at) + "</p>\n";
  for (const ReportTable& table : tables) out += table_html(table);
  return out + "</body></html>\n";
}

}  // namespace crawld::cli
