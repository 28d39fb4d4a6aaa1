// One writer per database: an flock on a side file that names its holder.
//
// The kernel drops the lock with the process, so a file left behind by kill -9
// never blocks; the pid in it is only for the message.
#pragma once

#include <string>

#include "crawler/base/fd.h"
#include "crawler/base/result.h"

namespace crawld::storage {

struct DatabaseLock {
  base::Fd file;            // holds as long as it is open
  bool log_in_use = false;  // the last holder called note_log_in_use()
  bool made = false;        // there was none: of a crawl that runs it may have been removed
};

// busy: the message names the pid.
base::Result<DatabaseLock> lock_database(const std::string& database_path);

// Whether the log holds what the file needs, though the file does not say so; see
// storage/stray_log.h. On the disk when it returns.
base::Status note_log_in_use(const DatabaseLock& lock, bool in_use);

// As if it had not been taken, where the lock was made.
void give_back(DatabaseLock lock, const std::string& database_path);

}  // namespace crawld::storage
