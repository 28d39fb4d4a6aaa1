// What a configuration that was changed between two runs means for the URLs in the books.
#pragma once

#include <string>
#include <string_view>

#include "config/config.h"
#include "crawler/base/clock.h"
#include "crawler/base/result.h"
#include "crawler/pipeline/commit_item.h"
#include "crawler/pipeline/rejudge.h"
#include "crawler/pipeline/site_rules.h"
#include "storage/sqlite_store.h"

namespace crawld::daemon {

// Of all that judges URLs: seeds, scope, patterns, depth, ports, trap guards and the hosts that are
// one (`fold_www`, `host_aliases`) of every site; and
// what refuses them when their turn comes: budgets, limits, robots, opt-outs, redirects, addresses;
// behind a dot, the names by which robots.txt is read.
std::string scope_fingerprint(const config::Config& config);

// Which refusals are looked at again where another fingerprint was known before.
pipeline::Refused looked_at(std::string_view before, std::string_view now);

// What `sites` judge otherwise than the run before did; where `fingerprint` is that run's, only
// what its own limits (time, bytes, errors) left behind: mostly nothing, and at once. About 3 us a
// URL that waits. For the start, before any thread.
base::Result<pipeline::Rejudgements> judge_since_last_run(storage::SqliteStore& store,
                                                          const pipeline::SiteTable& sites,
                                                          const std::string& fingerprint,
                                                          base::WallTime now);

}  // namespace crawld::daemon
