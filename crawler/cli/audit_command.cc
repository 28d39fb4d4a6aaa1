// crawld audit: do the books balance?
#include <cstdio>

#include "crawler/base/escape.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/output/table.h"
#include "storage/reports/audit.h"

namespace crawld::cli {
namespace {

using storage::AuditCheck;

std::string check_json(const AuditCheck& check) {
  return "{\"check\":" + base::json_string(check.name) +
         ",\"ok\":" + (check.wrong == 0 ? "true" : "false") +
         ",\"seen\":" + std::to_string(check.seen) + ",\"wrong\":" + std::to_string(check.wrong) +
         ",\"example\":" + (check.example.empty() ? "null" : base::json_string(check.example)) +
         "}";
}

void print_table(const std::vector<AuditCheck>& checks, TableForm form) {
  Table table(form, Formulas::kept);
  constexpr std::string_view kNames[] = {"", "check", "seen", "wrong", "example"};
  constexpr std::string_view kCsvNames[] = {"ok", "check", "seen", "wrong", "example"};
  const bool csv = form == TableForm::csv;
  table.columns(csv ? kCsvNames : kNames);
  for (const AuditCheck& check : checks) {
    const bool ok = check.wrong == 0;
    const std::string_view verdict = csv ? (ok ? "1" : "0") : (ok ? "ok" : "WRONG");
    const storage::Value cells[] = {
        verdict, std::string_view(check.name), static_cast<std::int64_t>(check.seen),
        static_cast<std::int64_t>(check.wrong), std::string_view(check.example)};
    if (!table.row(cells)) break;
  }
  table.finish();
}

}  // namespace

int audit_command(const Arguments& arguments) {
  std::string database;
  bool json = false;
  bool csv = false;
  CLI::App app("Check that the books balance; exit code 1 when they do not.", "audit");
  add_database_option(app, database);
  auto* as_json = app.add_flag("--json", json, "one JSON object a check");
  app.add_flag("--csv", csv, "CSV with a header (RFC 4180)")->excludes(as_json);
  if (const auto code = parse_options(app, arguments)) return *code;
  auto reader = open_database(database);
  if (!reader) return complain(reader.error().message, exit_code(reader.error()));
  const auto checks = storage::audit(**reader);
  if (!checks) return complain(checks.error().message, exit_code(checks.error()));
  std::size_t failed = 0;
  for (const AuditCheck& check : *checks) {
    failed += check.wrong != 0;
    if (json) std::puts(check_json(check).c_str());
  }
  if (!json) print_table(*checks, csv ? TableForm::csv : TableForm::text);
  if (failed == 0) return kFinished;
  return complain("the books do not balance: " + std::to_string(failed) + " of " +
                      std::to_string(checks->size()) + " checks failed",
                  kError);
}

}  // namespace crawld::cli
