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

// Whether a writer may take what stands there; nothing is fine. Refuses what it cannot write, and
// what has a second name (a hard link): log and lock go by the name, so two crawls under two names
// would write over each other.
base::Status check_for_writer(const std::string& path);

// There is no log, or an empty one that nobody has open: the file alone holds everything.
bool stands_without_log(const std::string& path);

// For SQLITE_OPEN_URI: the file as it stands, as if there were no log, no lock and no writer.
std::string uri_without_log(const std::string& path);

// "/a/b" of "/a/b/crawl.db", "." of "crawl.db".
std::string directory_of(const std::string& path);

// Writes the directory's own entries to the disk.
base::Status sync_directory(const std::string& directory);

}  // namespace crawld::storage
