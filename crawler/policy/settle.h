// What is decided about a URL once it was fetched and parsed. Pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/schedule.h"
#include "crawler/base/clock.h"
#include "crawler/model/settlement.h"

namespace crawld::policy {

using std::chrono::milliseconds;
using std::chrono::seconds;

// config::Site's slice.
struct SettlePolicy {
  std::uint32_t retries = 3;              // after the first attempt
  milliseconds retry_delay{1'000};        // doubles with each attempt
  milliseconds max_retry_after{300'000};  // a longer Retry-After gives the URL up
  std::uint32_t max_redirects = 20;
  bool recurring = false;  // the site is visited again: plan the next visit
  seconds default_interval{7 * 86'400};
  seconds min_interval{3'600};
  seconds max_interval{90 * 86'400};
  bool adaptive = true;
  config::Compare compare = config::Compare::body;
  config::Schedule schedule;  // where it has moments, they rule and the intervals do not
  bool soft_errors = true;    // a "not found" page or login wall does not replace a good page
  // What the pages are for; a page that opts out of one of these is not kept. Empty: opt-outs
  // are data only.
  std::vector<std::string> opt_out_uses;
};

// When a page without an interval of its own is looked at again: at its site's next beat, or
// after `interval` where the site has no schedule.
base::WallTime next_look(const SettlePolicy& policy, seconds interval, base::WallTime now);

// How a transfer's end concerns the whole host. Needs nothing but the transfer, so
// that the host's slot is freed before the page is parsed.
model::HostAdvice advise_host(const model::Fetched& fetched, const SettlePolicy& policy);

// The verdict, its reason and the time of the next visit. Leaves `discovered` empty.
model::Settled settle(model::Parsed parsed, const SettlePolicy& policy, base::WallTime now);

// Retry-After (RFC 9110 section 10.2.3): seconds or an HTTP date, as a wait from
// `now`, 400 days at most: in nanoseconds, as waits are counted further on, a date in
// the year 9999 would not fit. Nothing when absent, unreadable or in the past.
std::optional<milliseconds> retry_after(std::string_view value, base::WallTime now);

// A response whose body goes to the parser.
bool wants_parser(const model::Fetched& fetched);

// A redirect or an error that a server sent in place of a page. Archives may keep it whole.
bool is_answer_without_page(const model::Fetched& fetched);

}  // namespace crawld::policy
