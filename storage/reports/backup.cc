#include "storage/reports/backup.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "crawler/base/fd.h"
#include "storage/reports/file_check.h"

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

constexpr int kSlicePages = 2'000;

Error cannot_write(const std::string& path, int why) {
  const Code code = why == ENOSPC || why == EDQUOT ? Code::disk_full : Code::io;
  return {code, "cannot write " + path + ": " + std::strerror(why)};
}

void remove_part(const std::string& part) {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) ::unlink((part + suffix).c_str());
}

base::Status copy(sqlite3* from, sqlite3* to, const std::string& target,
                  const std::function<bool(const BackupProgress&)>& progress) {
  sqlite3_backup* job = sqlite3_backup_init(to, "main", from, "main");
  if (job == nullptr) return database_error(to, sqlite3_errcode(to), "cannot copy to " + target);
  int rc = SQLITE_OK;
  bool stopped = false;
  while (rc == SQLITE_OK && !stopped) {
    rc = sqlite3_backup_step(job, kSlicePages);
    const auto pages = static_cast<std::uint64_t>(sqlite3_backup_pagecount(job));
    const auto left = static_cast<std::uint64_t>(sqlite3_backup_remaining(job));
    if (progress) stopped = !progress({pages - left, pages});
  }
  const int finished = sqlite3_backup_finish(job);
  if (stopped && rc == SQLITE_OK) return Error{Code::invalid, "the backup was stopped"};
  if (rc != SQLITE_DONE) return database_error(to, rc, "cannot copy to " + target);
  if (finished != SQLITE_OK) return database_error(to, finished, "cannot copy to " + target);
  // The copy was not running: nothing of it is in doubt.
  const int marked =
      sqlite3_exec(to,
                   "PRAGMA journal_mode=DELETE; UPDATE meta SET value = 1 WHERE key = 'clean'; "
                   "PRAGMA journal_mode=WAL",
                   nullptr, nullptr, nullptr);
  if (marked != SQLITE_OK) return database_error(to, marked, "cannot finish " + target);
  return base::Done{};
}

base::Status copy_into(Database& reader, const std::string& part,
                       const std::function<bool(const BackupProgress&)>& progress) {
  sqlite3* to = nullptr;
  const int rc =
      sqlite3_open_v2(part.c_str(), &to,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  base::Status done = base::Done{};
  if (rc != SQLITE_OK) {
    done = database_error(to, rc, "cannot open " + part);
  } else {
    // One snapshot for all slices: the writer's commits would make the copy start again.
    done = reader.execute("BEGIN; SELECT count(*) FROM meta");
    if (done) done = copy(reader.raw(), to, part, progress);
    reader.rollback();
  }
  sqlite3_close_v2(to);
  return done;
}

}  // namespace

base::Status backup(Database& reader, const std::string& target,
                    const std::function<bool(const BackupProgress&)>& progress) {
  struct stat existing {};
  if (::lstat(target.c_str(), &existing) == 0) {
    return Error{Code::invalid, target + " exists already; name a new file"};
  }
  const std::string part = target + ".part";
  remove_part(part);
  const base::Fd fd(::open(part.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.open()) return cannot_write(part, errno);
  auto done = copy_into(reader, part, progress);
  if (done && ::fsync(fd.get()) != 0) done = cannot_write(part, errno);
  // link() and not rename(): it never replaces a file that came meanwhile.
  if (done && ::link(part.c_str(), target.c_str()) != 0) done = cannot_write(target, errno);
  remove_part(part);
  if (done) done = sync_directory(directory_of(target));
  return done;
}

}  // namespace crawld::storage
