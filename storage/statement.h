// A prepared statement: bind, step, read, reset.
//
// Text and blobs are bound without a copy: they must outlive the step. What
// text() and blob() return lives until the next step or reset. Only storage/
// includes this.
// Threads: those of its connection, one at a time.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "crawler/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace crawld::storage {

// The Error for what `db` last reported: disk_full, busy, corrupt, incompatible,
// invalid (will not get better by itself: read-only) or io, with `doing` in front.
base::Error database_error(sqlite3* db, int code, std::string_view doing);

// Ids and hashes are unsigned, and SQLite has no such integers: the same 64 bits.
inline std::int64_t as_integer(std::uint64_t bits) { return static_cast<std::int64_t>(bits); }

class Statement {
 public:
  Statement() = default;
  static base::Result<Statement> prepare(sqlite3* db, std::string_view sql);
  Statement(Statement&& other) noexcept
      : db_(other.db_), statement_(std::exchange(other.statement_, nullptr)) {}
  Statement& operator=(Statement&& other) noexcept {
    std::swap(db_, other.db_);
    std::swap(statement_, other.statement_);
    return *this;
  }
  ~Statement();

  // Parameters count from 1. Each returns *this, so that a row reads as one chain.
  Statement& integer(int at, std::int64_t value);
  Statement& integer_or_null(int at, std::int64_t value);  // 0 becomes NULL
  Statement& text(int at, std::string_view value);
  Statement& text_or_null(int at, std::string_view value);  // "" becomes NULL
  Statement& blob(int at, std::string_view value);
  Statement& null(int at);

  // True: a row stands ready. False: done, and reset. On an error it is reset, too.
  base::Result<bool> step();
  // Steps to the end.
  base::Status run();
  void reset();

  // Columns count from 0.
  std::int64_t integer(int at) const;
  std::string_view text(int at) const;
  std::string_view blob(int at) const;
  bool is_null(int at) const;
  int columns() const;
  sqlite3_stmt* raw() const { return statement_; }

 private:
  sqlite3* db_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace crawld::storage
