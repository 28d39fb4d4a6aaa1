// What stands at a path before SQLite may touch it.
//
// Threads: any.
#pragma once

#include <string>

#include "crawler/base/result.h"

namespace crawld::storage {

enum class FileKind : std::uint8_t { absent, crawl };

// `crawl` where a crawl database stands, `absent` where none does but one could be
// made. Errors say what stands there instead and what to do; nothing is written.
base::Result<FileKind> examine_file(const std::string& path);

// Refuses what has a second name (a hard link): log and lock go by the name, so two crawls under
// two names would write over each other. For writers; nothing at the path is fine.
base::Status refuse_second_name(const std::string& path);

// "/a/b" of "/a/b/crawl.db", "." of "crawl.db".
std::string directory_of(const std::string& path);

// Writes the directory's own entries to the disk.
base::Status sync_directory(const std::string& directory);

}  // namespace crawld::storage
