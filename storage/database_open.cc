// How a database is found, made, locked, identified and brought forward.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "storage/database.h"
#include "storage/file_use.h"
#include "storage/lock_file.h"
#include "storage/reports/file_check.h"
#include "storage/stray_log.h"

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

// The path with its directory resolved, so that the checks made here and SQLite
// speak of the same file. The last part is not followed.
std::string resolved(const std::string& path) {
  char* real = ::realpath(directory_of(path).c_str(), nullptr);
  if (real == nullptr) return path;
  std::string directory = real;
  ::free(real);
  const std::size_t slash = path.rfind('/');
  if (directory != "/") directory += '/';
  return directory + (slash == std::string::npos ? path : path.substr(slash + 1));
}

Error cannot_make(const std::string& path, int why) {
  const Code code = why == ENOSPC || why == EDQUOT                  ? Code::disk_full
                    : why == EACCES || why == EPERM || why == EROFS ? Code::invalid
                                                                    : Code::io;
  return {code, "cannot make " + path + ": " + std::strerror(why)};
}

// A view that feeds the full-text index bears a name that FTS5 keeps for itself. Such are refused
// on a defensive connection, but for the time of a migration.
class ReservedNames {
 public:
  explicit ReservedNames(sqlite3* db) : db_(db) {
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 0, nullptr);
  }
  ReservedNames(const ReservedNames&) = delete;
  ReservedNames& operator=(const ReservedNames&) = delete;
  ~ReservedNames() { sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr); }

 private:
  sqlite3* db_;
};

base::Status apply(Database& database, std::span<const Migration> schema, std::int64_t from) {
  const ReservedNames open(database.raw());
  for (const Migration& migration : schema) {
    if (migration.version <= from) continue;
    const std::string sql(migration.sql);
    if (auto done = database.execute(sql.c_str()); !done) return done;
    const std::string version = "PRAGMA user_version=" + std::to_string(migration.version);
    if (auto done = database.execute(version.c_str()); !done) return done;
  }
  return base::Done{};
}

Error in_plain_words(const std::string& path, Error error) {
  if (error.code != Code::busy) return error;
  return {Code::busy, path + " is locked by another program; close it there and try again (" +
                          error.message + ")"};
}

// Without its lock file a crawl keeps nobody out, but its file is open and not marked as stopped.
base::Status check_for_holder_without_lock(const std::string& path) {
  if (was_stopped_cleanly(path) || !is_open_elsewhere(path)) return base::Done{};
  return Error{Code::busy, path + " is in use by another program, perhaps a crawl whose " + path +
                               ".lock was removed; stop that program and try again"};
}

int over_time(void* deadline) {
  return std::chrono::steady_clock::now() >
         *static_cast<std::chrono::steady_clock::time_point*>(deadline);
}

}  // namespace

base::Result<std::unique_ptr<Database>> Database::open_writer(const std::string& path,
                                                              const OpenOptions& options) {
  return open_writer(path, options, migrations());
}

base::Result<std::unique_ptr<Database>> Database::open_writer(const std::string& path,
                                                              const OpenOptions& options,
                                                              std::span<const Migration> schema) {
  // Look first, lock second: a refused file gets no lock file beside it.
  const std::string real = resolved(path);
  if (auto kind = examine_file(real); !kind) return std::move(kind).error();
  if (auto may = check_for_writer(real); !may) return std::move(may).error();
  std::unique_ptr<Database> database(new Database(real, options));
  if (auto done = database->take_lock(); !done) return std::move(done).error();
  auto kind = examine_file(real);
  if (!kind) return std::move(kind).error();
  if (*kind == FileKind::absent) {
    if (auto done = database->create(schema); !done) return std::move(done).error();
  } else if (database->lock_.made) {
    if (auto alone = check_for_holder_without_lock(real); !alone) {
      give_back(std::move(database->lock_), real);
      return std::move(alone).error();
    }
  }
  auto done = database->lock_.log_in_use ? base::Done{} : set_aside_stray_log(real);
  if (done) done = database->connect(true);
  if (done) done = database->identify(schema);
  // A copy by VACUUM INTO, or out of a dump, keeps no log; all that watches the file counts on one.
  if (done) done = database->execute("PRAGMA journal_mode=WAL");
  if (done) done = database->check_after_crash();
  if (done) done = database->note_start();
  if (done) done = database->migrate(schema);
  if (done) done = database->file_.remember();
  if (!done) {
    // Not a clean stop of ours: leave the mark as it is.
    database->disconnect();
    return in_plain_words(real, std::move(done).error());
  }
  return database;
}

base::Result<std::unique_ptr<Database>> Database::open_reader(const std::string& path,
                                                              const OpenOptions& options) {
  const std::string real = resolved(path);
  auto kind = examine_file(real);
  if (!kind) return std::move(kind).error();
  if (*kind == FileKind::absent) {
    return Error{Code::not_found, "there is no crawl database " + path +
                                      "; run a crawl first, or name another file with --db"};
  }
  std::unique_ptr<Database> database(new Database(real, options));
  if (auto done = database->connect_reader(); !done) {
    return in_plain_words(real, std::move(done).error());
  }
  return database;
}

// A log wants two files beside the database, also for those who only read.
base::Status Database::connect_reader() {
  auto done = connect(false);
  if (done) done = identify(migrations());
  if (done) return done;
  const int why = db_ == nullptr ? SQLITE_OK : sqlite3_errcode(db_) & 0xFF;
  if (why != SQLITE_READONLY && why != SQLITE_CANTOPEN) return done;
  disconnect();
  if (!stands_without_log(path_)) {
    return Error{Code::invalid, "cannot read " + path_ + ": its log " + path_ +
                                    "-wal must be read with it, which takes a directory that this "
                                    "user can write; run as its owner, or copy both files"};
  }
  if (::faccessat(AT_FDCWD, directory_of(path_).c_str(), W_OK, AT_EACCESS) == 0) return done;
  without_log_ = true;
  if (done = connect(false); done) done = identify(migrations());
  return done;
}

base::Status Database::take_lock() {
  auto lock = lock_database(path_);
  if (!lock) return std::move(lock).error();
  lock_ = std::move(*lock);
  return base::Done{};
}

// Everything is made in `<db>.new` and renamed, so kill -9 leaves all or nothing: a half-made
// file needs no journal of its own, and is brought to the disk once, before it has its name.
base::Status Database::create(std::span<const Migration> schema) {
  const std::string fresh = path_ + ".new";
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) ::unlink((fresh + suffix).c_str());
  const base::Fd fd(
      ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.open()) return cannot_make(path_, errno);
  {
    Database made(fresh, options_);
    auto done = made.connect(true);
    if (done)
      done = made.execute(("PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY; PRAGMA page_size=" +
                           std::to_string(kPageBytes) +
                           "; PRAGMA application_id=" + std::to_string(kApplicationId))
                              .c_str());
    if (done) done = made.begin();
    if (done) done = apply(made, schema, 0);
    if (done) {
      done = made.execute(
          "INSERT INTO meta (key, value) VALUES ('clean', 1), ('horizon', 1), ('commits', 0), "
          "('database_id', lower(hex(randomblob(16))))");
    }
    if (done) done = made.commit();
    if (done) done = made.execute("PRAGMA journal_mode=WAL");
    if (done) done = made.checkpoint();
    made.writer_ = false;  // nothing to note at its end
    made.disconnect();
    if (!done) {
      for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
        ::unlink((fresh + suffix).c_str());
      }
      return done;
    }
  }
  for (const char* suffix : {"-wal", "-shm"}) ::unlink((fresh + suffix).c_str());
  for (const char* suffix : {"-wal", "-shm", "-journal"}) ::unlink((path_ + suffix).c_str());
  if (::fsync(fd.get()) != 0) return cannot_make(path_, errno);
  if (::rename(fresh.c_str(), path_.c_str()) != 0) return cannot_make(path_, errno);
  return sync_directory(directory_of(path_));
}

base::Status Database::identify(std::span<const Migration> schema) {
  auto application = number("PRAGMA application_id");
  if (!application) return std::move(application).error();
  auto version = number("PRAGMA user_version");
  if (!version) return std::move(version).error();
  const std::int64_t newest = schema.empty() ? 0 : schema.back().version;
  if (*application != kApplicationId) {
    return Error{Code::incompatible, path_ +
                                         " is a database of another program; it was left as "
                                         "it is. Name another file with --db"};
  }
  if (*version > newest) {
    return Error{Code::incompatible, path_ + " has schema version " + std::to_string(*version) +
                                         ", made by a newer crawld; this one reads up to " +
                                         std::to_string(newest) +
                                         ". It was left as it is; install the newer crawld"};
  }
  return base::Done{};
}

base::Status Database::migrate(std::span<const Migration> schema) {
  auto version = number("PRAGMA user_version");
  if (!version) return std::move(version).error();
  if (schema.empty() || *version == schema.back().version) return base::Done{};
  const std::string copy = path_ + ".v" + std::to_string(*version);
  ::unlink((copy + ".part").c_str());
  auto kept = Statement::prepare(db_, "VACUUM INTO ?1");
  if (!kept) return std::move(kept).error();
  const std::string part = copy + ".part";
  auto done = kept->text(1, part).run();
  if (done && ::rename(part.c_str(), copy.c_str()) != 0) done = cannot_make(copy, errno);
  if (!done) {
    ::unlink(part.c_str());
    return Error{done.error().code,
                 "cannot keep a copy of " + path_ +
                     " before the upgrade of its schema: " + done.error().message};
  }
  if (done = begin(); !done) return done;
  done = apply(*this, schema, *version);
  if (done) done = commit();
  if (!done) rollback();
  return done;
}

base::Status Database::check_after_crash() {
  struct stat log {};
  const bool log_left = ::lstat((path_ + "-wal").c_str(), &log) == 0 && log.st_size > 0;
  auto clean = number("SELECT value FROM meta WHERE key = 'clean'");
  if (!clean) return std::move(clean).error();
  was_clean_ = *clean == 1 && !log_left;
  if (was_clean_) return base::Done{};
  auto done = quick_check(options_.check_time);
  if (done || done.error().code != Code::corrupt) return done;
  return Error{Code::corrupt, path_ + " is damaged (" + done.error().message +
                                  "); nothing was written. Restore a backup, or run sqlite3 FILE "
                                  ".recover"};
}

// From here on the file itself says that it needs its log.
base::Status Database::note_start() {
  auto clean = number("SELECT value FROM meta WHERE key = 'clean'");
  if (!clean) return std::move(clean).error();
  if (*clean == 0 && !lock_.log_in_use) return base::Done{};
  if (auto done = execute("UPDATE meta SET value = 0 WHERE key = 'clean'"); !done) return done;
  const int rc = empty_log();
  const bool busy = (rc & 0xFF) == SQLITE_BUSY;
  if (rc == SQLITE_OK && !lock_.log_in_use) return base::Done{};
  if (rc == SQLITE_OK || busy) return note_log_in_use(lock_, busy);
  return database_error(db_, rc, "cannot empty the log of " + path_);
}

// Fails with what is damaged. A check that takes longer than `most` is given up, without a finding.
base::Status Database::quick_check(std::chrono::milliseconds most) {
  auto deadline = std::chrono::steady_clock::now() + most;
  sqlite3_progress_handler(db_, 10'000, over_time, &deadline);
  auto check = Statement::prepare(db_, "PRAGMA quick_check(1)");
  auto row = check ? check->step() : base::Result<bool>(check.error());
  const std::string verdict(row && *row ? check->text(0) : "");
  const bool ran_out = !row && sqlite3_extended_errcode(db_) == SQLITE_INTERRUPT;
  if (check) check->reset();
  sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  if (ran_out || verdict == "ok") return base::Done{};
  if (!row) return std::move(row).error();
  return Error{Code::corrupt, verdict};
}

}  // namespace crawld::storage
