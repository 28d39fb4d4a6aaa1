// What the rules of a reloaded configuration say of the URLs that are in the books.
#pragma once

#include <cstdint>
#include <functional>

#include "crawler/base/clock.h"
#include "crawler/base/result.h"
#include "crawler/pipeline/commit_item.h"
#include "crawler/pipeline/site_rules.h"
#include "storage/database.h"

namespace crawld::pipeline {

// By a rule or a setting of its site, which may change.
bool is_refused(model::Verdict state);

// Which of the refused URLs are looked at.
enum class Refused : std::uint8_t {
  by_scope,    // seeds, patterns, depth, ports, trap guards
  by_setting,  // and by budgets, limits, robots.txt, opt-outs, redirects, addresses
  by_robots    // and by lines of robots.txt, which are read for another name now
};

struct Rejudged {
  Rejudgements news;               // only what is not as it was
  std::uint64_t queued_out = 0;    // waiting URLs that no rule admits any more
  std::uint64_t known_out = 0;     // visited ones that will not be visited again
  std::uint64_t queued_again = 0;  // refused ones that are admitted now
  std::uint64_t passed = 0;        // that belong to another site from now on
};

// A URL that its site refuses, or whose site is configured no more, passes to one in whose scope
// it is; one whose host the rules fold into another gives way to that. Of sites that are gone all
// others are left alone. About 3 us a URL that waits; `go_on`
// is called meanwhile, and its no ends the walk. Threads: those of `reader`.
// What a setting refused is queued where the setting may say yes now; the crawl itself has the
// last word.
base::Result<Rejudged> judge_again(storage::Database& reader, const SiteTable& sites,
                                   base::WallTime now, const std::function<bool()>& go_on,
                                   Refused which = Refused::by_setting);

// URLs that a limit of the run before left behind (`limits.time` of a site ...): each run has its
// own.
base::Result<Rejudgements> left_by_limits(storage::Database& reader);

}  // namespace crawld::pipeline
