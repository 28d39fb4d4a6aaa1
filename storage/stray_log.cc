#include "storage/stray_log.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "crawler/base/log.h"
#include "storage/database.h"
#include "storage/file_use.h"
#include "storage/reports/file_check.h"

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

// A log of one frame at most: a writer was killed while it took its mark away, and nothing is lost.
constexpr off_t kMarkOnly = 32 + 24 + kPageBytes;

}  // namespace

base::Status set_aside_stray_log(const std::string& path) {
  const std::string log = path + "-wal";
  struct stat status {};
  if (::lstat(log.c_str(), &status) != 0 || status.st_size == 0) return base::Done{};
  if (!was_stopped_cleanly(path)) return base::Done{};
  // Whoever has the file open goes on to write into that log, and its pages into the file.
  if (is_open_elsewhere(path)) {
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
