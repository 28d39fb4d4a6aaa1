// What became of pages, in order, from a cursor on: for the change hooks.
//
// Ids rise with the commits, so a reader that remembers the last one loses nothing and
// sees nothing twice.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crawler/base/result.h"
#include "storage/database.h"

namespace crawld::storage {

struct ChangeSlice {
  std::vector<std::string> changes;  // JSON objects with the columns of v_changes
  std::uint64_t last_id = 0;         // the cursor for the next call, past unwanted ones as well
  bool more = false;                 // there may be more now
};

// At most `most` changes behind `after` whose kind ("new", "changed", ...) is in `wanted`.
base::Result<ChangeSlice> read_changes(Database& reader, std::uint64_t after, std::size_t most,
                                       const std::set<std::string>& wanted);

// The last change there is.
base::Result<std::uint64_t> last_change(Database& reader);

// Where the hook stands; nothing when it never took one.
base::Result<std::optional<std::uint64_t>> hook_cursor(Database& reader, const std::string& hook);

}  // namespace crawld::storage
