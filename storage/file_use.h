// What a database file tells of its use, without its log.
//
// Needs, both: nobody of ours has the file open; to close it here would end SQLite's locks.
#pragma once

#include <string>

namespace crawld::storage {

// The file bears the mark of a clean stop, which a start takes away in the file itself. False for
// what cannot be read: that is for those to judge who open it next.
bool was_stopped_cleanly(const std::string& path);

// Another process has the file open with SQLite, be it to read only.
bool is_open_elsewhere(const std::string& path);

}  // namespace crawld::storage
