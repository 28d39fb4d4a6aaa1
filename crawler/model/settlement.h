// What is decided about a URL once everything that could happen to it has.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/model/page.h"
#include "crawler/model/request.h"
#include "crawler/model/response.h"

namespace crawld::model {

// Fetched and what the parser made of it.
struct Parsed {
  Fetched fetched;
  ParseOutcome page;
  // Of an answer that is no page, where such are kept; its body is empty where it cannot be kept.
  std::optional<KeptBody> answer = {};
};

// The named state in which every URL ever discovered stands. Stored as text in
// urls.state; `urls.reason` holds the detail ("http_404", "dns", "rule exclude[0]").
enum class Verdict : std::uint8_t {
  queued,        // known, not settled yet
  done,          // fetched and stored
  not_modified,  // 304, or the same content again
  redirected,    // its target is a URL of its own
  retry_later,   // failed for now; due again at a known time
  failed,        // failed for good
  gone,          // 404 or 410
  parse_error,   // fetched and stored, but the parser could not read it
  skipped,       // of a type that is not wanted; not stored
  disallowed,    // robots.txt or an opt-out signal said no
  out_of_scope,  // a scope rule said no
  too_deep,      // beyond max_depth or max_redirects
  trapped,       // a trap guard said no
  over_budget,   // a budget or limit was used up
  blocked        // an address, port or scheme that is never contacted
};
std::string_view to_string(Verdict verdict);
std::optional<Verdict> verdict_from(std::string_view text);

// What became of a page, for v_changes.
enum class Change : std::uint8_t {
  none,
  first_seen,
  changed,
  unchanged,
  gone,      // 404 or 410 where a page was
  moved,     // a permanent redirect where a page was
  orphaned,  // no page that still stands links to it any more
  adopted    // an orphan that is linked to again
};
std::string_view to_string(Change change);

// A link that the policy let through, or judged: it becomes a row of `urls`.
struct Discovered {
  Url url;
  Verdict state = Verdict::queued;  // queued, or the refusal
  std::string reason;               // which rule refused; empty when queued
  Purpose purpose = Purpose::page;
  std::uint16_t depth = 0;
  std::uint16_t redirects = 0;
  char hop = 'L';              // Heritrix hop letters: L link, R redirect, E embed, M manifest
  std::int64_t lastmod = 0;    // of a sitemap entry, ms since the epoch; 0: not told
  std::optional<SiteId> site;  // whose scope it is in, where that is not the site that found it
};

// What the host should do after this contact.
struct HostAdvice {
  enum class Mood : std::uint8_t {
    good,      // answered; count as healthy
    throttle,  // 429 or 503: back off the whole host
    failing,   // 500, 502, 504 and their like: of one page, or of all
    trouble    // timed out, refused or reset: counts towards the circuit breaker
  };
  Mood mood = Mood::good;
  std::chrono::milliseconds retry_after{0};  // asked for by the host; 0: nothing asked
  std::chrono::milliseconds long_rest{0};    // asked for, and longer than the site is patient
  std::chrono::microseconds latency{0};      // for autothrottle; 0: do not adapt
  std::chrono::microseconds setup{0};        // DNS and handshakes before the request went out
  bool another_attempt = false;              // of a URL that failed before
  bool contacted = true;                     // false: nothing was sent to it after all
};

struct Settled {
  Parsed parsed;
  Verdict verdict = Verdict::failed;
  std::string reason;
  std::optional<base::WallTime> due_at;  // next visit (retry or revisit); nothing: never
  std::chrono::seconds interval{0};      // that led to due_at as a revisit; 0: not planned
  bool counts_attempt = true;  // false for an aborted transfer, and where a session was over
  Change change = Change::none;
  std::uint64_t compared = 0;  // print of the page, as History's; 0: the body decides
  bool store_page = false;     // a new version goes into `pages`
  // By what the answer tells that the site's session was over; empty: by nothing. Lives for ever.
  std::string_view session_over;
  HostAdvice advice;
  std::vector<Discovered> discovered;
};

}  // namespace crawld::model
