// crawld report: a crawl in figures, as text, JSON, CSV or one HTML file.
#include <cstdio>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/escape.h"
#include "crawler/cli/broken_links.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/output/json_text.h"
#include "crawler/cli/output/output_file.h"
#include "crawler/cli/output/report_html.h"
#include "crawler/cli/output/table.h"
#include "crawler/cli/sitemap_only.h"
#include "storage/reports/report.h"

namespace crawld::cli {
namespace {

using storage::ReportSection;

class Rows final : public storage::QueryRows {
 public:
  void columns(std::span<const std::string_view> names) override {
    names_.assign(names.begin(), names.end());
  }
  bool row(std::span<const storage::Value> values) override {
    std::vector<std::string> text;
    json_ += json_.empty() ? "{" : ",{";
    for (std::size_t i = 0; i < values.size(); ++i) {
      text.push_back(value_text(values[i]));
      json_ += (i > 0 ? "," : "") + base::json_string(names_[i]) + ":" + value_json(values[i]);
    }
    json_ += "}";
    rows_.push_back(std::move(text));
    return true;
  }

  ReportTable table(const ReportSection& section) && {
    return {std::string(section.title), section.bar, std::move(names_), std::move(rows_)};
  }
  std::string json() const { return "[" + json_ + "]"; }

 private:
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> rows_;
  std::string json_;
};

// What SQL tells, and what takes the crawler's rules.
std::vector<ReportSection> sections() {
  std::vector<ReportSection> all;
  for (const ReportSection& section : storage::report_sections()) {
    all.push_back(section);
    if (section.name == kBrokenLinks) all.back().walk = report_broken_links;
    if (section.name == "orphans") all.push_back(kSitemapOnly);
  }
  return all;
}

base::Status print_text(storage::Database& reader) {
  for (const ReportSection& section : sections()) {
    std::printf("%s\n", std::string(section.title).c_str());
    Table table(TableForm::text, Formulas::kept);
    if (auto done = storage::report_section(reader, section, table); !done) return done;
    table.finish();
    std::puts("");
  }
  return base::Done{};
}

base::Status print_json(storage::Database& reader) {
  std::string out;
  for (const ReportSection& section : sections()) {
    Rows rows;
    if (auto done = storage::report_section(reader, section, rows); !done) return done;
    out += (out.empty() ? "{" : ",") + base::json_string(section.name) + ":" + rows.json();
  }
  std::puts(without_raw_controls(out + "}").c_str());
  return base::Done{};
}

// The columns of the sections differ, so each cell is a row.
class Cells final : public storage::QueryRows {
 public:
  Cells(std::string_view section, Table& table) : section_(section), table_(table) {}
  void columns(std::span<const std::string_view> names) override {
    names_.assign(names.begin(), names.end());
  }
  bool row(std::span<const storage::Value> values) override {
    ++row_;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const storage::Value cell[] = {section_, row_, std::string_view(names_[i]), values[i]};
      if (!table_.row(cell)) return false;
    }
    return true;
  }

 private:
  const std::string_view section_;
  Table& table_;
  std::vector<std::string> names_;
  std::int64_t row_ = 0;
};

base::Status print_csv(storage::Database& reader) {
  Table table(TableForm::csv, Formulas::kept);
  constexpr std::string_view kNames[] = {"section", "row", "column", "value"};
  table.columns(kNames);
  for (const ReportSection& section : sections()) {
    Cells cells(section.name, table);
    if (auto done = storage::report_section(reader, section, cells); !done) return done;
  }
  table.finish();
  return base::Done{};
}

base::Status write_html(storage::Database& reader, const std::string& file) {
  std::vector<ReportTable> tables;
  for (const ReportSection& section : sections()) {
    Rows rows;
    if (auto done = storage::report_section(reader, section, rows); !done) return done;
    tables.push_back(std::move(rows).table(section));
  }
  auto output = OutputFile::open(file);
  if (!output) return std::move(output).error();
  output->write(report_html(reader.path(), base::to_iso8601(base::SystemClock().wall()), tables));
  return output->finish();
}

}  // namespace

int report_command(const Arguments& arguments) {
  std::string database;
  std::string html;
  bool json = false;
  bool csv = false;
  CLI::App app("A crawl in figures: outcomes, broken links, duplicates, coverage.", "report");
  add_database_option(app, database);
  auto* as_html = app.add_option("--html", html, "write one self-contained HTML file");
  auto* as_json = app.add_flag("--json", json, "one JSON object, a list of rows a section");
  as_json->excludes(as_html);
  auto* as_csv = app.add_flag("--csv", csv, "CSV with a header (RFC 4180), a row a cell");
  as_csv->excludes(as_html)->excludes(as_json);
  if (const auto code = parse_options(app, arguments)) return *code;
  auto reader = open_database(database);
  if (!reader) return complain(reader.error().message, exit_code(reader.error()));
  // The reports are views, which an older database does not have.
  if (const auto code = refuse_schema_before(**reader, storage::migrations().back().version)) {
    return *code;
  }
  const base::Status done = !html.empty() ? write_html(**reader, html)
                            : json        ? print_json(**reader)
                            : csv         ? print_csv(**reader)
                                          : print_text(**reader);
  if (!done) return complain(done.error().message, exit_code(done.error()));
  return kFinished;
}

}  // namespace crawld::cli
