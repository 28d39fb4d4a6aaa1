#include "storage/reports/query.h"

#include <sqlite3.h>

#include <algorithm>
#include <string>

#include "storage/reports/body_function.h"

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

// Pragmas that only tell something.
constexpr std::string_view kTellingPragmas[] = {
    "table_info",      "table_xinfo",   "table_list",     "index_list",
    "index_info",      "index_xinfo",   "page_count",     "freelist_count",
    "page_size",       "encoding",      "collation_list", "quick_check",
    "integrity_check", "function_list", "module_list",    "data_version"};

bool telling_pragma(const char* name, const char* argument) {
  if (name == nullptr) return false;
  const std::string_view pragma = name;
  const bool version = pragma == "user_version" || pragma == "application_id";
  if (version) return argument == nullptr;
  return std::find(std::begin(kTellingPragmas), std::end(kTellingPragmas), pragma) !=
         std::end(kTellingPragmas);
}

int authorize(void* refused, int action, const char* first, const char* second, const char*,
              const char*) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      if (second != nullptr && std::string_view(second) != "load_extension") return SQLITE_OK;
      break;
    case SQLITE_PRAGMA:
      if (telling_pragma(first, second)) return SQLITE_OK;
      break;
    default:
      break;
  }
  *static_cast<bool*>(refused) = true;
  return SQLITE_DENY;
}

Value value_at(sqlite3_stmt* statement, int at) {
  switch (sqlite3_column_type(statement, at)) {
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(statement, at));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, at);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, at));
      return std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, at)));
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, at));
      const int size = sqlite3_column_bytes(statement, at);
      return Blob{std::string_view(bytes == nullptr ? "" : bytes, static_cast<std::size_t>(size))};
    }
    default:
      return std::monostate{};
  }
}

int over_time(void* deadline) {
  return std::chrono::steady_clock::now() >
         *static_cast<std::chrono::steady_clock::time_point*>(deadline);
}

// The hooks of one query, taken off at its end.
class Watch {
 public:
  Watch(sqlite3* db, std::chrono::milliseconds timeout)
      : db_(db), deadline_(std::chrono::steady_clock::now() + timeout) {
    sqlite3_set_authorizer(db_, authorize, &refused_);
    if (timeout.count() > 0) sqlite3_progress_handler(db_, 1'000, over_time, &deadline_);
  }
  ~Watch() {
    sqlite3_set_authorizer(db_, nullptr, nullptr);
    sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  bool refused() const { return refused_; }

 private:
  sqlite3* db_;
  std::chrono::steady_clock::time_point deadline_;
  bool refused_ = false;
};

Error query_error(sqlite3* db, int rc) {
  if ((rc & 0xFF) == SQLITE_INTERRUPT) {
    return {Code::busy, "the query took too long; narrow it with WHERE or LIMIT"};
  }
  if ((rc & 0xFF) == SQLITE_ERROR) return {Code::invalid, sqlite3_errmsg(db)};
  return database_error(db, rc, "the query failed");
}

bool only_space(std::string_view rest) {
  return rest.find_first_not_of(" \t\r\n;") == std::string_view::npos;
}

base::Status walk(sqlite3* db, sqlite3_stmt* statement, QueryRows& rows) {
  const int count = sqlite3_column_count(statement);
  std::vector<std::string_view> names;
  names.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) names.emplace_back(sqlite3_column_name(statement, i));
  rows.columns(names);
  std::vector<Value> values(static_cast<std::size_t>(count));
  while (true) {
    const int rc = sqlite3_step(statement);
    if (rc == SQLITE_DONE) return base::Done{};
    if (rc != SQLITE_ROW) return query_error(db, sqlite3_extended_errcode(db));
    for (int i = 0; i < count; ++i) values[static_cast<std::size_t>(i)] = value_at(statement, i);
    if (!rows.row(values)) return base::Done{};
  }
}

// A virtual table writes its columns into the schema in memory when it is used first, which looks
// to the authorizer like a change of sqlite_master.
void open_virtual_tables(sqlite3* db) {
  const auto open = [db](const std::string& table) {
    sqlite3_stmt* statement = nullptr;
    const std::string sql = "SELECT 1 FROM " + table + " LIMIT 0";
    sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr);
    sqlite3_finalize(statement);  // an older database may have no search index
  };
  for (const char* table : {"search", "json_each", "json_tree"}) open(table);
  for (const std::string_view pragma : kTellingPragmas) open("pragma_" + std::string(pragma));
}

}  // namespace

base::Status query(Database& reader, std::string_view sql, QueryRows& rows,
                   const QueryOptions& options) {
  sqlite3* db = reader.raw();
  open_virtual_tables(db);
  if (auto defined = add_body_functions(reader); !defined) return defined;
  const Watch watch(db, options.timeout);
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int rc =
      sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement, &rest);
  base::Status done = base::Done{};
  if (rc != SQLITE_OK && watch.refused()) {
    done = Error{Code::invalid,
                 "only SELECT is allowed here; use sqlite3 on a copy (crawld "
                 "backup) to change things"};
  } else if (rc != SQLITE_OK) {
    done = query_error(db, rc);
  } else if (statement == nullptr) {
    done = Error{Code::invalid, "there is no statement in the query"};
  } else if (!only_space(std::string_view(
                 rest, static_cast<std::size_t>(sql.data() + sql.size() - rest)))) {
    done = Error{Code::invalid, "one statement at a time"};
  } else {
    done = walk(db, statement, rows);
  }
  sqlite3_finalize(statement);
  return done;
}

}  // namespace crawld::storage
