#include "storage/reports/file_check.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "crawler/base/fd.h"
#include "storage/database.h"

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

// The file format, section 1.3 of https://www.sqlite.org/fileformat2.html
constexpr std::string_view kMagic("SQLite format 3\0", 16);
constexpr std::size_t kHeaderSize = 100;
constexpr std::size_t kApplicationIdAt = 68;

std::int32_t big_endian(const unsigned char* bytes) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(bytes[0]) << 24 |
                                   static_cast<std::uint32_t>(bytes[1]) << 16 |
                                   static_cast<std::uint32_t>(bytes[2]) << 8 | bytes[3]);
}

bool has_content(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && status.st_size > 0;
}

base::Result<FileKind> examine_absent(const std::string& path) {
  struct stat directory {};
  const std::string parent = directory_of(path);
  if (::stat(parent.c_str(), &directory) != 0) {
    if (errno == ENOENT) {
      return Error{Code::not_found, "cannot open " + path + ": there is no directory " + parent +
                                        "; make it, or name another file with --db"};
    }
    return Error{Code::invalid, "cannot open " + path + ": " + std::strerror(errno)};
  }
  if (!S_ISDIR(directory.st_mode)) {
    return Error{Code::not_found, "cannot open " + path + ": " + parent + " is not a directory"};
  }
  // A log without its database may hold the newest pages of a file that was moved away.
  if (has_content(path + "-wal")) {
    return Error{Code::incompatible,
                 path + " is gone but its log " + path +
                     "-wal is still there; move the database back to it, or delete the log"};
  }
  return FileKind::absent;
}

Error cannot_open(const std::string& path, int why) {
  if (why == ELOOP) {
    return {Code::invalid,
            "refused " + path + ": it is a symbolic link; name the file itself with --db"};
  }
  if (why == EACCES || why == EPERM) {
    return {Code::invalid, "cannot open " + path + ": permission denied; run as its owner, or " +
                               "name another file with --db"};
  }
  return {Code::io, "cannot open " + path + ": " + std::strerror(why)};
}

bool read_by_sqlite(const std::string& path, std::array<unsigned char, kHeaderSize>& header) {
  sqlite3* db = nullptr;
  sqlite3_file* file = nullptr;
  const bool done =
      sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr) ==
          SQLITE_OK &&
      sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
      file->pMethods != nullptr &&
      file->pMethods->xRead(file, header.data(), static_cast<int>(header.size()), 0) == SQLITE_OK;
  sqlite3_close(db);
  return done;
}

base::Result<FileKind> examine_header(const std::string& path, const unsigned char* header,
                                      ssize_t size) {
  if (size < static_cast<ssize_t>(kHeaderSize) ||
      std::memcmp(header, kMagic.data(), kMagic.size()) != 0) {
    return Error{Code::incompatible,
                 path +
                     " is no SQLite database, or its header is damaged; it was left as it is. If "
                     "it was a crawl, restore a backup or run sqlite3 FILE .recover; otherwise "
                     "name another file with --db"};
  }
  if (big_endian(header + kApplicationIdAt) != kApplicationId) {
    return Error{Code::incompatible, path +
                                         " is a database of another program; it was left as it "
                                         "is. Name another file with --db"};
  }
  return FileKind::crawl;
}

}  // namespace

base::Status check_for_writer(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return base::Done{};
  if (status.st_nlink > 1) {
    return Error{Code::invalid,
                 "refused " + path +
                     ": it has another name, too (a hard link), and a crawl under that name would "
                     "destroy it; remove the other name, or copy the file (crawld backup) and name "
                     "the copy with --db"};
  }
  // A file system that is read-only says so when the lock is made.
  if (::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0 || errno == EROFS) {
    return base::Done{};
  }
  return Error{Code::invalid, "cannot write " + path + ": " + std::strerror(errno) +
                                  "; make it writable for this user, or name another file with "
                                  "--db"};
}

bool stands_without_log(const std::string& path) {
  struct stat log {};
  struct stat shared {};
  if (::lstat((path + "-wal").c_str(), &log) != 0) return errno == ENOENT;
  return log.st_size == 0 && ::lstat((path + "-shm").c_str(), &shared) != 0 && errno == ENOENT;
}

std::string uri_without_log(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      char code[4];
      std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned>(c));
      uri += code;
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

base::Status sync_directory(const std::string& directory) {
  const base::Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.open() || ::fsync(fd.get()) != 0) {
    return Error{Code::io, "cannot sync " + directory + ": " + std::strerror(errno)};
  }
  return base::Done{};
}

// A descriptor of our own would take all locks of this process off the file when it is closed
// (POSIX), and any program that reads it could then remove the log of a running crawl. So the
// file is looked at without one, and read by SQLite, which keeps count of its descriptors.
base::Result<FileKind> examine_file(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return examine_absent(path);
    return cannot_open(path, errno);
  }
  if (S_ISLNK(status.st_mode)) return cannot_open(path, ELOOP);
  if (!S_ISREG(status.st_mode)) {
    return Error{Code::invalid, "refused " + path + ": it is not a regular file"};
  }
  if (status.st_size == 0) return examine_absent(path);
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) return cannot_open(path, errno);
  std::array<unsigned char, kHeaderSize> header{};
  if (status.st_size >= static_cast<off_t>(kHeaderSize) && !read_by_sqlite(path, header)) {
    return cannot_open(path, EIO);
  }
  return examine_header(path, header.data(), static_cast<ssize_t>(status.st_size));
}

}  // namespace crawld::storage
