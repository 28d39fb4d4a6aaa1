#include "storage/statement.h"

#include <sqlite3.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <string>

namespace crawld::storage {
namespace {

using Code = base::Error::Code;

// What the system last said to one of the files of `db`, or 0.
int last_error(sqlite3* db, int which) {
  sqlite3_file* file = nullptr;
  int os = 0;
  if (sqlite3_file_control(db, "main", which, &file) != SQLITE_OK) return 0;
  if (file == nullptr || file->pMethods == nullptr) return 0;  // it is not open
  file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &os);
  return os;
}

// What the system said, or 0. Of a COMMIT only the file that failed knows: sqlite3_system_errno()
// is of another statement then. The log is asked first, since a commit writes nothing else.
int system_error(sqlite3* db, int code) {
  const int kind = code & 0xFF;
  if (db == nullptr || (kind != SQLITE_IOERR && kind != SQLITE_CANTOPEN)) return 0;
  int os = kind == SQLITE_IOERR ? last_error(db, SQLITE_FCNTL_JOURNAL_POINTER) : 0;
  if (os == 0 && kind == SQLITE_IOERR) os = last_error(db, SQLITE_FCNTL_FILE_POINTER);
  return os != 0 ? os : sqlite3_system_errno(db);
}

// What a caller may do about it. Extended codes tell apart what the primary does not.
Code code_of(int code, int os) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return Code::disk_full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Code::busy;
    case SQLITE_CORRUPT:
      return Code::corrupt;
    case SQLITE_NOTADB:
      return Code::incompatible;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Code::invalid;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      if (os == ENOSPC || os == EDQUOT) return Code::disk_full;
      if (os == EROFS) return Code::invalid;
      return Code::io;
    default:
      return Code::io;
  }
}

// SQLite's "disk I/O error" hides whether the disk is full, broken or read-only.
std::string what_the_system_said(int os) {
  if (os == 0) return {};
  std::string words = std::strerror(os);
  words.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(words.front())));
  return " (" + words + ")";
}

}  // namespace

base::Error database_error(sqlite3* db, int code, std::string_view doing) {
  const int os = system_error(db, code);
  const Code kind = code_of(code, os);
  std::string message(doing);
  message += ": ";
  message += db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db);
  message += what_the_system_said(os);
  if (os == EFBIG) message += "; the limit of file sizes (ulimit -f) keeps it from growing";
  // A reader writes nothing but what it sorts.
  if (kind == Code::disk_full && db != nullptr && sqlite3_db_readonly(db, "main") == 1) {
    message += "; TMPDIR names the folder of temporary files";
  }
  if (code == SQLITE_READONLY_DIRECTORY) {
    message += "; make its directory writable for this user, the log of the database stands there";
  }
  if (kind == Code::corrupt) {
    message += "; stop, keep the file, and restore a backup or run sqlite3 FILE .recover";
  }
  return {kind, std::move(message)};
}

namespace {

// The file, and what could not be done with it. A database in memory has none.
std::string doing(sqlite3* db, const char* what) {
  const char* file = sqlite3_db_filename(db, "main");
  return file == nullptr || *file == '\0' ? what : std::string(file) + ": " + what;
}

}  // namespace

base::Result<Statement> Statement::prepare(sqlite3* db, std::string_view sql) {
  Statement made;
  made.db_ = db;
  const int rc = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                                    SQLITE_PREPARE_PERSISTENT, &made.statement_, nullptr);
  if (rc != SQLITE_OK) return database_error(db, rc, doing(db, "cannot prepare a statement"));
  return made;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

// A bind can only fail on a wrong index or a value over SQLite's limits; the step
// after it then runs with NULL, which NOT NULL refuses.
Statement& Statement::integer(int at, std::int64_t value) {
  sqlite3_bind_int64(statement_, at, value);
  return *this;
}
Statement& Statement::integer_or_null(int at, std::int64_t value) {
  return value == 0 ? null(at) : integer(at, value);
}
Statement& Statement::text(int at, std::string_view value) {
  // An empty view may hold a null pointer, which SQLite would read as NULL.
  const char* data = value.data() == nullptr ? "" : value.data();
  sqlite3_bind_text64(statement_, at, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}
Statement& Statement::text_or_null(int at, std::string_view value) {
  return value.empty() ? null(at) : text(at, value);
}
Statement& Statement::blob(int at, std::string_view value) {
  const char* data = value.data() == nullptr ? "" : value.data();
  sqlite3_bind_blob64(statement_, at, data, value.size(), SQLITE_STATIC);
  return *this;
}
Statement& Statement::null(int at) {
  sqlite3_bind_null(statement_, at);
  return *this;
}

base::Result<bool> Statement::step() {
  const int rc = sqlite3_step(statement_);
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) {
    sqlite3_reset(statement_);
    return false;
  }
  base::Error error = database_error(db_, sqlite3_extended_errcode(db_),
                                     doing(db_, "the database refused a statement"));
  sqlite3_reset(statement_);
  return error;
}

base::Status Statement::run() {
  while (true) {
    auto row = step();
    if (!row) return std::move(row).error();
    if (!*row) return base::Done{};
  }
}

void Statement::reset() { sqlite3_reset(statement_); }

std::int64_t Statement::integer(int at) const { return sqlite3_column_int64(statement_, at); }
std::string_view Statement::text(int at) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, at));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, at))};
}
std::string_view Statement::blob(int at) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, at));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, at))};
}
bool Statement::is_null(int at) const { return sqlite3_column_type(statement_, at) == SQLITE_NULL; }
int Statement::columns() const { return sqlite3_column_count(statement_); }

}  // namespace crawld::storage
