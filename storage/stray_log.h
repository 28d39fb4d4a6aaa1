// The log beside a database that it does not belong to.
//
// A database restored from a backup, or moved into the place of another one, may find the log of
// the file that stood there before. SQLite would play it into the new file and damage it.
#pragma once

#include <string>

#include "crawler/base/result.h"

namespace crawld::storage {

// Moves such a log to `<path>-wal.stray` and says so in the log of the program. It is known by the
// file's own mark of a clean stop: a writer takes that mark away, in the file itself, before the
// log holds anything else. Needs: the lock of the database; nobody of ours has it open.
// Errors: busy where another program has the database open, whose own log it may be; io.
base::Status set_aside_stray_log(const std::string& path);

}  // namespace crawld::storage
