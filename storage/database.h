// One SQLite connection to a crawl database: the writer, or a reader.
//
// There is one writer; it alone checkpoints. It holds `<db>.lock` (flock) for its
// life, so a second start is refused at once with the holder's pid, and a file
// left behind by kill -9 never blocks. Readers open read-only, never checkpoint,
// and never keep a log from being reset longer than their statements run. What they sort, and is
// much, stands in files of TMPDIR meanwhile.
//
// A database is made under another name and moved into place when complete, so a
// file at the path is always whole. What is no crawl database is left untouched.
//
// Threads: one at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "crawler/base/result.h"
#include "storage/file_watch.h"
#include "storage/lock_file.h"
#include "storage/statement.h"

struct sqlite3;

namespace crawld::storage {

// In the file's header: another program's database is told apart by it ("crwl").
inline constexpr std::int32_t kApplicationId = 0x6372776C;

// Of a new file. Rows of pages are long: twice SQLite's own size halves the writes to the
// log, and a URL that is settled alone still costs little.
inline constexpr int kPageBytes = 8'192;

enum class Durability : std::uint8_t {
  full,   // a commit is on the disk when it returns
  normal  // a power cut may lose the commits since the last checkpoint
};

struct Migration {
  int version;
  std::string_view name;
  std::string_view sql;
};
// The migrations of this build, rising from version 1.
std::span<const Migration> migrations();

struct OpenOptions {
  Durability durability = Durability::full;
  std::uint64_t cache_bytes = 8U << 20;        // page cache
  std::uint64_t checkpoint_bytes = 32U << 20;  // log size at which commits checkpoint
  std::uint64_t warn_log_bytes = 256U << 20;   // log size that is worth a warning
  std::chrono::milliseconds busy_timeout{30'000};
  std::chrono::milliseconds check_time{500};      // for quick_check after an unclean stop
  std::chrono::milliseconds recheck_time{5'000};  // for quick_check after a foreign write
};

class Database {
 public:
  // Makes the file where there is none, brings an older schema forward (after a
  // copy to `<db>.v<old>`), checks it after an unclean stop. Errors: busy (another
  // process, named), not_found (no such directory), incompatible (another program,
  // not SQLite, newer schema), corrupt, invalid (no permission, symlink), disk_full, io.
  static base::Result<std::unique_ptr<Database>> open_writer(const std::string& path,
                                                             const OpenOptions& options);
  // As above with other migrations, for tests of upgrades.
  static base::Result<std::unique_ptr<Database>> open_writer(const std::string& path,
                                                             const OpenOptions& options,
                                                             std::span<const Migration> schema);
  // A file in a directory that cannot be written is read as it stands, where it has no log.
  // Errors: not_found, incompatible, corrupt, invalid, busy (locked by another program).
  static base::Result<std::unique_ptr<Database>> open_reader(const std::string& path,
                                                             const OpenOptions& options = {});
  // A writer empties the log and notes a clean stop.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // `sql` is a string literal: the statement is kept under its address. An empty
  // statement, whose steps fail, where it cannot be prepared.
  base::Result<Statement*> statement(const char* sql);
  // Runs `sql` (a literal) to its end; `bind(Statement&)` sets the parameters.
  template <class Bind>
  base::Status run(const char* sql, Bind bind) {
    auto ready = statement(sql);
    if (!ready) return std::move(ready).error();
    bind(**ready);
    return (*ready)->run();
  }
  // As run(), and hands each row to `row(Statement&)`, which must not use `sql` again.
  template <class Bind, class Row>
  base::Status each(const char* sql, Bind bind, Row row) {
    auto ready = statement(sql);
    if (!ready) return std::move(ready).error();
    bind(**ready);
    while (true) {
      auto stands = (*ready)->step();
      if (!stands) return std::move(stands).error();
      if (!*stands) return base::Done{};
      row(**ready);
    }
  }
  // One or more statements without parameters and rows.
  base::Status execute(const char* sql);
  // The first column of the first row; `otherwise` when there is none.
  base::Result<std::int64_t> number(const char* sql, std::int64_t otherwise = 0);

  // Rows that the last INSERT, UPDATE or DELETE touched.
  int changed_rows() const;

  bool in_transaction() const;
  base::Status begin();
  base::Status commit();
  // Never fails for the caller: a transaction that SQLite ended already is ended.
  void rollback();

  // After commits, outside of a transaction: moves the log into the database when it
  // is large. A reader may hold it back; it is tried again on the next call.
  base::Status checkpoint_if_due();
  // Moves all of the log and empties the file, readers permitting.
  base::Status checkpoint();
  // As checkpoint(), but `busy` when a reader kept some of the log from being moved.
  base::Status checkpoint_all();
  std::uint64_t log_bytes() const;
  // True once per crossing of warn_log_bytes: some reader holds a snapshot.
  bool log_grew_too_large();

  // The path still names the file that was opened, its log is in place, and nobody else wrote
  // into the file: else it is looked over. Otherwise saves what it can into the database and
  // says what happened; a damaged file (corrupt) is left as it is, at the end too.
  base::Status verify_file();

  // Closes the connection and opens it anew: after an I/O error nothing that is
  // cached may be trusted. Statements of before are gone; the lock stays.
  base::Status reopen();

  const std::string& path() const { return path_; }
  sqlite3* raw() const { return db_; }
  bool was_clean() const { return was_clean_; }
  // Raised by reopen(): whoever keeps things derived from the database compares it.
  std::uint32_t generation() const { return generation_; }

 private:
  Database(std::string path, OpenOptions options)
      : path_(std::move(path)), options_(options), file_(path_) {}

  base::Status take_lock();
  base::Status create(std::span<const Migration> schema);
  base::Status connect(bool writer);
  base::Status connect_reader();
  base::Status identify(std::span<const Migration> schema);
  base::Status migrate(std::span<const Migration> schema);
  base::Status check_after_crash();
  base::Status note_start();
  int empty_log();  // SQLite's code: SQLITE_BUSY where readers keep some of it, after a short wait
  base::Status quick_check(std::chrono::milliseconds most);
  base::Status look_over();
  void disconnect();

  const std::string path_;
  const OpenOptions options_;
  DatabaseLock lock_;
  sqlite3* db_ = nullptr;
  bool writer_ = false;
  bool without_log_ = false;  // a reader of a file that nobody can be writing
  bool was_clean_ = true;
  bool warned_ = false;
  std::uint64_t log_frames_ = 0;
  std::uint32_t generation_ = 0;
  FileWatch file_;
  bool damaged_ = false;
  std::unordered_map<const char*, Statement> statements_;
};

}  // namespace crawld::storage
