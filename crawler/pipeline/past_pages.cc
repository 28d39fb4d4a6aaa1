#include "crawler/pipeline/past_pages.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace crawld::pipeline {

base::Status PastPages::count(storage::PageStore& store, const SiteTable& sites,
                              frontier::LocalFrontier& frontier) {
  bool prefixes = false;
  bool hosts = false;
  bool limits = false;
  for (const auto& rules : sites) {
    const config::Budget& budget = rules->config.budget;
    prefixes = prefixes || budget.per_prefix > 0 || budget.per_prefix_share > 0;
    hosts = hosts || budget.per_host > 0;
    limits = limits || rules->config.limits.pages > 0;
  }
  std::vector<std::uint64_t> of_sites(sites.size());
  const auto visit = [&](model::HostId host, model::SiteId site, std::string_view text) {
    if (site < of_sites.size()) ++of_sites[site];
    if (!prefixes && !hosts) return;
    OfHost& past = hosts_[host];
    ++past.all;
    const auto url = prefixes ? model::Url::parse(text) : std::nullopt;
    if (url) ++past.by_prefix[frontier::path_prefix(url->path())];
  };
  if (prefixes || hosts || limits) {
    if (base::Status counted = store.each_page_url(visit); !counted) return counted;
  } else {
    const auto counts = store.count_sites();
    if (!counts) return counts.error();
    for (std::size_t site = 0; site < std::min(of_sites.size(), counts->size()); ++site) {
      of_sites[site] = (*counts)[site].pages;
    }
  }
  for (model::SiteId site = 0; site < of_sites.size(); ++site) {
    frontier.restore_site_pages(site, of_sites[site]);
  }
  return base::Done{};
}

std::optional<PastPages::OfHost> PastPages::take(model::HostId host) {
  auto found = hosts_.extract(host);
  if (found.empty()) return std::nullopt;
  return std::move(found.mapped());
}

}  // namespace crawld::pipeline
