// The pages that earlier runs fetched: limits of sites and budgets hold over runs.
//
// Owned by the commit thread.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "crawler/base/result.h"
#include "crawler/frontier/local_frontier.h"
#include "crawler/pipeline/site_rules.h"
#include "storage/page_store.h"

namespace crawld::pipeline {

class PastPages {
 public:
  struct OfHost {
    std::uint64_t all = 0;
    frontier::PagesByPrefix by_prefix;
  };

  // Tells the frontier of each site's. Every page's URL is read only where a site has a limit or a
  // budget; else the books' figures do, for a limit that a reload may bring; they know nothing of
  // retries.
  base::Status count(storage::PageStore& store, const SiteTable& sites,
                     frontier::LocalFrontier& frontier);

  // Where a site has a budget for them; once, when the frontier learns of the host.
  std::optional<OfHost> take(model::HostId host);

 private:
  std::unordered_map<model::HostId, OfHost> hosts_;
};

}  // namespace crawld::pipeline
