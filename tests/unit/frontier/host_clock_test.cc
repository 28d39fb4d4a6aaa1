#include "crawler/frontier/host_clock.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace crawld;
using frontier::asks_too_much;
using frontier::HostClock;
using frontier::Politeness;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Mood = model::HostAdvice::Mood;

namespace {

constexpr base::Instant kStart{std::chrono::hours(1)};

base::Instant at(std::chrono::milliseconds since_start) { return kStart + since_start; }
milliseconds since_start(base::Instant instant) {
  return std::chrono::duration_cast<milliseconds>(instant - kStart);
}

model::HostAdvice good(milliseconds latency = milliseconds(0)) {
  return {.mood = Mood::good, .latency = latency};
}
model::HostAdvice throttled(milliseconds retry_after = milliseconds(0)) {
  return {.mood = Mood::throttle, .retry_after = retry_after};
}
constexpr model::HostAdvice kTrouble{.mood = Mood::trouble};
constexpr model::HostAdvice kFailing{.mood = Mood::failing};

// One request after the other, each as soon as the host opens: how long the host
// stayed closed after each of them ended.
std::vector<milliseconds> closures(HostClock& clock, const model::HostAdvice& advice,
                                   int requests) {
  std::vector<milliseconds> all;
  base::Instant now = kStart;
  for (int i = 0; i < requests; ++i) {
    clock.started(now, 0);
    clock.ended(now, advice);
    all.push_back(std::chrono::duration_cast<milliseconds>(clock.opens_at() - now));
    now = clock.opens_at();
  }
  return all;
}

}  // namespace

TEST_CASE("a host opens again when its delay has passed since the last start") {
  HostClock clock({.delay = seconds(3)});
  clock.started(at(seconds(0)), 0.9);
  clock.ended(at(seconds(1)), good());
  CHECK(since_start(clock.opens_at()) == seconds(3));
}

TEST_CASE("jitter only lengthens a gap, by its share of the delay at most") {
  for (const double dice : {0.0, 0.25, 0.5, 0.999}) {
    HostClock clock({.delay = seconds(2), .jitter = 0.5});
    clock.started(kStart, dice);
    CHECK(clock.opens_at() >= at(seconds(2)));
    CHECK(clock.opens_at() <= at(seconds(3)));
  }
  HostClock clock({.delay = seconds(2), .jitter = 0.5});
  clock.started(kStart, 0.5);
  CHECK(since_start(clock.opens_at()) == milliseconds(2500));
}

TEST_CASE("a host has as many slots as its concurrency") {
  HostClock clock({.delay = milliseconds(0), .concurrency = 2});
  clock.started(kStart, 0);
  CHECK(clock.has_slot());
  clock.started(kStart, 0);
  CHECK_FALSE(clock.has_slot());
  clock.ended(kStart, good());
  CHECK(clock.has_slot());
  CHECK(clock.in_flight() == 1);
}

TEST_CASE("a Crawl-delay lengthens the delay up to the limit, and never shortens it") {
  HostClock clock({.delay = seconds(1), .max_crawl_delay = seconds(10)});
  clock.set_crawl_delay(seconds(5));
  CHECK(clock.gap() == seconds(5));
  clock.set_crawl_delay(milliseconds(10));
  CHECK(clock.gap() == seconds(1));
  clock.set_crawl_delay(seconds(86'400));
  CHECK(clock.gap() == seconds(10));
  clock.set_crawl_delay(std::nullopt);
  CHECK(clock.gap() == seconds(1));
}

TEST_CASE("a Crawl-delay over the limit asks too much where the site wants it so") {
  const Politeness site{.max_crawl_delay = seconds(10), .skip_on_excess = true};
  CHECK_FALSE(asks_too_much(std::nullopt, site));
  CHECK_FALSE(asks_too_much(seconds(10), site));
  CHECK(asks_too_much(milliseconds(10'001), site));
  CHECK_FALSE(asks_too_much(milliseconds(10'001), {.max_crawl_delay = seconds(10)}));
}

TEST_CASE("Retry-After closes the host for as long as it asks") {
  HostClock clock({.delay = seconds(1)});
  clock.started(kStart, 0);
  clock.ended(at(milliseconds(500)), throttled(seconds(40)));
  CHECK(since_start(clock.opens_at()) == milliseconds(40'500));
}

TEST_CASE("a host that throttles again and again is left alone twice as long each time") {
  HostClock clock({.delay = milliseconds(0), .max_delay = seconds(10)});
  CHECK(closures(clock, throttled(), 6) == std::vector<milliseconds>{seconds(1), seconds(2),
                                                                     seconds(4), seconds(8),
                                                                     seconds(10), seconds(10)});
}

TEST_CASE("refusals of what was open at once are one round of the doubling") {
  HostClock clock({.concurrency = 8});
  for (int i = 0; i < 8; ++i) clock.started(kStart, 0);
  for (int i = 0; i < 8; ++i) clock.ended(kStart, throttled());
  CHECK(since_start(clock.opens_at()) == seconds(1));
  clock.ended(at(seconds(1)), throttled());
  CHECK(since_start(clock.opens_at()) == seconds(3));
}

TEST_CASE("a host that asks for a longer rest than there is patience, three times, gets it") {
  HostClock clock({.delay = milliseconds(0)});
  const model::HostAdvice tired{.mood = Mood::throttle, .long_rest = std::chrono::hours(6)};
  closures(clock, tired, 2);
  CHECK_FALSE(clock.dead(clock.opens_at()));
  SECTION("and one probe then") {
    const base::Instant asked = clock.opens_at();
    clock.started(asked, 0);
    clock.ended(asked, tired);
    CHECK(clock.dead(asked));
    CHECK(clock.given_up_because() == "host_throttles");
    CHECK(clock.dead_until() == asked + std::chrono::hours(6));
    CHECK_FALSE(clock.dead(clock.dead_until()));
    clock.started(clock.dead_until(), 0);
    clock.ended(asked + std::chrono::hours(6), tired);
    CHECK(clock.dead_until() == asked + std::chrono::hours(12));
    clock.ended(clock.dead_until(), good());
    CHECK_FALSE(clock.dead(asked + std::chrono::hours(7)));
  }
  SECTION("unless another page comes well in between") {
    clock.ended(clock.opens_at(), good());
    closures(clock, tired, 2);
    CHECK_FALSE(clock.dead(clock.opens_at()));
  }
}

TEST_CASE("a host that does nothing but throttle for an hour is given up for another") {
  HostClock clock({.delay = milliseconds(0), .max_delay = minutes(10)});
  closures(clock, throttled(), 15);
  CHECK(since_start(clock.opens_at()) < minutes(68));
  CHECK_FALSE(clock.dead(clock.opens_at()));
  const base::Instant now = clock.opens_at();
  clock.ended(now, throttled());
  CHECK(clock.dead(now));
  CHECK(clock.dead_until() == now + minutes(60));
}

TEST_CASE("a host that throttled once and then died is unreachable") {
  HostClock clock({});
  clock.ended(kStart, throttled());
  closures(clock, kTrouble, 10);
  CHECK(clock.dead(clock.opens_at()));
  CHECK(clock.given_up_because() == "host_unreachable");
}

TEST_CASE("ten URLs in a row that the server failed at are the host, which rests ever longer") {
  HostClock clock({.delay = milliseconds(0), .concurrency = 4, .max_delay = seconds(10)});
  CHECK(closures(clock, kFailing, 9) == std::vector<milliseconds>(9, milliseconds(0)));
  CHECK_FALSE(clock.failing());
  SECTION("with one probe after each rest") {
    CHECK(closures(clock, kFailing, 6) == std::vector<milliseconds>{seconds(1), seconds(2),
                                                                    seconds(4), seconds(8),
                                                                    seconds(10), seconds(10)});
    clock.started(clock.opens_at(), 0);
    CHECK_FALSE(clock.has_slot());
    clock.ended(clock.opens_at(), good());
    CHECK_FALSE(clock.failing());
    closures(clock, kFailing, 9);
    CHECK_FALSE(clock.failing());
  }
  SECTION("but for a good answer among them") {
    clock.ended(kStart, good());
    CHECK(closures(clock, kFailing, 9) == std::vector<milliseconds>(9, milliseconds(0)));
  }
  SECTION("and attempts of a URL that failed before do not count") {
    const model::HostAdvice again{.mood = Mood::failing, .another_attempt = true};
    CHECK(closures(clock, again, 90) == std::vector<milliseconds>(90, milliseconds(0)));
    CHECK(closures(clock, kFailing, 1).back() == seconds(1));
    const base::Instant probe = clock.opens_at();
    clock.ended(probe, again);
    CHECK(clock.opens_at() - probe == seconds(2));
  }
  SECTION("where what was open at once is one probe") {
    clock.ended(kStart, kFailing);
    for (int i = 0; i < 3; ++i) clock.ended(kStart, kFailing);
    CHECK(since_start(clock.opens_at()) == seconds(1));
  }
}

TEST_CASE("a host that is failing for a quarter of an hour is given up for an hour") {
  HostClock clock({.delay = milliseconds(0), .max_delay = minutes(1)});
  base::Instant now = kStart;
  for (int i = 0; i < 100 && !clock.dead(now); ++i) {
    now = std::max(now, clock.opens_at());
    clock.started(now, 0);
    clock.ended(now, kFailing);
  }
  CHECK(since_start(now) >= minutes(15));
  CHECK(since_start(now) < minutes(17));
  CHECK(clock.given_up_because() == "host_fails");
  CHECK(clock.dead_until() == now + minutes(60));
  SECTION("and then for another, where the probe fails") {
    const base::Instant probe = clock.dead_until();
    clock.ended(probe, kFailing);
    CHECK(clock.dead_until() == probe + minutes(60));
  }
  SECTION("unless a probe comes well") {
    clock.ended(clock.dead_until(), good());
    CHECK_FALSE(clock.dead(now));
  }
}

TEST_CASE("a good answer ends the doubling") {
  HostClock clock({.delay = milliseconds(0)});
  closures(clock, throttled(), 4);
  const base::Instant later = at(minutes(10));
  clock.started(later, 0);
  clock.ended(later, good());
  clock.started(later, 0);
  clock.ended(later, throttled());
  CHECK(clock.opens_at() - later == seconds(1));
}

TEST_CASE("a thousand refusals in a row do not overflow the back-off") {
  HostClock clock({.delay = seconds(1), .max_delay = minutes(1), .breaker_threshold = 5'000});
  CHECK(closures(clock, throttled(), 1'000).back() == minutes(1));
  CHECK(closures(clock, kTrouble, 1'000).back() == minutes(1));
}

TEST_CASE("one time-out is an accident, more of them back off") {
  HostClock clock({.delay = seconds(1), .max_delay = seconds(6), .breaker_threshold = 8});
  CHECK(closures(clock, kTrouble, 6) == std::vector<milliseconds>{seconds(1), seconds(1),
                                                                  seconds(2), seconds(4),
                                                                  seconds(6), seconds(6)});
}

TEST_CASE("the circuit opens after the threshold and closes with the first good answer") {
  HostClock clock({.delay = milliseconds(0), .breaker_threshold = 3, .breaker_pause = minutes(5)});
  CHECK(closures(clock, kTrouble, 3).back() == minutes(5));
  CHECK(clock.broken());
  CHECK_FALSE(clock.dead(clock.opens_at()));
  const base::Instant later = at(minutes(20));
  clock.started(later, 0);
  clock.ended(later, good());
  CHECK_FALSE(clock.broken());
  CHECK(clock.opens_at() == later);
}

TEST_CASE("a host is given up after so many openings of the circuit without success") {
  HostClock clock({.breaker_threshold = 3, .dead_after = 3});
  closures(clock, kTrouble, 4);
  CHECK_FALSE(clock.dead(kStart));
  closures(clock, kTrouble, 1);
  CHECK(clock.dead(clock.opens_at()));
}

TEST_CASE("a host that was given up gets another probe an hour later") {
  HostClock clock({.breaker_threshold = 3, .breaker_pause = minutes(5), .dead_after = 3});
  clock.restore_troubles(3);
  clock.ended(kStart, kTrouble);
  clock.ended(kStart, kTrouble);
  CHECK(clock.dead(at(minutes(59))));
  CHECK_FALSE(clock.dead(at(minutes(60))));
  CHECK(clock.broken());
  clock.ended(at(minutes(60)), kTrouble);
  CHECK(clock.dead(at(minutes(65))));
}

TEST_CASE("a closed host is never opened earlier by what comes later") {
  HostClock clock({.delay = milliseconds(0)});
  clock.close_until(at(minutes(5)));
  clock.close_until(at(minutes(1)));
  clock.started(kStart, 0);
  clock.ended(kStart, good());
  CHECK(since_start(clock.opens_at()) == minutes(5));
}

TEST_CASE("autothrottle goes half the way to the latency it sees, and at once where it is slower") {
  HostClock clock({.delay = milliseconds(100),
                   .autothrottle = true,
                   .target_concurrency = 2,
                   .max_delay = seconds(5)});
  clock.ended(kStart, good(seconds(2)));  // aims at 1 s
  CHECK(clock.gap() == seconds(1));
  clock.ended(kStart, good(milliseconds(400)));  // aims at 200 ms
  CHECK(clock.gap() == milliseconds(600));
  clock.ended(kStart, good(seconds(60)));
  CHECK(clock.gap() == seconds(5));
  for (int i = 0; i < 100; ++i) clock.ended(kStart, good(milliseconds(1)));
  CHECK(clock.gap() <= milliseconds(101));
  CHECK(clock.gap() >= milliseconds(100));
}

TEST_CASE("answers within a millisecond take autothrottle's delay back, and make none") {
  HostClock clock({.delay = milliseconds(0), .autothrottle = true});
  clock.ended(kStart, {.mood = Mood::good, .latency = std::chrono::microseconds(900)});
  CHECK(clock.gap() == milliseconds(0));
  clock.ended(kStart, good(seconds(3)));  // a lost packet of the handshake
  CHECK(clock.gap() == seconds(3));
  for (int i = 0; i < 12; ++i) {
    clock.ended(kStart, {.mood = Mood::good, .latency = std::chrono::microseconds(400)});
  }
  CHECK(clock.gap() == milliseconds(0));
}

TEST_CASE("a quick error does not make autothrottle faster") {
  HostClock clock({.delay = milliseconds(100), .autothrottle = true});
  clock.ended(kStart, good(seconds(2)));
  clock.ended(kStart, {.mood = Mood::throttle, .latency = milliseconds(1)});
  clock.ended(kStart, kTrouble);
  CHECK(clock.gap() == seconds(2));
}

TEST_CASE("the stored delay of a host holds only where autothrottle goes on from it") {
  HostClock throttling({.delay = milliseconds(100), .autothrottle = true});
  throttling.restore_adaptive_delay(seconds(2));
  CHECK(throttling.gap() == seconds(2));
  HostClock plain({.delay = milliseconds(0)});
  plain.restore_adaptive_delay(seconds(2));
  CHECK(plain.gap() == milliseconds(0));
}

TEST_CASE("a host that was given up is probed once by the next run") {
  HostClock clock({.breaker_threshold = 3, .dead_after = 3});
  clock.restore_troubles(50);
  CHECK(clock.broken());
  CHECK_FALSE(clock.dead(kStart));
  CHECK(closures(clock, kTrouble, 1).back() == Politeness{}.breaker_pause);
}

TEST_CASE("the latency of a host is smoothed, an eighth for the newest") {
  HostClock clock{Politeness{}};
  CHECK(clock.latency() == seconds(0));
  closures(clock, good(milliseconds(800)), 1);
  CHECK(clock.latency() == milliseconds(800));
  closures(clock, good(milliseconds(1'600)), 1);
  CHECK(clock.latency() == milliseconds(900));
  closures(clock, kTrouble, 1);  // no answer tells nothing
  CHECK(clock.latency() == milliseconds(900));
}

TEST_CASE(
    "a sleep counts towards a rest, but not towards the gap after what may have followed it") {
  HostClock clock({.delay = seconds(1)});
  clock.started(kStart, 0);
  clock.ended(at(seconds(1)), throttled(seconds(40)));
  clock.slept(seconds(30), at(milliseconds(999)));
  CHECK(since_start(clock.opens_at()) == seconds(41));
  clock.slept(seconds(30), at(seconds(1)));
  CHECK(since_start(clock.opens_at()) == seconds(11));
  clock.started(at(seconds(11)), 0);
  clock.ended(at(seconds(11)), throttled(seconds(5)));
  CHECK(since_start(clock.opens_at()) == seconds(16));  // the rest before is over
}

TEST_CASE("a host is known by its last answer, and quick by three good ones that came soon") {
  using model::HostRecord;
  HostClock clock{Politeness{}};
  CHECK(clock.record() == HostRecord::stranger);
  closures(clock, good(milliseconds(20)), 1);
  CHECK(clock.record() == HostRecord::known);
  closures(clock, good(milliseconds(20)), 2);
  CHECK(clock.record() == HostRecord::quick);
  closures(clock, kTrouble, 1);
  CHECK(clock.record() == HostRecord::stranger);
}

TEST_CASE("a host that answered in another run is known, unless it was in trouble at the end") {
  using model::HostRecord;
  HostClock clock{Politeness{}};
  clock.restore_latency(milliseconds(0));
  clock.restore_troubles(0);
  CHECK(clock.record() == HostRecord::stranger);
  clock.restore_latency(milliseconds(20));
  clock.restore_troubles(0);
  CHECK(clock.record() == HostRecord::known);
  clock.restore_troubles(1);
  CHECK(clock.record() == HostRecord::stranger);
}
