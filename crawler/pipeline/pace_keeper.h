// Keeps the frontier's delays at what each site's `pace` says for the time of day.
//
// Threads: one, the commit thread's.
#pragma once

#include <optional>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/frontier/local_frontier.h"
#include "crawler/pipeline/site_rules.h"

namespace crawld::pipeline {

class PaceKeeper {
 public:
  PaceKeeper(frontier::LocalFrontier& frontier, const SiteBook& sites)
      : frontier_(frontier), sites_(sites) {}

  // Tells the frontier what has changed. Cheap between changes and without any `pace`.
  void turn(base::WallTime now);
  // When turn() must be called again; nothing where no site has a pace.
  std::optional<base::WallTime> next_change() const { return next_; }

 private:
  frontier::LocalFrontier& frontier_;
  const SiteBook& sites_;
  std::shared_ptr<const SiteTable> table_;  // that was looked at last
  std::optional<base::WallTime> next_;
};

}  // namespace crawld::pipeline
