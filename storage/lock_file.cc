#include "storage/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

constexpr std::string_view kLogInUse = "log in use\n";

std::string content_of(int fd) {
  std::array<char, 64> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
  return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

std::string holder_of(int fd) {
  const std::string text = content_of(fd);
  const std::string pid = text.substr(0, text.find_first_not_of("0123456789"));
  return pid.empty() ? "another process" : "process " + pid;
}

bool write_holder(int fd, bool log_in_use) {
  std::string text = std::to_string(::getpid()) + "\n";
  if (log_in_use) text += kLogInUse;
  const auto size = static_cast<ssize_t>(text.size());
  return ::pwrite(fd, text.data(), text.size(), 0) == size && ::ftruncate(fd, size) == 0;
}

Error cannot_lock(const std::string& path, int why) {
  if (why == ELOOP) {
    return {Code::invalid, "refused " + path + ": it is a symbolic link; remove it"};
  }
  if (why == ENOSPC || why == EDQUOT) {
    return {Code::disk_full, "cannot make " + path + ": the disk is full"};
  }
  if (why == EROFS) {
    return {Code::invalid, "cannot make " + path +
                               ": the file system is read-only here (of a service, " +
                               "ReadWritePaths= opens a folder); name another file with --db"};
  }
  if (why == EACCES || why == EPERM) {
    return {Code::invalid, "cannot make " + path + ": permission denied; make the directory " +
                               "writable for this user, or name another file with --db"};
  }
  return {Code::io, "cannot make " + path + ": " + std::strerror(why)};
}

}  // namespace

base::Result<DatabaseLock> lock_database(const std::string& database_path) {
  const std::string path = database_path + ".lock";
  DatabaseLock lock{
      .file = base::Fd(
          ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600))};
  const int fd = lock.file.get();
  if (!lock.file.open()) return cannot_lock(path, errno);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot_lock(path, errno);
    return Error{Code::busy, database_path + " is in use by " + holder_of(fd) +
                                 "; stop it, or name another file with --db"};
  }
  const std::string found = content_of(fd);
  lock.log_in_use = found.ends_with(kLogInUse);
  lock.made = found.empty();
  // The pid serves a message only, so a full disk does not stop us here.
  (void)write_holder(fd, lock.log_in_use);
  return lock;
}

void give_back(DatabaseLock lock, const std::string& database_path) {
  if (lock.made) ::unlink((database_path + ".lock").c_str());
}

base::Status note_log_in_use(const DatabaseLock& lock, bool in_use) {
  if (write_holder(lock.file.get(), in_use) && ::fsync(lock.file.get()) == 0) return base::Done{};
  return Error{errno == ENOSPC ? Code::disk_full : Code::io,
               std::string("cannot write the lock file: ") + std::strerror(errno)};
}

}  // namespace crawld::storage
