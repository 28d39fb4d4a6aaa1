#include "storage/file_watch.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace crawld::storage {

base::Status FileWatch::remember() {
  struct stat file {};
  struct stat log {};
  if (::lstat(path_.c_str(), &file) != 0) {
    return base::Error{base::Error::Code::not_found, path_ + ": " + std::strerror(errno)};
  }
  device_ = file.st_dev;
  inode_ = file.st_ino;
  changed_ = file.st_mtim;
  log_inode_ = ::lstat((path_ + "-wal").c_str(), &log) == 0 ? log.st_ino : 0;
  return base::Done{};
}

void FileWatch::remember_change() {
  struct stat file {};
  if (::lstat(path_.c_str(), &file) == 0) changed_ = file.st_mtim;
}

bool FileWatch::is_there() const {
  struct stat file {};
  return ::lstat(path_.c_str(), &file) == 0 && file.st_ino == inode_ && file.st_dev == device_;
}

bool FileWatch::log_is_there() const {
  struct stat log {};
  return ::lstat((path_ + "-wal").c_str(), &log) == 0 && log.st_ino == log_inode_;
}

bool FileWatch::written_by_others() const {
  struct stat file {};
  if (::lstat(path_.c_str(), &file) != 0) return false;
  return file.st_mtim.tv_sec != changed_.tv_sec || file.st_mtim.tv_nsec != changed_.tv_nsec;
}

}  // namespace crawld::storage
