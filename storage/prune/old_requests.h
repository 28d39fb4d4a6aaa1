// Which rows of `fetches` nobody needs any more.
//
// One stays, whatever its age, where it is the last request of its URL (`crawld why`, reports) or
// the last that a redirect or "gone" answered (archives), where the version that it brought stands,
// where it is a change that a hook was not told of, and where it is the last row of all, or its
// number would be given again. Of robots.txt of a host, and of a site's login, the last stays too.
//
// The walk goes from the newest row to the oldest and marks the URLs it meets, two bits each: an
// index by URL would cost every request a random write.
//
// Threads: those of the connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "crawler/base/result.h"
#include "storage/commit_batch.h"
#include "storage/database.h"

namespace crawld::storage {

class OldRequests {
 public:
  OldRequests(Database& database, std::vector<std::string> hooks)
      : database_(database), hooks_(std::move(hooks)) {}

  // A walk over what was stored by now, for what began before `before`. Needs: none goes on.
  void begin(Millis before);
  // Goes on for some times `rows` rows, until `rows` were found. False: the walk is over, or none
  // began.
  base::Result<bool> look(std::size_t rows);
  bool is_walking() const { return below_.has_value(); }
  // Rows that the walk has met.
  std::uint64_t walked() const { return walked_; }

  // By id: they may go.
  const std::vector<std::int64_t>& found() const { return found_; }
  // Needs: a transaction.
  base::Status take();
  // It holds; returns how many went.
  std::uint64_t committed();

 private:
  struct Row;
  base::Status find_told();
  bool may_go(const Row& row);
  bool is_first_of(std::string_view detail);

  Database& database_;
  const std::vector<std::string> hooks_;
  std::optional<std::int64_t> below_;  // the walk goes on below this id
  Millis before_ = 0;
  std::int64_t told_up_to_ = 0;  // all hooks were told of changes up to it
  std::uint64_t walked_ = 0;
  std::vector<std::int64_t> found_;
  std::vector<bool> asked_;                     // by URL id: a newer request was met
  std::vector<bool> answered_;                  // a newer redirect or "gone" was
  std::unordered_set<std::uint64_t> no_pages_;  // hashes of what other requests were for
};

}  // namespace crawld::storage
