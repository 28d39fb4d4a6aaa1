#include "crawler/pipeline/site_limits.h"

#include <string>

#include "crawler/base/log.h"

namespace crawld::pipeline {

using model::Verdict;

void SiteLimits::count(const model::Settled& settled) {
  Use& use = sites_[settled.parsed.fetched.lease.request.site];
  use.bytes += settled.parsed.fetched.timings.bytes_received;
  if (settled.verdict == Verdict::failed || settled.verdict == Verdict::parse_error) ++use.errors;
}

void SiteLimits::enforce(const SiteTable& sites, frontier::LocalFrontier& frontier,
                         base::Instant now) {
  for (auto& [id, use] : sites_) {
    if (id >= sites.size()) continue;
    const config::Limits& limits = sites[id]->config.limits;
    std::string_view reached;
    if (limits.bytes > 0 && use.bytes >= limits.bytes) reached = "limits.bytes";
    if (limits.errors > 0 && use.errors >= limits.errors) reached = "limits.errors";
    if (limits.time.count() > 0 && now - started_ >= limits.time) reached = "limits.time";
    if (reached == use.closed_by) continue;
    if (reached.empty()) {
      frontier.open_site(id);
      base::log::info("site.opened", {{"site", sites[id]->name}, {"was", use.closed_by}});
    } else {
      frontier.close_site(id, std::string(reached));
      base::log::info("site.closed", {{"site", sites[id]->name}, {"why", reached}});
    }
    use.closed_by = reached;
  }
}

}  // namespace crawld::pipeline
