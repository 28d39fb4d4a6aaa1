// A VFS of SQLite that hands a transaction to the write-ahead log in few large writes.
//
// SQLite writes each page of a transaction in two calls, 24 bytes that head its frame and the page
// itself. Of what such a pair costs nine tenths are the calls: 7.9 us on ext4 where the same frame
// among twenty in one write takes 0.9. Here a write that goes on where the last one ended is held
// back, and goes out with the frame that ends its transaction, in the same call, so that a failure
// is that commit's. What is held when the writer's lock goes is of a transaction that was rolled
// back, and is dropped: by then the place may be another's. All else, also the database itself,
// goes straight to the VFS below.
//
// Frames: https://www.sqlite.org/fileformat2.html, section 4.1.
// Threads: registering, any; a file is its connection's.
#pragma once

struct sqlite3_vfs;

namespace crawld::storage {

// Its name for sqlite3_open_v2; the system's VFS is below. Registered at the first call.
const char* joined_log();

// Registers another one over `below` as `name`; both live as long as the process.
void register_joined_log(const char* name, sqlite3_vfs& below);

}  // namespace crawld::storage
