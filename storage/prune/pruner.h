// Takes away what is not to be kept, so that the database of a daemon does not grow for ever:
// versions of a page behind the newest, and requests of long ago.
//
// It goes on in slices of some rows, each a transaction of the store's, and begins anew after a
// restart: between two slices the database is whole, so an end at any moment is. The first pass
// looks at every URL with more than one version, later ones at those that got another
// meanwhile. Requests are walked through once an hour at most, twice where versions went in
// between, beside the versions: both make headway, however many there are of either.
//
// Threads: those of the connection, which must be the writer.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "crawler/base/result.h"
#include "storage/database.h"
#include "storage/page_store.h"
#include "storage/prune/old_requests.h"
#include "storage/prune/old_versions.h"

namespace crawld::storage {

struct Keep {
  std::uint32_t versions = 0;      // of a URL's page, the newest; 0: all
  Millis requests = 0;             // age above which requests go; 0: all stay
  std::vector<std::string> hooks;  // changes that one of these was not told of yet stay
};

class Pruner {
 public:
  // `database` outlives it.
  Pruner(Database& database, Keep keep);

  // Makes the indexes that old versions need, where they are missing: a walk through all pages.
  // Call once, before any other.
  base::Status prepare();

  // A page of the URL was stored that has a version before it. Costs nothing where all are kept.
  void stored_again(model::UrlId url);

  // Finds about `rows` rows that may go, or none yet. False: nothing is left to do for now.
  base::Result<bool> look(Millis now, std::size_t rows);
  // Some were found.
  bool found() const { return !versions_.found().empty() || !requests_.found().empty(); }
  // Takes them away. Needs: a transaction. Where it fails they are found still.
  base::Status take(std::size_t rows);
  // That transaction holds.
  void committed();
  // Since it was made.
  Pruned gone() const { return gone_; }

 private:
  bool pass_is_due(Millis now) const;
  void begin_pass(Millis now);
  void begin_walk(Millis now);
  bool walk_again(Millis now);
  void tell_gone();

  Database& database_;
  const Keep keep_;
  OldVersions versions_;
  OldRequests requests_;
  std::optional<Millis> next_pass_;  // none: at once
  bool in_pass_ = false;
  bool walks_again_ = false;  // in this pass, where versions went meanwhile
  std::uint64_t versions_before_walk_ = 0;
  Pruned gone_;
  Pruned told_;  // of it, by lines of the log
};

}  // namespace crawld::storage
