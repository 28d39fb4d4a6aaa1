#include "crawler/cli/archive/import_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
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
constexpr std::string_view kZstd = "\x28\xb5\x2f\xfd";
constexpr std::string_view kZstdDictionary = "\x5d\x2a\x4d\x18";
constexpr std::string_view kZip = "PK\x03\x04";
constexpr std::string_view kArc = "filedesc:";  // what came before WARC

Error cannot_read(const std::string& path, int why) {
  const auto code = why == ENOENT ? Error::Code::not_found : Error::Code::io;
  return {code, "cannot read " + path + ": " + std::strerror(why)};
}

}  // namespace

base::Status ImportSource::check(const std::string& path) {
  if (path == "-") return base::Done{};
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return cannot_read(path, errno);
  if (S_ISDIR(facts.st_mode)) return cannot_read(path, EISDIR);
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) return cannot_read(path, errno);
  return base::Done{};
}

base::Result<ImportSource> ImportSource::open(const std::string& path, StopSignals& signals) {
  if (path == "-") {
    return ImportSource(base::Fd(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)), "standard input",
                        signals);
  }
  // A named pipe that nobody writes to yet is waited for where signals are looked at: in read().
  base::Fd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd.open()) return cannot_read(path, errno);
  return ImportSource(std::move(fd), path.substr(path.rfind('/') + 1), signals);
}

base::Result<ImportFormat> ImportSource::guess() {
  while (peeked_.size() < kArc.size()) {
    char bytes[16];
    std::string before = std::exchange(peeked_, {});
    const auto count = read(bytes);
    peeked_ = std::move(before);
    if (!count) return Error(count.error());
    if (*count == 0) break;
    peeked_.append(bytes, *count);
  }
  if (peeked_.starts_with(kZip)) return ImportFormat::wacz;
  if (peeked_.starts_with(kArc)) {
    return Error{Error::Code::invalid,
                 name_ + ": an ARC file; make a WARC file of it (warcio recompress)"};
  }
  for (const std::string_view front : {kWarc, kGzip, kZstd, kZstdDictionary}) {
    if (peeked_.starts_with(front)) return ImportFormat::warc;
  }
  return ImportFormat::urls;
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

base::Result<std::size_t> ImportSource::read_at(std::uint64_t offset, std::span<char> into) {
  while (!signals_->asked()) {
    const ssize_t count = ::pread(fd_.get(), into.data(), into.size(), static_cast<off_t>(offset));
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) {
      return Error{Error::Code::io, "cannot read " + name_ + ": " + std::strerror(errno)};
    }
  }
  return std::size_t{0};
}

base::Result<std::uint64_t> ImportSource::size() const {
  struct stat facts {};
  if (::fstat(fd_.get(), &facts) != 0) {
    return Error{Error::Code::io, "cannot read " + name_ + ": " + std::strerror(errno)};
  }
  if (S_ISREG(facts.st_mode)) return static_cast<std::uint64_t>(facts.st_size);
  return Error{Error::Code::invalid,
               "a WACZ package is read from its end, which a pipe does not show; name a file"};
}

}  // namespace crawld::cli
