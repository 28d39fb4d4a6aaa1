// `--db FILE`, the same for every command.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "crawler/base/result.h"
#include "storage/database.h"

namespace CLI {
class App;
}

namespace crawld::cli {

void add_database_option(CLI::App& app, std::string& path);

// For a command that reads no database, so that `--db FILE` may stand behind every command.
void add_unread_database_option(CLI::App& app);

// `given`, or where it is empty ./crawl.db, or where there is none the daemon's
// database if that exists.
std::string database_path(const std::string& given);

// A reader; it never disturbs a crawl that is running. Errors as Database::open_reader.
base::Result<std::unique_ptr<storage::Database>> open_database(const std::string& given);

// The first schemas that have `search_content` and `page_texts`.
inline constexpr int kSearchContent = 2;
inline constexpr int kPageTexts = 7;

// Says what brings a database of an older crawld forward, and gives the exit code, where its schema
// is older than `version`. For what only newer ones hold.
std::optional<int> refuse_schema_before(storage::Database& reader, int version);

}  // namespace crawld::cli
