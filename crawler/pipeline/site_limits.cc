#include "crawler/pipeline/site_limits.h"

#include <algorithm>
#include <string>
#include <utility>

#include "crawler/base/log.h"

namespace crawld::pipeline {

using model::Verdict;

void SiteLimits::count(const model::Settled& settled) {
  Use& use = sites_[settled.parsed.fetched.lease.request.site];
  use.bytes += settled.parsed.fetched.timings.bytes_received;
  if (settled.verdict == Verdict::failed || settled.verdict == Verdict::parse_error) ++use.errors;
  counted_.push_back(settled.parsed.fetched.lease.request.site);
}

void SiteLimits::count_failed(model::SiteId site) {
  ++sites_[site].errors;
  counted_.push_back(site);
}

void SiteLimits::enforce(std::shared_ptr<const SiteTable> sites, frontier::LocalFrontier& frontier,
                         base::Instant now) {
  if (sites != table_ || now >= next_end_) {
    table_ = std::move(sites);
    next_end_ = base::Instant::max();
    for (auto& [id, use] : sites_) enforce_at(id, use, frontier, now);
  } else {
    for (const model::SiteId id : counted_) enforce_at(id, sites_[id], frontier, now);
  }
  counted_.clear();
}

void SiteLimits::enforce_at(model::SiteId id, Use& use, frontier::LocalFrontier& frontier,
                            base::Instant now) {
  if (id >= table_->size()) return;
  const SiteRules& site = *(*table_)[id];
  const config::Limits& limits = site.config.limits;
  std::string_view reached;
  if (limits.bytes > 0 && use.bytes >= limits.bytes) reached = "limits.bytes";
  if (limits.errors > 0 && use.errors >= limits.errors) reached = "limits.errors";
  if (limits.time.count() > 0) {
    const base::Instant end = started_ + limits.time;
    if (now >= end) {
      reached = "limits.time";
    } else {
      next_end_ = std::min(next_end_, end);
    }
  }
  if (reached == use.closed_by) return;
  if (reached.empty()) {
    frontier.open_site(id);
    base::log::info("site.opened", {{"site", site.name}, {"was", use.closed_by}});
  } else {
    frontier.close_site(id, std::string(reached));
    base::log::info("site.closed", {{"site", site.name}, {"why", reached}});
  }
  use.closed_by = reached;
}

}  // namespace crawld::pipeline
