#include "crawler/cli/output/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "crawler/base/fd.h"

namespace crawld::cli {
namespace {

using base::Error;

Error write_error(const std::string& path, int error) {
  const auto code = error == ENOSPC || error == EDQUOT ? Error::Code::disk_full : Error::Code::io;
  return {code, "cannot write " + path + ": " + std::strerror(error)};
}

// A pipe or a device, /dev/stdout among them: a file renamed to its name would take its place.
bool is_device(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && !S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode);
}

// Where a symbolic link leads, there or not, as it is for a shell's ">"; any other path is itself,
// and so is one that leads in a circle.
std::string behind_links(const std::string& path) {
  constexpr int kMostLinks = 40;  // as the kernel follows
  namespace fs = std::filesystem;
  fs::path at = path;
  for (int i = 0; i < kMostLinks; ++i) {
    std::error_code no_link;
    const fs::path target = fs::read_symlink(at, no_link);
    if (no_link) return at.string();
    at = at.parent_path() / target;  // an absolute target replaces it
  }
  return path;
}

bool is_database(const std::string& path) {
  constexpr std::string_view kMagic = "SQLite format 3";  // https://sqlite.org/fileformat2.html 1.3
  const base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  char head[kMagic.size()];
  return fd.open() && ::read(fd.get(), head, sizeof head) == static_cast<ssize_t>(sizeof head) &&
         std::string_view(head, sizeof head) == kMagic;
}

}  // namespace

std::string database_at(const std::string& path) {
  if (is_database(path)) return path;
  for (const std::string_view ending : {"-wal", "-shm", "-journal", ".lock"}) {
    if (!path.ends_with(ending)) continue;
    std::string database = path.substr(0, path.size() - ending.size());
    if (is_database(database)) return database;
  }
  return {};
}

base::Result<OutputFile> OutputFile::open(const std::string& path) {
  if (path.empty() || path == "-") return OutputFile("", stdout);
  const bool in_place = is_device(path);
  OutputFile output(in_place ? path : behind_links(path), nullptr);
  output.in_place_ = in_place;
  std::error_code no_file;
  if (std::filesystem::is_directory(output.path_, no_file)) return write_error(path, EISDIR);
  const std::string database = in_place ? "" : database_at(output.path_);
  if (!database.empty()) {
    return Error{Error::Code::invalid,
                 "cannot write " + path + ": " + database + " is a database; name another file"};
  }
  const std::string target = in_place ? path : output.part();
  const int kept = in_place ? 0 : O_NOFOLLOW;
  const int fd = ::open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | kept, 0644);
  if (fd < 0 && errno == ELOOP) {
    return Error{Error::Code::io, "cannot write " + target + ": it is a link; remove it"};
  }
  if (fd < 0) return write_error(target, errno);
  output.file_ = fdopen(fd, "wb");
  return output;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, nullptr)),
      error_(other.error_),
      in_place_(other.in_place_) {}

OutputFile::~OutputFile() {
  if (file_ != nullptr && file_ != stdout) discard();
}

bool OutputFile::write(std::string_view bytes) {
  if (error_ != 0) return false;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) error_ = errno;
  return error_ == 0;
}

bool OutputFile::patch(std::uint64_t offset, std::string_view bytes) {
  assert(can_patch());
  if (error_ == 0 && std::fflush(file_) != 0) error_ = errno;
  while (error_ == 0 && !bytes.empty()) {
    const ssize_t put =
        ::pwrite(fileno(file_), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) error_ = errno;
    if (put <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return error_ == 0;
}

base::Status OutputFile::settle() {
  if (error_ == 0 && std::fflush(file_) != 0) error_ = errno;
  if (path_.empty()) {
    if (error_ != 0) return write_error("standard output", error_);
    return base::Done{};
  }
  if (error_ == 0 && !in_place_ && fsync(fileno(file_)) != 0) error_ = errno;
  if (error_ == 0) return base::Done{};
  discard();
  return write_error(path_, error_);
}

base::Status OutputFile::finish() {
  if (auto done = settle(); !done || path_.empty()) return done;
  if (!in_place_ && std::rename(part().c_str(), path_.c_str()) != 0) error_ = errno;
  if (error_ == 0) {
    std::fclose(std::exchange(file_, nullptr));
    return base::Done{};
  }
  discard();
  return write_error(path_, error_);
}

// On a full disk it would keep from the crawl what others make free.
void OutputFile::discard() {
  std::fclose(std::exchange(file_, nullptr));
  if (!in_place_) ::unlink(part().c_str());
}

}  // namespace crawld::cli
