// Whether the file of an open database, and the log beside it, are still those that were opened,
// and whether somebody else wrote into the file.
//
// Told by inode and time of change, without reading: commits go to the log, and into the file
// itself only our own checkpoints write. Threads: one at a time.
#pragma once

#include <sys/types.h>

#include <time.h>

#include <string>

#include "crawler/base/result.h"

namespace crawld::storage {

class FileWatch {
 public:
  explicit FileWatch(std::string path) : path_(std::move(path)) {}

  // File and log as they stand now are ours. Errors: not_found.
  base::Status remember();
  // As the file stands now, we wrote it last. A file that is gone changes nothing.
  void remember_change();

  // The path names the file that was remembered.
  bool is_there() const;
  bool log_is_there() const;
  // Since remember() or remember_change(). False where the file is gone.
  bool written_by_others() const;

 private:
  const std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  ino_t log_inode_ = 0;  // 0: there was none
  timespec changed_{};
};

}  // namespace crawld::storage
