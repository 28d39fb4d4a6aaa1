#include "storage/joined_log.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

namespace crawld::storage {
namespace {

// As much as SQLite's own VFS takes in one write (os_unix.c masks the size with 0x1ffff).
constexpr int kHeldBytes = (128 << 10) - 1;
constexpr int kFrameHead = 24;
constexpr int kWriterLock = 0;  // the first of the locks in the log's index

class Log;

// What SQLite takes for its open files, each followed by the file below.
struct MainFile {
  sqlite3_file base{};
  Log* log = nullptr;  // while it is open
};

// The bytes of the log that are held back.
class Log {
 public:
  Log(sqlite3_file* below, MainFile* main) : below_(below), main_(main) {
    if (main_ != nullptr) main_->log = this;
  }
  ~Log() {
    if (main_ != nullptr) main_->log = nullptr;
  }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  int write(const char* data, int size, sqlite3_int64 at) {
    // Also what is put in the place of an earlier frame: nothing tells when that is complete.
    if (at != end_ || size > kHeldBytes || main_ == nullptr) return write_through(data, size, at);
    if (held_ + size > kHeldBytes) {
      if (const int rc = flush(); rc != SQLITE_OK) return rc;
    }
    if (bytes_ == nullptr) bytes_.reset(new (std::nothrow) char[kHeldBytes]);
    if (bytes_ == nullptr) return write_through(data, size, at);
    std::copy_n(data, size, bytes_.get() + held_);
    held_ += size;
    end_ += size;
    const bool last_frame = ends_transaction_;
    ends_transaction_ = heads_last_frame(data, size);
    return last_frame ? flush() : SQLITE_OK;
  }

  int flush() {
    if (held_ == 0) return SQLITE_OK;
    const int held = std::exchange(held_, 0);
    const int rc = below_->pMethods->xWrite(below_, bytes_.get(), held, end_ - held);
    if (rc != SQLITE_OK) forget();
    return rc;
  }

  bool holds_some_of(sqlite3_int64 at, int size) const {
    return held_ > 0 && at < end_ && at + size > end_ - held_;
  }

  void drop() {
    if (held_ > 0) forget();
  }

 private:
  // Of a frame that ends a transaction the bytes from the fourth on say how large the database is.
  static bool heads_last_frame(const char* data, int size) {
    return size == kFrameHead && std::any_of(data + 4, data + 8, [](char c) { return c != 0; });
  }

  int write_through(const char* data, int size, sqlite3_int64 at) {
    if (const int rc = flush(); rc != SQLITE_OK) return rc;
    const int rc = below_->pMethods->xWrite(below_, data, size, at);
    if (rc != SQLITE_OK) {
      forget();
      return rc;
    }
    end_ = at + size;
    ends_transaction_ = heads_last_frame(data, size);
    return rc;
  }

  void forget() {
    held_ = 0;
    end_ = -1;
    ends_transaction_ = false;
  }

  sqlite3_file* below_;
  MainFile* main_;
  std::unique_ptr<char[]> bytes_;
  int held_ = 0;
  sqlite3_int64 end_ = -1;         // of the last write, held bytes among it
  bool ends_transaction_ = false;  // the frame whose head came last
};

struct LogFile {
  LogFile(sqlite3_file* below, MainFile* main) : log(below, main) {}
  sqlite3_file base{};
  Log log;
};

constexpr std::size_t kOwnBytes =
    (std::max(sizeof(MainFile), sizeof(LogFile)) + alignof(std::max_align_t) - 1) &
    ~(alignof(std::max_align_t) - 1);

sqlite3_file* below(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + kOwnBytes);
}

Log& log_of(sqlite3_file* file) { return reinterpret_cast<LogFile*>(file)->log; }

// Calls a method of the file below with the same arguments.
template <auto method, class... Arguments>
auto pass_on(sqlite3_file* file, Arguments... arguments) {
  return (below(file)->pMethods->*method)(below(file), arguments...);
}

// The same, of the log, once the file below has all that was written.
template <auto method, class... Arguments>
int flush_and_pass_on(sqlite3_file* file, Arguments... arguments) {
  if (const int rc = log_of(file).flush(); rc != SQLITE_OK) return rc;
  return pass_on<method>(file, arguments...);
}

int read_log(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
  if (!log_of(file).holds_some_of(at, size)) {
    return pass_on<&sqlite3_io_methods::xRead>(file, into, size, at);
  }
  return flush_and_pass_on<&sqlite3_io_methods::xRead>(file, into, size, at);
}

int write_log(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  return log_of(file).write(static_cast<const char*>(data), size, at);
}

int close_log(sqlite3_file* file) {
  reinterpret_cast<LogFile*>(file)->~LogFile();
  return pass_on<&sqlite3_io_methods::xClose>(file);
}

int lock_index(sqlite3_file* file, int first, int count, int how) {
  Log* log = reinterpret_cast<MainFile*>(file)->log;
  if (log != nullptr && first == kWriterLock && (how & SQLITE_SHM_UNLOCK) != 0) log->drop();
  return pass_on<&sqlite3_io_methods::xShmLock>(file, first, count, how);
}

using Methods = sqlite3_io_methods;

constexpr Methods kLogMethods = {
    .iVersion = 1,  // an index and mapped pages are the database's
    .xClose = close_log,
    .xRead = read_log,
    .xWrite = write_log,
    .xTruncate = flush_and_pass_on<&Methods::xTruncate>,
    .xSync = flush_and_pass_on<&Methods::xSync>,
    .xFileSize = flush_and_pass_on<&Methods::xFileSize>,
    .xLock = pass_on<&Methods::xLock>,
    .xUnlock = pass_on<&Methods::xUnlock>,
    .xCheckReservedLock = pass_on<&Methods::xCheckReservedLock>,
    .xFileControl = pass_on<&Methods::xFileControl>,
    .xSectorSize = pass_on<&Methods::xSectorSize>,
    .xDeviceCharacteristics = pass_on<&Methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

constexpr Methods kMainMethods = {
    .iVersion = 3,
    .xClose = pass_on<&Methods::xClose>,
    .xRead = pass_on<&Methods::xRead>,
    .xWrite = pass_on<&Methods::xWrite>,
    .xTruncate = pass_on<&Methods::xTruncate>,
    .xSync = pass_on<&Methods::xSync>,
    .xFileSize = pass_on<&Methods::xFileSize>,
    .xLock = pass_on<&Methods::xLock>,
    .xUnlock = pass_on<&Methods::xUnlock>,
    .xCheckReservedLock = pass_on<&Methods::xCheckReservedLock>,
    .xFileControl = pass_on<&Methods::xFileControl>,
    .xSectorSize = pass_on<&Methods::xSectorSize>,
    .xDeviceCharacteristics = pass_on<&Methods::xDeviceCharacteristics>,
    .xShmMap = pass_on<&Methods::xShmMap>,
    .xShmLock = lock_index,
    .xShmBarrier = pass_on<&Methods::xShmBarrier>,
    .xShmUnmap = pass_on<&Methods::xShmUnmap>,
    .xFetch = pass_on<&Methods::xFetch>,
    .xUnfetch = pass_on<&Methods::xUnfetch>,
};

// What is open under `name`, the log's, or nullptr where it is none of ours.
MainFile* main_of_log(const char* name) {
  sqlite3_file* file = sqlite3_database_file_object(name);
  return file->pMethods == &kMainMethods ? reinterpret_cast<MainFile*>(file) : nullptr;
}

struct JoinedLog {
  sqlite3_vfs vfs;
  sqlite3_vfs* below;
};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* granted) {
  sqlite3_vfs* real = reinterpret_cast<JoinedLog*>(vfs)->below;
  // Others need nothing of ours: they stand where SQLite looks.
  if ((flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_DB)) == 0) {
    return real->xOpen(real, name, file, flags, granted);
  }
  file->pMethods = nullptr;
  below(file)->pMethods = nullptr;
  const int rc = real->xOpen(real, name, below(file), flags, granted);
  if (rc != SQLITE_OK || below(file)->pMethods->iVersion < kMainMethods.iVersion) {
    if (below(file)->pMethods != nullptr) below(file)->pMethods->xClose(below(file));
    return rc != SQLITE_OK ? rc : SQLITE_CANTOPEN;
  }
  if ((flags & SQLITE_OPEN_WAL) != 0) {
    new (file) LogFile(below(file), main_of_log(name));
    file->pMethods = &kLogMethods;
  } else {
    new (file) MainFile;
    file->pMethods = &kMainMethods;
  }
  return rc;
}

}  // namespace

void register_joined_log(const char* name, sqlite3_vfs& below) {
  // As the one below in all but files; its methods find what is theirs in pAppData.
  auto* joined = new JoinedLog{below, &below};  // SQLite keeps it
  joined->vfs.pNext = nullptr;
  joined->vfs.zName = name;
  joined->vfs.szOsFile = static_cast<int>(kOwnBytes) + below.szOsFile;
  joined->vfs.xOpen = open;
  sqlite3_vfs_register(&joined->vfs, 0);
}

const char* joined_log() {
  static constexpr const char* kName = "crawld-joined-log";
  static std::once_flag registered;
  std::call_once(registered, [] { register_joined_log(kName, *sqlite3_vfs_find(nullptr)); });
  return kName;
}

}  // namespace crawld::storage
