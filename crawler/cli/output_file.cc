#include "crawler/cli/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace crawld::cli {
namespace {

using base::Error;

Error write_error(const std::string& path, int error) {
  const auto code = error == ENOSPC || error == EDQUOT ? Error::Code::disk_full : Error::Code::io;
  return {code, "cannot write " + path + ": " + std::strerror(error)};
}

}  // namespace

base::Result<OutputFile> OutputFile::open(const std::string& path) {
  if (path.empty() || path == "-") return OutputFile("", stdout);
  OutputFile output(path, nullptr);
  const int fd = ::open(output.part().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return write_error(output.part(), errno);
  output.file_ = fdopen(fd, "wb");
  return output;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, nullptr)),
      error_(other.error_) {}

OutputFile::~OutputFile() {
  if (file_ != nullptr && file_ != stdout) std::fclose(file_);
}

bool OutputFile::write(std::string_view bytes) {
  if (error_ != 0) return false;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) error_ = errno;
  return error_ == 0;
}

base::Status OutputFile::finish() {
  if (error_ == 0 && std::fflush(file_) != 0) error_ = errno;
  if (path_.empty()) {
    if (error_ != 0) return write_error("standard output", error_);
    return base::Done{};
  }
  if (error_ == 0 && fsync(fileno(file_)) != 0) error_ = errno;
  std::fclose(std::exchange(file_, nullptr));
  if (error_ == 0 && std::rename(part().c_str(), path_.c_str()) != 0) error_ = errno;
  if (error_ != 0) return write_error(path_, error_);
  return base::Done{};
}

}  // namespace crawld::cli
