// Orphans: pages that were found over a link and that no page which still stands links to.
//
// Every link of every standing page is read and canonicalized as discovery does it. What is
// linked is remembered in a bit table of two bits a URL, 16 bits for each known one (20 MB for
// 10 million), so a page may pass for linked by chance (1.4 %), but none is called an orphan
// that is linked; another `salt` finds it the next time. Seeds and pages of sitemaps are no
// orphans, and neither is the target of a redirect that still stands.
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
