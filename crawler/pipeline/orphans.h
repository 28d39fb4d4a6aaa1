// Orphans: pages that were found over a link and that no page which still stands links to.
//
// Who is linked to tells linked_urls.h: a page may pass for linked by chance, but none is called an
// orphan that is linked; another `salt` finds it the next time. No orphan is adopted by chance.
// Seeds and pages of sitemaps are no orphans, and neither is the target of a redirect that still
// stands.
#pragma once

#include <cstdint>

#include "crawler/base/result.h"
#include "crawler/pipeline/commit_item.h"
#include "crawler/pipeline/site_rules.h"
#include "storage/database.h"

namespace crawld::pipeline {

// What changed since the last look. About 2 us a link. Threads: those of `reader`.
base::Result<OrphanNews> find_orphans(storage::Database& reader, const SiteTable& sites,
                                      std::uint64_t salt);

}  // namespace crawld::pipeline
