// Read-only SQL for people: `crawld sql`.
//
// SQLite's authorizer refuses whatever is not a plain SELECT: no ATTACH, no PRAGMA
// that sets something, no writes, no extensions. The connection is a reader's. Beside SQLite's
// own there are the functions body() and answer_body(): see storage/reports/body_function.h.
//
// Threads: those of the connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crawler/base/result.h"
#include "storage/database.h"

namespace crawld::storage {

struct Blob {
  std::string_view bytes;
};
// Views live until the callback returns.
using Value = std::variant<std::monostate, std::int64_t, double, std::string_view, Blob>;

struct QueryOptions {
  std::chrono::milliseconds timeout{0};  // 0: none
};

class QueryRows {
 public:
  virtual ~QueryRows() = default;
  // Once, before the first row, also when there is none.
  virtual void columns(std::span<const std::string_view> names) = 0;
  // False: no more rows are wanted.
  virtual bool row(std::span<const Value> values) = 0;
};

// Errors: invalid (the SQL is wrong, or is not allowed: the message says which),
// busy (over the timeout), corrupt, io.
base::Status query(Database& reader, std::string_view sql, QueryRows& rows,
                   const QueryOptions& options = {});

}  // namespace crawld::storage
