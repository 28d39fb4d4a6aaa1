#include "storage/stray_log.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "crawler/base/fd.h"
#include "crawler/base/log.h"
#include "storage/database.h"
#include "storage/reports/file_check.h"
#include "storage/statement.h"

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

// A log of one frame at most: a writer was killed while it took its mark away, and nothing is lost.
constexpr off_t kMarkOnly = 32 + 24 + kPageBytes;

// What cannot be read is for those to judge who open it next.
bool stopped_cleanly_without_its_log(const std::string& path) {
  sqlite3* file = nullptr;
  const int rc =
      sqlite3_open_v2(uri_without_log(path).c_str(), &file,
                      SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
  bool clean = false;
  if (rc == SQLITE_OK) {
    auto mark = Statement::prepare(file, "SELECT value FROM meta WHERE key = 'clean'");
    if (mark) {
      const auto row = mark->step();
      clean = row && *row && mark->integer(0) == 1;
    }
  }
  sqlite3_close_v2(file);
  return clean;
}

// As long as a connection to a file with a log is open, SQLite keeps a read lock on these bytes of
// the file (https://sqlite.org/fileformat2.html#the_lock_byte_page, os_unix.c).
constexpr off_t kSharedBytesAt = 0x40000002;
constexpr off_t kSharedBytes = 510;

bool is_open_elsewhere(const std::string& path) {
  const base::Fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = kSharedBytesAt;
  lock.l_len = kSharedBytes;
  return file.open() && ::fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace

base::Status set_aside_stray_log(const std::string& path) {
  const std::string log = path + "-wal";
  struct stat status {};
  if (::lstat(log.c_str(), &status) != 0 || status.st_size == 0) return base::Done{};
  if (!stopped_cleanly_without_its_log(path)) return base::Done{};
  // Whoever has the file open goes on to write into that log, and its pages into the file.
  if (status.st_size > kMarkOnly && is_open_elsewhere(path)) {
    return Error{Code::busy, "it wrote to the database since the last crawl ended"};
  }
  const std::string aside = log + ".stray";
  if (::rename(log.c_str(), aside.c_str()) != 0) {
    return Error{Code::io, "cannot move " + log + ": " + std::strerror(errno)};
  }
  ::unlink((path + "-shm").c_str());
  if (status.st_size > kMarkOnly) {
    base::log::warn("store.stray_log",
                    {{"moved_to", aside},
                     {"why", "the database was put in the place of another one, whose log it is"}});
  }
  return sync_directory(directory_of(path));
}

}  // namespace crawld::storage
