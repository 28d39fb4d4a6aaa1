// crawld sql: read-only SQL over a crawl, also while it runs.

#include "crawler/base/escape.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/output/table.h"
#include "storage/reports/query.h"

namespace crawld::cli {

int sql_command(const Arguments& arguments) {
  std::string sql;
  std::string database;
  bool json = false;
  bool csv = false;
  bool csv_safe = false;
  std::uint32_t seconds = 0;
  CLI::App app("Read-only SQL over a crawl, also while it runs.", "sql");
  app.add_option("SQL", sql, "one SELECT; docs/sql.md tells the tables and views")->required();
  add_database_option(app, database);
  auto* as_json = app.add_flag("--json", json, "one JSON object a row");
  app.add_flag("--csv", csv, "CSV with a header (RFC 4180)")->excludes(as_json);
  app.add_flag("--csv-safe", csv_safe, "as --csv; cells that a spreadsheet would run are quoted");
  app.add_option("--timeout", seconds, "give up after so many seconds (default: never)");
  if (const auto code = parse_options(app, arguments)) return *code;
  if (sql.starts_with('.')) {
    return complain(
        "\"" + base::printable(sql.substr(0, 60)) +
            "\" is a word of the sqlite3 shell: sqlite3 -readonly FILE; here: SELECT name "
            "FROM sqlite_master",
        kUsage);
  }
  auto reader = open_database(database);
  if (!reader) return complain(reader.error().message, exit_code(reader.error()));
  const TableForm form = json              ? TableForm::json
                         : csv || csv_safe ? TableForm::csv
                                           : TableForm::text;
  Table table(form, csv_safe ? Formulas::quoted : Formulas::kept);
  const base::Status done =
      storage::query(**reader, sql, table, {.timeout = std::chrono::seconds(seconds)});
  table.finish();
  if (!done) return complain(done.error().message, exit_code(done.error()));
  return kFinished;
}

}  // namespace crawld::cli
