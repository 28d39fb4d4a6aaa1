#include "crawler/cli/database_option.h"

#include <unistd.h>

#include "CLI/CLI.hpp"

namespace crawld::cli {
namespace {

constexpr const char* kOneShot = "crawl.db";
constexpr const char* kDaemon = "/var/lib/crawld/crawl.db";

}  // namespace

void add_database_option(CLI::App& app, std::string& path) {
  app.add_option("--db", path,
                 "the crawl database (default ./crawl.db, else /var/lib/crawld/crawl.db)");
}

std::string database_path(const std::string& given) {
  if (!given.empty()) return given;
  if (access(kOneShot, F_OK) != 0 && access(kDaemon, F_OK) == 0) return kDaemon;
  return kOneShot;
}

base::Result<std::unique_ptr<storage::Database>> open_database(const std::string& given) {
  return storage::Database::open_reader(database_path(given));
}

}  // namespace crawld::cli
