#include "storage/database.h"

#include <sqlite3.h>

#include "storage/joined_log.h"
#include "storage/reports/file_check.h"
#include "storage/search/search_tokenizer.h"

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

constexpr std::uint64_t kFrameBytes = kPageBytes + 24;
// How long a large log may make a commit wait for readers to move on.
constexpr int kRestartWaitMillis = 100;

// SQLite's count of its memory takes a lock at each allocation, and nobody reads it. It has to be
// told before its first use.
[[maybe_unused]] const int kNoMemoryCount = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);

int count_frames(void* frames, sqlite3*, const char*, int count) {
  *static_cast<std::uint64_t*>(frames) = static_cast<std::uint64_t>(count);
  return SQLITE_OK;
}

}  // namespace

Database::~Database() {
  if (db_ == nullptr) return;
  if (writer_ && !damaged_ && sqlite3_get_autocommit(db_) != 0) {
    // Best effort: without it the next start looks the file over, and loses nothing. The mark
    // stands in the file only when nothing in the log is needed any more.
    if (empty_log() == SQLITE_OK && execute("UPDATE meta SET value = 1 WHERE key = 'clean'").ok() &&
        empty_log() == SQLITE_OK) {
      sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    }
  }
  disconnect();
}

void Database::disconnect() {
  statements_.clear();
  sqlite3_close_v2(db_);
  db_ = nullptr;
}

base::Result<Statement*> Database::statement(const char* sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return &found->second;
  auto made = Statement::prepare(db_, sql);
  if (!made) return std::move(made).error();
  return &statements_.emplace(sql, std::move(*made)).first->second;
}

base::Status Database::execute(const char* sql) {
  const int rc = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) return database_error(db_, sqlite3_extended_errcode(db_), path_);
  return base::Done{};
}

base::Result<std::int64_t> Database::number(const char* sql, std::int64_t otherwise) {
  auto made = Statement::prepare(db_, sql);
  if (!made) return std::move(made).error();
  auto row = made->step();
  if (!row) return std::move(row).error();
  return *row ? made->integer(0) : otherwise;
}

int Database::changed_rows() const { return sqlite3_changes(db_); }

bool Database::in_transaction() const { return db_ != nullptr && sqlite3_get_autocommit(db_) == 0; }

base::Status Database::begin() { return execute("BEGIN IMMEDIATE"); }
base::Status Database::commit() { return execute("COMMIT"); }
void Database::rollback() {
  if (in_transaction()) (void)execute("ROLLBACK");
}

std::uint64_t Database::log_bytes() const { return log_frames_ * kFrameBytes; }

base::Status Database::checkpoint_if_due() {
  if (log_bytes() < options_.checkpoint_bytes) return base::Done{};
  // Before our own write hides a foreign one; check() says what is wrong.
  if (file_.written_by_others() && !look_over()) return base::Done{};
  int rc = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (log_bytes() > 4 * options_.checkpoint_bytes) {
    // Readers that come and go can keep the log from being reset for ever: wait a little.
    rc = empty_log();
  }
  file_.remember_change();
  if (rc == SQLITE_OK || (rc & 0xFF) == SQLITE_BUSY) return base::Done{};
  return database_error(db_, sqlite3_extended_errcode(db_), "cannot empty the log of " + path_);
}

int Database::empty_log() {
  sqlite3_busy_timeout(db_, kRestartWaitMillis);
  const int rc =
      sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(db_, static_cast<int>(options_.busy_timeout.count()));
  if (rc == SQLITE_OK) log_frames_ = 0;
  file_.remember_change();
  return rc;
}

base::Status Database::checkpoint() {
  const int rc = empty_log();
  if (rc == SQLITE_OK || (rc & 0xFF) == SQLITE_BUSY) return base::Done{};
  return database_error(db_, sqlite3_extended_errcode(db_), "cannot empty the log of " + path_);
}

base::Status Database::checkpoint_all() {
  int frames = 0;
  int moved = 0;
  const int rc = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_FULL, &frames, &moved);
  file_.remember_change();
  if (rc == SQLITE_OK && frames == moved) return base::Done{};
  return database_error(db_, rc == SQLITE_OK ? SQLITE_BUSY : rc,
                        "cannot empty the log of " + path_);
}

bool Database::log_grew_too_large() {
  const bool large = log_bytes() > options_.warn_log_bytes;
  const bool news = large && !warned_;
  warned_ = large;
  return news;
}

// Through a connection of its own, whose cache is empty.
base::Status Database::look_over() {
  if (damaged_) {
    return Error{Code::corrupt, path_ + " was overwritten while in use; nothing more was written"};
  }
  file_.remember_change();
  Database fresh(path_, options_);
  auto done = fresh.connect(false);
  if (done) done = fresh.quick_check(options_.recheck_time);
  const bool broken =
      !done && (done.error().code == Code::corrupt || done.error().code == Code::incompatible);
  if (!broken) return base::Done{};
  damaged_ = true;
  return Error{Code::corrupt, path_ + " was overwritten while in use (" + done.error().message +
                                  "); nothing more was written. Its log " + path_ +
                                  "-wal holds the newest pages: keep both, then restore a backup "
                                  "or run sqlite3 FILE .recover"};
}

base::Status Database::verify_file() {
  if (!file_.is_there()) {
    return Error{Code::not_found,
                 path_ +
                     " was moved or deleted while in use; stop, and put it back together "
                     "with its -wal file before going on"};
  }
  if (damaged_ || file_.written_by_others()) {
    if (auto done = look_over(); !done) return done;
  }
  if (file_.log_is_there()) return base::Done{};
  // Our descriptor still reaches the removed log: save what it holds.
  const int rc = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_FULL, nullptr, nullptr);
  return Error{Code::not_found,
               path_ + "-wal was removed while in use; " +
                   (rc == SQLITE_OK ? "its pages were saved into the database, start again"
                                    : "the newest pages may be lost, start again")};
}

base::Status Database::reopen() {
  ++generation_;
  disconnect();
  if (auto done = connect(writer_); !done) return done;
  return file_.remember();
}

base::Status Database::connect(bool writer) {
  writer_ = writer;
  const int access = (writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
                     (without_log_ ? SQLITE_OPEN_URI : 0);
  const std::string name = without_log_ ? uri_without_log(path_) : path_;
  const int rc =
      sqlite3_open_v2(name.c_str(), &db_, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                      writer ? joined_log() : nullptr);
  if (rc != SQLITE_OK) {
    Error error = database_error(db_, rc, "cannot open " + path_);
    disconnect();
    return error;
  }
  sqlite3_busy_timeout(db_, static_cast<int>(options_.busy_timeout.count()));
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  const std::string pages = "PRAGMA cache_size=-" + std::to_string(options_.cache_bytes / 1024);
  if (auto done = execute(pages.c_str()); !done) return done;
  if (auto done = execute("PRAGMA mmap_size=0; PRAGMA cell_size_check=ON; "
                          "PRAGMA wal_autocheckpoint=0");
      !done) {
    return done;
  }
  // The writer sorts little and must not fail for want of a folder; a reader may be asked to sort
  // more than fits into memory.
  if (auto done = execute(writer ? "PRAGMA temp_store=MEMORY" : "PRAGMA temp_store=FILE"); !done) {
    return done;
  }
  if (auto done = install_search_tokenizer(db_); !done) return done;
  if (!writer) return execute("PRAGMA query_only=ON");
  log_frames_ = 0;
  sqlite3_wal_hook(db_, count_frames, &log_frames_);
  return execute(options_.durability == Durability::full
                     ? "PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864"
                     : "PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=67108864");
}

}  // namespace crawld::storage
