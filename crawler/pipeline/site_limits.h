// What each site has used up in this run, and which sites are closed for it (`limits` of a site).
//
// Owned by the commit thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

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
  // Closes the sites whose limits of bytes, errors or time are reached, and opens those whose
  // limits a reload has raised.
  void enforce(const SiteTable& sites, frontier::LocalFrontier& frontier, base::Instant now);

 private:
  struct Use {
    std::uint64_t bytes = 0;
    std::uint64_t errors = 0;
    std::string_view closed_by;  // the limit; empty: open
  };

  const base::Instant started_;
  std::unordered_map<model::SiteId, Use> sites_;
};

}  // namespace crawld::pipeline
