#include "storage/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

std::string holder_of(int fd) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size() - 1, 0);
  std::string pid;
  for (ssize_t i = 0; i < size && text[i] >= '0' && text[i] <= '9'; ++i) pid += text[i];
  return pid.empty() ? "another process" : "process " + pid;
}

Error cannot_lock(const std::string& path, int why) {
  if (why == ELOOP) {
    return {Code::invalid, "refused " + path + ": it is a symbolic link; remove it"};
  }
  if (why == ENOSPC || why == EDQUOT) {
    return {Code::disk_full, "cannot make " + path + ": the disk is full"};
  }
  if (why == EROFS) {
    return {Code::invalid,
            "cannot make " + path + ": the file system is read-only; name another file with --db"};
  }
  if (why == EACCES || why == EPERM) {
    return {Code::invalid, "cannot make " + path + ": permission denied; make the directory " +
                               "writable for this user, or name another file with --db"};
  }
  return {Code::io, "cannot make " + path + ": " + std::strerror(why)};
}

}  // namespace

base::Result<base::Fd> lock_database(const std::string& database_path) {
  const std::string path = database_path + ".lock";
  base::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (!fd.open()) return cannot_lock(path, errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot_lock(path, errno);
    return Error{Code::busy, database_path + " is in use by " + holder_of(fd.get()) +
                                 "; stop it, or name another file with --db"};
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  // The pid serves a message only, so a full disk does not stop us here.
  if (::ftruncate(fd.get(), 0) != 0 ||
      ::pwrite(fd.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return fd;
  }
  return fd;
}

}  // namespace crawld::storage
