// What each site has used up in this run, and which sites are closed for it (`limits` of a site).
//
// Owned by the commit thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/frontier/local_frontier.h"
#include "crawler/model/settlement.h"
#include "crawler/pipeline/site_rules.h"

namespace crawld::pipeline {

class SiteLimits {
 public:
  // `started`: what limits.time counts from.
  explicit SiteLimits(base::Instant started) : started_(started) {}

  void count(const model::Settled& settled);
  // A URL that failed without a request, with its host.
  void count_failed(model::SiteId site);
  // Closes the sites whose limits of bytes, errors or time are reached, and opens those whose
  // limits a reload has raised: a new table. Looks at what was counted since the last call, and at
  // all sites only where the table is new or a site's time is over.
  void enforce(std::shared_ptr<const SiteTable> sites, frontier::LocalFrontier& frontier,
               base::Instant now);

 private:
  struct Use {
    std::uint64_t bytes = 0;
    std::uint64_t errors = 0;
    std::string_view closed_by;  // the limit; empty: open
  };

  void enforce_at(model::SiteId id, Use& use, frontier::LocalFrontier& frontier, base::Instant now);

  const base::Instant started_;
  std::unordered_map<model::SiteId, Use> sites_;
  std::vector<model::SiteId> counted_;             // since they were looked at
  std::shared_ptr<const SiteTable> table_;         // that was looked at last
  base::Instant next_end_ = base::Instant::max();  // when the next site's time is over
};

}  // namespace crawld::pipeline
