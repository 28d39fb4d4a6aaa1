// A Unix socket that this process listens at, and its name in the file system.
//
// Takes the place of a socket that is left over at the name: one that nobody listens at.
// What another process made there since stays when it goes.
#pragma once

#include <sys/types.h>

#include <string>

#include "crawler/base/fd.h"
#include "crawler/base/result.h"

namespace crawld::daemon {

class SocketFile {
 public:
  // Does not block. `mode` is the file's. Errors, for the caller to say what `path` is for:
  // invalid (no name for a socket, or no socket is there), busy (somebody listens there), io.
  static base::Result<SocketFile> listen(const std::string& path, mode_t mode);
  SocketFile() = default;
  SocketFile(SocketFile&& other) noexcept = default;
  SocketFile& operator=(SocketFile&& other) noexcept;
  ~SocketFile() { leave(); }

  int get() const { return listener_.get(); }

 private:
  void leave();

  std::string path_;
  base::Fd listener_;
  dev_t device_ = 0;
  ino_t inode_ = 0;  // while it is bound no other file gets this number
};

}  // namespace crawld::daemon
