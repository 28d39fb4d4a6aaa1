#include "crawler/cli/flags/database_option.h"

#include <unistd.h>

#include "CLI/CLI.hpp"
#include "crawler/base/escape.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/option_parser.h"

namespace crawld::cli {
namespace {

constexpr const char* kOneShot = "crawl.db";
constexpr const char* kDaemon = "/var/lib/crawld/crawl.db";

}  // namespace

void add_database_option(CLI::App& app, std::string& path) {
  app.add_option("--db", path,
                 "the crawl database (default ./crawl.db, else /var/lib/crawld/crawl.db)");
}

void add_unread_database_option(CLI::App& app) {
  app.add_option("--db", "taken as by every command; none is read here")->expected(1);
}

std::string database_path(const std::string& given) {
  if (!given.empty()) return given;
  if (access(kOneShot, F_OK) != 0 && access(kDaemon, F_OK) == 0) return kDaemon;
  return kOneShot;
}

base::Result<std::unique_ptr<storage::Database>> open_database(const std::string& given) {
  auto reader = storage::Database::open_reader(database_path(given));
  if (reader) return reader;
  // One line, also where the path has line ends.
  return base::Error{reader.error().code, base::printable(reader.error().message)};
}

std::optional<int> refuse_schema_before(storage::Database& reader, int version) {
  const auto stands = reader.number("PRAGMA user_version");
  if (!stands) return complain(stands.error().message, exit_code(stands.error()));
  if (*stands >= version) return std::nullopt;
  return complain(reader.path() +
                      " was made by an older crawld; the next crawl into it brings it "
                      "forward, and so does: crawld import --db " +
                      reader.path() + " /dev/null",
                  kError);
}

}  // namespace crawld::cli
