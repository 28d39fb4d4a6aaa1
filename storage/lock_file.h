// One writer per database: an flock on a side file that names its holder.
//
// The kernel drops the lock with the process, so a file left behind by kill -9
// never blocks; the pid in it is only for the message.
#pragma once

#include <string>

#include "crawler/base/fd.h"
#include "crawler/base/result.h"

namespace crawld::storage {

// Holds as long as the returned descriptor is open. busy: the message names the pid.
base::Result<base::Fd> lock_database(const std::string& database_path);

}  // namespace crawld::storage
