#include "storage/reports/backup.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "crawler/base/fd.h"
#include "storage/reports/file_check.h"

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

constexpr int kSlicePages = 2'000;
constexpr std::string_view kPartSuffix = ".crawld-part";
constexpr std::string_view kJournalSuffix = "-journal";  // the longest that SQLite puts behind it
constexpr time_t kLeftBehind = 3'600;  // seconds; a backup that goes on writes all the time

Error cannot_write(const std::string& path, int why) {
  const Code code = why == ENOSPC || why == EDQUOT ? Code::disk_full : Code::io;
  return {code, "cannot write " + path + ": " + std::strerror(why)};
}

// SQLite says of such a name that something is not there, or not at present.
base::Status check_length(const std::string& target, const std::string& part) {
  const std::string longest = part + std::string(kJournalSuffix);
  const std::size_t slash = longest.rfind('/');
  const std::size_t name = longest.size() - (slash == std::string::npos ? 0 : slash + 1);
  const long most = ::pathconf(directory_of(target).c_str(), _PC_NAME_MAX);
  if (most > 0 && name > static_cast<std::size_t>(most)) {
    return Error{Code::invalid, target +
                                    ": the name is too long: SQLite makes files of its own beside "
                                    "it; name a shorter one"};
  }
  std::error_code failed;
  const std::size_t path = std::filesystem::absolute(longest, failed).native().size();
  const int takes = ::sqlite3_vfs_find(nullptr)->mxPathname;
  if (path <= static_cast<std::size_t>(takes)) return base::Done{};
  return Error{Code::invalid, target + ": the path is too long: SQLite takes " +
                                  std::to_string(takes) +
                                  " bytes, with its own files; name a shorter one"};
}

void remove_part(const std::string& part) {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) ::unlink((part + suffix).c_str());
}

// Of backups that were killed. No lock tells who is at work: on NFS it would keep out SQLite's own.
// Where one that slept for so long finds its part gone, it fails, and no copy is wrong.
void clear_left_behind(const std::string& directory, time_t now) {
  std::error_code error;
  std::filesystem::directory_iterator end;
  for (std::filesystem::directory_iterator at(directory, error); !error && at != end;
       at.increment(error)) {
    const std::string path = at->path().string();
    if (!path.ends_with(kPartSuffix)) continue;
    struct stat part {};
    if (::lstat(path.c_str(), &part) != 0 || !S_ISREG(part.st_mode)) continue;
    if (part.st_mtime < now - kLeftBehind) remove_part(path);
  }
}

// By the clock of the disk, which may be another machine's.
time_t made_at(const base::Fd& file) {
  struct stat made {};
  return ::fstat(file.get(), &made) == 0 ? made.st_mtime : 0;
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
  // A name that no other backup has: of two at once each writes its own.
  std::string part = target + ".XXXXXX" + std::string(kPartSuffix);
  if (auto fits = check_length(target, part); !fits) return fits;
  const base::Fd fd(::mkostemps(part.data(), static_cast<int>(kPartSuffix.size()), O_CLOEXEC));
  if (!fd.open()) return cannot_write(target, errno);
  clear_left_behind(directory_of(target), made_at(fd));
  auto done = copy_into(reader, part, progress);
  if (done && ::fsync(fd.get()) != 0) done = cannot_write(part, errno);
  // link() and not rename(): it never replaces a file that came meanwhile.
  if (done && ::link(part.c_str(), target.c_str()) != 0) done = cannot_write(target, errno);
  remove_part(part);
  if (done) done = sync_directory(directory_of(target));
  return done;
}

}  // namespace crawld::storage
