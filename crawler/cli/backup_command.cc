// crawld backup: a consistent copy, also while the crawl runs.
#include <unistd.h>

#include <cstdio>

#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/stop_signals.h"
#include "storage/reports/backup.h"

namespace crawld::cli {

int backup_command(const Arguments& arguments) {
  std::string database;
  std::string target;
  bool quiet = false;
  CLI::App app("Copy the database while the crawl runs; the copy is of one moment.", "backup");
  app.add_option("FILE", target, "where to; must not exist")->required();
  add_database_option(app, database);
  app.add_flag("-q,--quiet", quiet, "no progress");
  if (const auto code = parse_options(app, arguments)) return *code;
  StopSignals signals;
  auto reader = open_database(database);
  if (!reader) return complain(reader.error().message, exit_code(reader.error()));
  const bool show = !quiet && isatty(STDERR_FILENO) == 1;
  const base::Status done =
      storage::backup(**reader, target, [&](const storage::BackupProgress& progress) {
        if (show && progress.pages > 0) {
          std::fprintf(stderr, "\r%3d %%",
                       static_cast<int>(100 * progress.pages_done / progress.pages));
        }
        return !signals.asked();
      });
  if (show) std::fputs("\r     \r", stderr);
  if (signals.asked()) return complain("interrupted; no copy was made", kInterrupted);
  if (!done) return complain(done.error().message, exit_code(done.error()));
  return kFinished;
}

}  // namespace crawld::cli
