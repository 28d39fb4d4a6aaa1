#include "crawler/cli/import_source.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace crawld::cli {
namespace {

using base::Error;

constexpr int kLookUp = 200;  // ms between two looks at the signals
constexpr std::string_view kWarc = "WARC/";
constexpr std::string_view kGzip = "\x1f\x8b";

}  // namespace

base::Result<ImportSource> ImportSource::open(const std::string& path, StopSignals& signals) {
  if (path == "-") {
    return ImportSource(base::Fd(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)), "standard input",
                        signals);
  }
  base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.open()) {
    const auto code = errno == ENOENT ? Error::Code::not_found : Error::Code::io;
    return Error{code, "cannot read " + path + ": " + std::strerror(errno)};
  }
  return ImportSource(std::move(fd), path.substr(path.rfind('/') + 1), signals);
}

base::Result<ImportFormat> ImportSource::guess() {
  while (peeked_.size() < kWarc.size()) {
    char bytes[8];
    std::string before = std::exchange(peeked_, {});
    const auto count = read(bytes);
    peeked_ = std::move(before);
    if (!count) return Error(count.error());
    if (*count == 0) break;
    peeked_.append(bytes, *count);
  }
  const bool warc = peeked_.starts_with(kGzip) || peeked_.starts_with(kWarc);
  return warc ? ImportFormat::warc : ImportFormat::urls;
}

base::Result<std::size_t> ImportSource::read(std::span<char> into) {
  if (!peeked_.empty()) {
    const std::size_t count = std::min(into.size(), peeked_.size());
    std::copy_n(peeked_.begin(), count, into.begin());
    peeked_.erase(0, count);
    return count;
  }
  while (!signals_->asked()) {
    pollfd wait{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    if (poll(&wait, 1, kLookUp) == 0) continue;
    const ssize_t count = ::read(fd_.get(), into.data(), into.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR && errno != EAGAIN) {
      return Error{Error::Code::io, "cannot read " + name_ + ": " + std::strerror(errno)};
    }
  }
  return std::size_t{0};
}

}  // namespace crawld::cli
