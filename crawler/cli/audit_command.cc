// crawld audit: do the books balance?
#include <cstdio>

#include "crawler/base/escape.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/database_option.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/option_parser.h"
#include "storage/audit.h"

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

std::string check_text(const AuditCheck& check) {
  std::string line = (check.wrong == 0 ? "ok     " : "WRONG  ") + check.name + " (" +
                     std::to_string(check.seen) + " seen";
  if (check.wrong != 0) {
    line += ", " + std::to_string(check.wrong) + " wrong";
    if (!check.example.empty()) line += ", such as " + base::printable(check.example);
  }
  return line + ")";
}

}  // namespace

int audit_command(const Arguments& arguments) {
  std::string database;
  bool json = false;
  CLI::App app("Check that the books balance; exit code 1 when they do not.", "audit");
  add_database_option(app, database);
  app.add_flag("--json", json, "one JSON object a check");
  if (const auto code = parse_options(app, arguments)) return *code;
  auto reader = open_database(database);
  if (!reader) return complain(reader.error().message, exit_code(reader.error()));
  const auto checks = storage::audit(**reader);
  if (!checks) return complain(checks.error().message, exit_code(checks.error()));
  std::size_t failed = 0;
  for (const AuditCheck& check : *checks) {
    failed += check.wrong != 0;
    std::puts((json ? check_json(check) : check_text(check)).c_str());
  }
  if (failed == 0) return kFinished;
  return complain("the books do not balance: " + std::to_string(failed) + " of " +
                      std::to_string(checks->size()) + " checks failed",
                  kError);
}

}  // namespace crawld::cli
