// `-o FILE`: a result that appears complete or not at all.
//
// Written to FILE.part, which is synced and renamed by finish(); what was there before
// stays until then. Where FILE is a link, this is done where it leads; a link at FILE.part is
// somebody else's, and refused. So are directories, and databases with the files beside them, a
// crawl's own above all. Without a file, standard output. Threads: one.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "crawler/base/result.h"

namespace crawld::cli {

// The database that a result at `path` would take the place of, or take its log or lock from;
// empty: none. By what the files begin with.
std::string database_at(const std::string& path);

class OutputFile {
 public:
  // An empty path and "-" mean standard output. Errors: disk_full, io.
  static base::Result<OutputFile> open(const std::string& path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  // What was not finished leaves nothing behind; but for a kill, FILE.part, for the next call to
  // write over.
  ~OutputFile();

  // False: it cannot be written; finish() tells why.
  bool write(std::string_view bytes);
  // Over what was written, at `offset`; as write(). Needs: can_patch().
  bool patch(std::uint64_t offset, std::string_view bytes);
  // It is a file of its own, and no pipe or device.
  bool can_patch() const { return !path_.empty() && !in_place_; }
  // Waits until all of it is on the disk, under FILE.part still: of files that belong together none
  // gets its name before. Errors: as finish().
  base::Status settle();
  // Errors: disk_full, io; FILE.part is gone then.
  base::Status finish();

 private:
  OutputFile(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  std::string part() const { return path_ + ".part"; }
  void discard();

  std::string path_;  // empty: standard output
  std::FILE* file_;
  int error_ = 0;          // errno of the first write that failed
  bool in_place_ = false;  // a pipe or a device, which keeps its name
};

}  // namespace crawld::cli
