// Which URL stands in which file of a mirror: a database of its own, on disk as it grows, which is
// gone with the object. So a mirror of millions of pages takes no memory for them.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "storage/archive/mirror_walk.h"
#include "storage/statement.h"

struct sqlite3;

namespace crawld::storage {

// Errors of all: disk_full (of the folder for temporary files: SQLITE_TMPDIR, TMPDIR), io.
class MirrorBook {
 public:
  enum class Name : std::uint8_t { free, folder, file };
  struct Entry {
    std::int64_t key = 0;  // rising
    std::string path;
    MirrorPage page;
  };

  static base::Result<std::unique_ptr<MirrorBook>> open();
  ~MirrorBook();
  MirrorBook(const MirrorBook&) = delete;
  MirrorBook& operator=(const MirrorBook&) = delete;

  // What is known by a name already. `folded`: a path from the top in which names that a disk may
  // take for one are one.
  base::Result<Name> name(std::string_view folded);
  base::Status take_name(std::string_view folded, Name as);

  base::Status add(const MirrorPage& page, std::string_view path);
  // The last one told of a URL holds.
  base::Status add_redirect(std::string_view url, std::string_view target);
  // Empty: none.
  base::Result<std::string> path_of(std::string_view url);
  base::Result<std::string> redirect_of(std::string_view url);
  // Up to `limit` behind `after`, rising.
  base::Result<std::vector<Entry>> entries(std::int64_t after, std::uint32_t limit);

  // A file that a mirror of before wrote.
  base::Status add_old(std::string_view path);
  base::Result<bool> was_there(std::string_view path);
  // Those that no page has any more: up to `limit` behind `after`, in order of their names.
  base::Result<std::vector<std::string>> gone(std::string_view after, std::uint32_t limit);

 private:
  explicit MirrorBook(sqlite3* db) : db_(db) {}
  base::Status prepare();
  base::Result<std::string> text_of(Statement& statement, std::string_view key);

  sqlite3* db_;
  Statement name_, take_, add_, add_redirect_, path_, redirect_, entries_, add_old_, old_, gone_;
};

}  // namespace crawld::storage
