#include "storage/file_use.h"

#include <fcntl.h>
#include <sqlite3.h>

#include "crawler/base/fd.h"
#include "storage/reports/file_check.h"
#include "storage/statement.h"

namespace crawld::storage {
namespace {

// As long as a connection to a file with a log is open, SQLite keeps a read lock on these bytes of
// the file (https://sqlite.org/fileformat2.html#the_lock_byte_page, os_unix.c).
constexpr off_t kSharedBytesAt = 0x40000002;
constexpr off_t kSharedBytes = 510;

}  // namespace

bool was_stopped_cleanly(const std::string& path) {
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

bool is_open_elsewhere(const std::string& path) {
  const base::Fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = kSharedBytesAt;
  lock.l_len = kSharedBytes;
  return file.open() && ::fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace crawld::storage
