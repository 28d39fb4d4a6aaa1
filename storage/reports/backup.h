// A consistent copy of a crawl database while it is written to.
//
// The copy is of one moment; it is made under another name, TARGET.XXXXXX.crawld-part, and appears
// complete. What killed backups left in the folder goes with the next one, an hour later or more.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "crawler/base/result.h"
#include "storage/database.h"

namespace crawld::storage {

struct BackupProgress {
  std::uint64_t pages_done = 0;
  std::uint64_t pages = 0;
};

// `progress` is called after each slice; false stops the backup. Errors: invalid
// (`target` exists, or it was stopped), disk_full, io, corrupt.
base::Status backup(Database& reader, const std::string& target,
                    const std::function<bool(const BackupProgress&)>& progress = {});

}  // namespace crawld::storage
