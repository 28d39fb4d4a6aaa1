#include "crawler/daemon/socket_file.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "config/addresses.h"

namespace crawld::daemon {
namespace {

using base::Error;
using base::Status;

constexpr int kBacklog = 16;

base::Fd new_socket() {
  return base::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

const sockaddr* general(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

// Removes what is at the name, where nobody listens at it.
Status make_way(const std::string& path, const sockaddr_un& address) {
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) != 0) return base::Done{};  // bind() says what else is wrong
  if (!S_ISSOCK(facts.st_mode)) return Error{Error::Code::invalid, "it is no socket"};
  const base::Fd probe = new_socket();
  // Somebody whose queue is full (EAGAIN) listens, too.
  if (::connect(probe.get(), general(address), sizeof(address)) == 0 || errno == EAGAIN) {
    return Error{Error::Code::busy, "another process listens there"};
  }
  if (errno == ENOENT) return base::Done{};
  if (errno != ECONNREFUSED) return Error{Error::Code::io, std::strerror(errno)};
  ::unlink(path.c_str());
  return base::Done{};
}

}  // namespace

base::Result<SocketFile> SocketFile::listen(const std::string& path, mode_t mode) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (!config::is_socket_path(path)) {
    return Error{Error::Code::invalid, "too long for a socket's name"};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  if (Status way = make_way(path, address); !way) return std::move(way).error();
  SocketFile made;
  made.listener_ = new_socket();
  const mode_t before = ::umask(0777 & ~mode);
  const bool bound = ::bind(made.listener_.get(), general(address), sizeof(address)) == 0;
  const int why = errno;
  ::umask(before);
  if (!bound) return Error{Error::Code::io, std::strerror(why)};
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) == 0) {
    made.path_ = path;
    made.device_ = facts.st_dev;
    made.inode_ = facts.st_ino;
  }
  if (::listen(made.listener_.get(), kBacklog) != 0) {
    return Error{Error::Code::io, std::strerror(errno)};
  }
  return made;
}

SocketFile& SocketFile::operator=(SocketFile&& other) noexcept {
  if (this == &other) return *this;
  leave();
  path_ = std::move(other.path_);
  listener_ = std::move(other.listener_);
  device_ = other.device_;
  inode_ = other.inode_;
  return *this;
}

void SocketFile::leave() {
  if (!listener_.open()) return;
  struct stat facts {};
  const bool ours =
      ::lstat(path_.c_str(), &facts) == 0 && facts.st_dev == device_ && facts.st_ino == inode_;
  if (ours) ::unlink(path_.c_str());
  listener_.reset();
}

}  // namespace crawld::daemon
