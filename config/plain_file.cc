#include "config/plain_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "crawler/base/fd.h"

namespace crawld::config {

using base::Error;

namespace {

Error unreadable(const std::string& path) {
  return {Error::Code::io, path + ": cannot be read: " + std::strerror(errno)};
}

Error too_large(const std::string& path, std::uint64_t most_bytes) {
  return {Error::Code::invalid,
          path + ": is larger than " + std::to_string(most_bytes >> 20) + " MiB"};
}

// To its end, which must come in time. Needs: `pipe` does not block.
base::Result<std::string> read_pipe(const base::Fd& pipe, const std::string& path,
                                    std::uint64_t most_bytes, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  std::string text;
  char buffer[16'384];
  while (true) {
    const ssize_t n = ::read(pipe.get(), buffer, sizeof(buffer));
    if (n == 0 && !text.empty()) return text;
    // Without a writer a FIFO is at its end at once.
    if (n == 0)
      return Error{Error::Code::invalid, path + ": is no regular file, and an empty pipe"};
    if (n > 0) text.append(buffer, static_cast<std::size_t>(n));
    if (text.size() > most_bytes) return too_large(path, most_bytes);
    if (n < 0 && errno != EAGAIN && errno != EINTR) return unreadable(path);
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return Error{Error::Code::invalid,
                   path +
                       ": is a pipe whose end did not come in time; write what comes out of it "
                       "to a file"};
    }
    pollfd waiting{pipe.get(), POLLIN, 0};
    (void)::poll(&waiting, 1, static_cast<int>(left.count()));
  }
}

}  // namespace

base::Result<std::string> read_plain_file(const std::string& path, std::uint64_t most_bytes,
                                          std::chrono::milliseconds patience) {
  // Not blocking: a FIFO without a writer must not hang the start.
  const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts {};
  if (!file.open() || fstat(file.get(), &facts) != 0) {
    return Error{Error::Code::not_found, path + ": cannot be read: " + std::strerror(errno)};
  }
  if (S_ISFIFO(facts.st_mode)) return read_pipe(file, path, most_bytes, patience);
  if (!S_ISREG(facts.st_mode)) return Error{Error::Code::invalid, path + ": is no regular file"};
  if (static_cast<std::uint64_t>(facts.st_size) > most_bytes) return too_large(path, most_bytes);
  std::string text(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::read(file.get(), text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return unreadable(path);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  text.resize(done);
  return text;
}

}  // namespace crawld::config
