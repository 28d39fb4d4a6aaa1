// When one host may be contacted again: delay, jitter, concurrency, back-off.
//
// Pure arithmetic on values; LocalFrontier holds one per host under its lock.
// Every figure can be proved from the server's side: two request starts are never
// closer than gap() of the moment, and never more than `concurrency` are open.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "crawler/base/clock.h"
#include "crawler/model/request.h"
#include "crawler/model/settlement.h"

namespace crawld::frontier {

using std::chrono::milliseconds;

// The politeness that a site asks for; config::Site's slice.
struct Politeness {
  milliseconds delay{1'000};
  double jitter = 0;  // share of the delay by which a gap may be longer, drawn anew each time
  std::uint32_t concurrency = 1;
  bool autothrottle = false;
  double target_concurrency = 1;
  milliseconds max_delay{60'000};  // of autothrottle and back-off
  milliseconds max_crawl_delay{30'000};
  bool skip_on_excess = false;          // a longer Crawl-delay closes the host to the site
  std::uint32_t breaker_threshold = 8;  // consecutive troubles that open the circuit
  milliseconds breaker_pause{300'000};
  std::uint32_t dead_after = 3;  // openings of the circuit without success
  // As many URLs in a row, each asked for the first time, that the server failed at: it is the
  // host.
  std::uint32_t failing_threshold = 10;
};

// The host must be left alone: its Crawl-delay is longer than the site bears.
inline bool asks_too_much(std::optional<milliseconds> crawl_delay, const Politeness& politeness) {
  return politeness.skip_on_excess && crawl_delay && *crawl_delay > politeness.max_crawl_delay;
}

class HostClock {
 public:
  explicit HostClock(Politeness politeness) : politeness_(politeness) {}

  // The moment from which another request may start; only concurrency may forbid it then.
  base::Instant opens_at() const { return opens_at_; }
  bool has_slot() const { return in_flight_ < (failing() ? 1 : politeness_.concurrency); }
  std::uint32_t in_flight() const { return in_flight_; }

  // The gap that holds now: the larger of own delay, Crawl-delay and autothrottle's.
  milliseconds gap() const;

  // A request starts. `dice` in [0,1) draws the jitter, which only ever lengthens the gap:
  // a promised delay is a least one.
  void started(base::Instant now, double dice);
  // What started at `then` has not gone out yet: when it may, after others that did since, and the
  // rest that they were told to give the host.
  base::Instant opens_for(base::Instant then) const;
  // It does now.
  void goes_out(base::Instant now, double dice);
  // What started at `then` was given up before it came to a contact.
  void taken_back(base::Instant then);
  // A request to the same server starts beside this clock, which stays closed until `until` for it.
  void started_beside(base::Instant now, base::Instant until);
  // As taken_back(), of such a request.
  void taken_back_beside(base::Instant then);
  // The host saw a request at `at`, later than started() when connecting took time: it counts
  // the gap from there.
  void seen(base::Instant at);
  // It ended. Retry-After and back-off close the host from `now` on.
  void ended(base::Instant now, const model::HostAdvice& advice);

  // Robots rules became known; their delay counts from the request before, which is mostly that
  // for robots.txt itself.
  void set_crawl_delay(std::optional<milliseconds> crawl_delay);
  void set_politeness(const Politeness& politeness) { politeness_ = politeness; }
  const Politeness& politeness() const { return politeness_; }

  // The machine slept for `time`, some time after `awake`: what was to come comes so much sooner.
  // Whether a request since then was before the sleep or after it nobody knows; it keeps its gap.
  void slept(base::Duration time, base::Instant awake);

  // Keeps the host closed until `until` at least (robots unreachable, restart).
  void close_until(base::Instant until);

  std::optional<milliseconds> crawl_delay() const { return crawl_delay_; }
  milliseconds adaptive_delay() const { return adaptive_delay_; }
  // How long a request to this host takes, smoothed; 0: not known.
  std::chrono::microseconds latency() const { return latency_; }
  // Of another run, in which a host with a latency answered.
  void restore_latency(std::chrono::microseconds latency);
  // Holds only while the site throttles by itself: a delay of old must not outlive its
  // configuration.
  void restore_adaptive_delay(milliseconds delay) { adaptive_delay_ = delay; }
  std::uint32_t consecutive_troubles() const { return troubles_; }
  model::HostRecord record() const;
  // What another run counted leaves the circuit open at most: a host given up then is probed once
  // now. Needs: the latency restored before.
  void restore_troubles(std::uint32_t count);
  // The circuit is open: only a probe now and then.
  bool broken() const { return troubles_ >= politeness_.breaker_threshold; }
  // It answers whatever it is asked by saying that it failed (500, 502, 504): after each rest,
  // which grows up to max_delay, one probe. A good answer ends it, and one bad URL among others is
  // not it.
  bool failing() const { return failures_ >= politeness_.failing_threshold; }
  std::uint32_t consecutive_failures() const { return failures_; }
  // Its URLs are given up: the circuit stayed open too often, or the host asks for nothing but
  // patience (429, 503), for an hour or for longer than the site bears, or it was failing for a
  // quarter of an hour. It gets another probe then.
  bool dead(base::Instant now) const;
  // When that probe comes, and what to book. Needs: dead.
  base::Instant dead_until() const;
  std::string_view given_up_because() const;

 private:
  void adapt(std::chrono::microseconds latency, bool error);
  void throttle(base::Instant now, const model::HostAdvice& advice);
  void fail(base::Instant now, const model::HostAdvice& advice);
  base::Instant unreachable_until() const;

  Politeness politeness_;
  base::Instant opens_at_{};
  std::optional<base::Instant> last_request_;  // none since the start of the program
  // What the newest start found, so that it can be taken back.
  struct Start {
    base::Instant at{};
    base::Instant opens_before{};
    base::Instant opens_after{};
    std::optional<base::Instant> request_before;
  };
  Start start_;
  base::Instant moved_at_{};  // a request began or ended
  std::uint32_t in_flight_ = 0;
  std::uint32_t troubles_ = 0;  // consecutive
  std::uint32_t good_ = 0;      // answers in a row
  // Consecutive rounds of 429 and 503: what was open at once is one answer.
  std::uint32_t throttles_ = 0;
  std::uint32_t long_rests_ = 0;  // of them, those that asked for more patience than there is
  base::Instant first_throttle_{};
  base::Instant throttled_until_{};
  base::Instant rests_until_ = base::Instant::min();
  // Consecutive failures: of URLs up to the threshold, from there on of probes.
  std::uint32_t failures_ = 0;
  base::Instant failing_since_{};
  base::Instant next_probe_{};
  base::Instant fails_until_ = base::Instant::min();
  base::Instant last_trouble_{};
  std::optional<milliseconds> crawl_delay_;
  milliseconds adaptive_delay_{0};
  std::chrono::microseconds latency_{0};
};

}  // namespace crawld::frontier
