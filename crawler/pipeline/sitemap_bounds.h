// What the sitemaps of a site may bring into the books in one run, beside what is admitted.
//
// An index names 50,000 sitemaps of 50,000 URLs, in a few packed megabytes. Those that are admitted
// are for limits and budgets to bound. Those that are refused ask for nothing and are rows all the
// same: a quarter of a million of them is what a large site needs whose pages are not all wanted,
// and takes 20 MB, or 40 where each has a host of its own. A URL that is left out is as if nobody
// had named it: a link may bring it in.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "crawler/model/request.h"

namespace crawld::pipeline {

// The reason in the books of a sitemap that named more. It is asked for without condition at its
// next visit: another scope may want then what is not known.
inline constexpr std::string_view kUrlsLeftOut = "refused URLs left out";

class SitemapBounds {
 public:
  static constexpr std::uint32_t kMostSitemaps = 1'000;  // of one site and run
  static constexpr std::uint32_t kMostRefused = 250'000;

  // Whether there is room for one more, which is counted then.
  bool take_sitemap(model::SiteId site) { return ++of_sites_[site].sitemaps <= kMostSitemaps; }
  bool take_refused(model::SiteId site) { return ++of_sites_[site].refused <= kMostRefused; }

 private:
  struct Named {
    std::uint64_t sitemaps = 0;
    std::uint64_t refused = 0;
  };
  std::unordered_map<model::SiteId, Named> of_sites_;
};

}  // namespace crawld::pipeline
