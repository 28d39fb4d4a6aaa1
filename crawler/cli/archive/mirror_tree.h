// The directory that a mirror stands in: new, empty, or a mirror of before, which its marker says.
//
// The marker, .crawld-mirror, lists the files that are the mirror's; nothing else is ever changed
// or removed. No symbolic link below the directory is followed, and no file is seen half written.
//
// Threads: one. Errors: invalid (not such a directory), busy (another export writes there),
// disk_full, io.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "crawler/base/fd.h"
#include "crawler/base/result.h"

namespace crawld::cli {

class MirrorTree {
 public:
  enum class Put : std::uint8_t { written, unchanged };
  using TakePath = std::function<base::Status(std::string_view path)>;

  // Makes the directory where there is none, and holds it against other exports.
  static base::Result<MirrorTree> open(const std::string& directory);

  // Paths are relative to the directory, with "/" between.

  // What the marker lists: all of it, or an error.
  base::Status each_listed(const TakePath& take) const;
  // Replaces the marker's list by what `list` gives, in any order.
  base::Status write_list(const std::function<base::Status(const TakePath& add)>& list);

  // Whether anything at all stands there.
  base::Result<bool> stands(std::string_view path);
  // Puts a file there, with the folders that it needs. One that has these bytes is left alone.
  base::Result<Put> put(std::string_view path, std::string_view bytes, std::int64_t modified_ms);
  // Takes a file away, and the folders that are empty without it. What is no file stays.
  base::Result<bool> remove(std::string_view path);
  // Brings all to the disk.
  base::Status sync();

 private:
  MirrorTree(std::string directory, base::Fd top)
      : directory_(std::move(directory)), top_(std::move(top)) {}

  base::Status claim();
  base::Status enter(std::string_view folder);
  base::Error error_at(std::string_view path, int error) const;

  std::string directory_;
  base::Fd top_;
  std::string folder_;  // where folder_fd_ is; empty: nowhere
  base::Fd folder_fd_;
};

}  // namespace crawld::cli
