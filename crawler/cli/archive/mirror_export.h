// `crawld export --format mirror`: the stored pages as files that a browser opens from the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "config/config.h"
#include "crawler/base/result.h"
#include "storage/database.h"

namespace crawld::cli {

struct MirrorEnd {
  std::uint64_t written = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t removed = 0;
  std::uint64_t bytes = 0;   // of all files, written or not
  std::uint64_t local = 0;   // links that lead from file to file
  std::uint64_t on_web = 0;  // links to what is not in the mirror
  std::uint64_t unread = 0;  // pages whose links could not be read, and so are as they were
  bool complete = true;      // false: `asked` ended it; every file is whole
};

// Brings `directory` (MirrorTree) to what `reader` has stored. A second time changes nothing but
// what changed. `config` says how pages are parsed. `asked` between files; true ends it. Memory
// does not grow with the pages.
base::Result<MirrorEnd> write_mirror(storage::Database& reader, const config::Config& config,
                                     const std::string& directory,
                                     const std::function<bool()>& asked);

}  // namespace crawld::cli
