// From what a page holds to the URLs that are discovered by it. Pure.
//
// Every URL that a followed link, a redirect or a sitemap names comes out once,
// canonical, with the state in which it enters the books: queued, or the refusal
// with its rule; those that `recent` remembers are left out, for they are in the books.
// Links that are not followed at all (nofollow, style sheets, icons)
// are kept with the page and are not discoveries.
#pragma once

#include <functional>
#include <vector>

#include "crawler/model/settlement.h"
#include "crawler/policy/canonicalize.h"
#include "crawler/policy/recent_links.h"
#include "crawler/policy/scope.h"

namespace crawld::policy {

// config::Site's slice.
struct FollowPolicy {
  bool nofollow_links = false;   // follow rel=nofollow as well
  bool obey_meta_robots = true;  // meta robots and X-Robots-Tag: nofollow
  bool forms = false;
  bool requisites = false;  // images, scripts, style sheets ...
  bool sitemaps = true;     // <link rel=sitemap>, sitemap indexes
  bool feeds = true;        // entries of feeds
  std::uint16_t max_sitemap_depth = 3;
};

struct AdmitRules {
  const ScopeRules& scope;
  const Canonicalizer& canonicalizer;
  const FollowPolicy& follow;
  // An IP-literal host that is never contacted; asked only for such hosts.
  const std::function<bool(const model::Url&)>& forbidden_address;
  int this_year;
  RecentLinks& recent;
};

std::vector<model::Discovered> admit(const model::Settled& settled, const AdmitRules& rules);

// Whether a link of this kind is a way to another document, not a part of this one.
bool is_followed(const model::Link& link, const FollowPolicy& follow);

}  // namespace crawld::policy
