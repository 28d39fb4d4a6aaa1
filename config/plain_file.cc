#include "config/plain_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "crawler/base/fd.h"

namespace crawld::config {

using base::Error;

base::Result<std::string> read_plain_file(const std::string& path, std::uint64_t most_bytes) {
  // Not blocking: a FIFO without a writer must not hang the start.
  const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts {};
  if (!file.open() || fstat(file.get(), &facts) != 0) {
    return Error{Error::Code::not_found, path + ": cannot be read: " + std::strerror(errno)};
  }
  if (!S_ISREG(facts.st_mode)) return Error{Error::Code::invalid, path + ": is no regular file"};
  if (static_cast<std::uint64_t>(facts.st_size) > most_bytes) {
    return Error{Error::Code::invalid,
                 path + ": is larger than " + std::to_string(most_bytes >> 20) + " MiB"};
  }
  std::string text(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::read(file.get(), text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Error{Error::Code::io, path + ": cannot be read: " + std::strerror(errno)};
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  text.resize(done);
  return text;
}

}  // namespace crawld::config
