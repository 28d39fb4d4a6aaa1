// Where a site starts, and what its scope, ports and credentials are seen from: its seeds; of a
// site that has none, the sitemaps that it names.
#pragma once

#include "config/config.h"

namespace crawld::config {

inline SeedList starting_points(const Site& site) {
  return site.seeds.empty() ? SeedList(site.sitemap_urls) : site.seeds;
}

}  // namespace crawld::config
