#include "crawler/frontier/host_clock.h"

#include <algorithm>
#include <cmath>

namespace crawld::frontier {
namespace {

constexpr milliseconds kFirstBackOff{1'000};
constexpr std::chrono::hours kGivenUpFor{1};
// A host that throttles: so many answers in a row that ask for a longer rest than there is
// patience, or so many of any kind in the time that it would then be given up for.
constexpr std::uint32_t kLongRests = 3;
constexpr std::uint32_t kThrottles = 8;
// A restart, or a new version put in its place, takes minutes.
constexpr std::chrono::minutes kFailing{15};

// 1 s, 2 s, 4 s … for the 1st, 2nd, 3rd time in a row.
milliseconds doubling(milliseconds first, std::uint32_t times, milliseconds most) {
  const std::uint32_t shift = std::min<std::uint32_t>(times > 0 ? times - 1 : 0, 20);
  return std::min(most, first * (std::int64_t{1} << shift));
}
// What makes a host a quick one. robots.txt alone is soon given by those who stall afterwards.
constexpr std::uint32_t kGoodAnswers = 3;
constexpr std::chrono::seconds kSoon{2};

}  // namespace

milliseconds HostClock::gap() const {
  milliseconds gap = politeness_.delay;
  if (politeness_.autothrottle) gap = std::max(gap, adaptive_delay_);
  if (crawl_delay_) gap = std::max(gap, std::min(*crawl_delay_, politeness_.max_crawl_delay));
  return gap;
}

void HostClock::started(base::Instant now, double dice) {
  ++in_flight_;
  goes_out(now, dice);
}

base::Instant HostClock::opens_for(base::Instant then) const {
  if (!last_request_ || *last_request_ <= then) return throttled_until_;
  return std::max(throttled_until_, *last_request_ + gap());
}

void HostClock::goes_out(base::Instant now, double dice) {
  moved_at_ = now;
  const auto wait =
      std::chrono::duration_cast<base::Duration>(std::chrono::duration<double, std::milli>(
          static_cast<double>(gap().count()) * (1.0 + politeness_.jitter * dice)));
  start_ = {.at = now, .opens_before = opens_at_, .request_before = last_request_};
  opens_at_ = std::max(opens_at_, now + wait);
  start_.opens_after = opens_at_;
  last_request_ = std::max(last_request_.value_or(now), now);
}

void HostClock::started_beside(base::Instant now, base::Instant until) {
  moved_at_ = now;
  start_ = {.at = now, .opens_before = opens_at_, .request_before = last_request_};
  opens_at_ = std::max(opens_at_, until);
  start_.opens_after = opens_at_;
}

void HostClock::taken_back(base::Instant then) {
  if (in_flight_ > 0) --in_flight_;
  taken_back_beside(then);
}

void HostClock::taken_back_beside(base::Instant then) {
  // Unless something else has moved the clock since.
  if (start_.at != then || start_.opens_after != opens_at_) return;
  opens_at_ = start_.opens_before;
  last_request_ = start_.request_before;
}

void HostClock::seen(base::Instant at) {
  last_request_ = std::max(last_request_.value_or(at), at);
  close_until(at + gap());
}

void HostClock::ended(base::Instant now, const model::HostAdvice& advice) {
  if (in_flight_ > 0) --in_flight_;
  moved_at_ = now;
  if (advice.latency.count() > 0) {
    // As RFC 6298 section 2.3 smooths a round trip: the newest counts an eighth.
    latency_ = latency_.count() == 0 ? advice.latency : latency_ + (advice.latency - latency_) / 8;
  }
  switch (advice.mood) {
    case model::HostAdvice::Mood::good:
      ++good_;
      troubles_ = 0;
      throttles_ = 0;
      long_rests_ = 0;
      rests_until_ = base::Instant::min();
      failures_ = 0;
      fails_until_ = base::Instant::min();
      adapt(advice.latency, false);
      break;
    case model::HostAdvice::Mood::throttle:
      throttle(now, advice);
      break;
    case model::HostAdvice::Mood::failing:
      fail(now, advice);
      break;
    case model::HostAdvice::Mood::trouble:
      good_ = 0;
      ++troubles_;
      last_trouble_ = now;
      adapt(milliseconds{0}, true);
      if (broken()) {
        close_until(now + politeness_.breaker_pause);
      } else if (troubles_ > 1) {
        close_until(now + doubling(std::max(gap(), milliseconds{100}), troubles_ - 1,
                                   politeness_.max_delay));
      }
      break;
  }
}

void HostClock::throttle(base::Instant now, const model::HostAdvice& advice) {
  good_ = 0;
  troubles_ = 0;
  if (throttles_ == 0) first_throttle_ = now;
  const bool another = throttles_ == 0 || now >= throttled_until_;
  if (another) {
    ++throttles_;
    long_rests_ = advice.long_rest.count() > 0 ? long_rests_ + 1 : 0;
  }
  adapt(advice.latency, true);
  throttled_until_ = std::max(
      throttled_until_,
      now + std::max(advice.retry_after,
                     doubling(std::max(gap(), kFirstBackOff), throttles_, politeness_.max_delay)));
  close_until(throttled_until_);
  if (long_rests_ >= kLongRests) {
    rests_until_ = std::max(rests_until_, now + advice.long_rest);
  } else if (throttles_ >= kThrottles && now - first_throttle_ >= kGivenUpFor) {
    rests_until_ = now + kGivenUpFor;
  }
}

void HostClock::fail(base::Instant now, const model::HostAdvice& advice) {
  good_ = 0;
  troubles_ = 0;
  adapt(advice.latency, true);
  // Attempts of a few bad URLs come last, when no good one is left to tell of the host.
  if (!failing() && advice.another_attempt) return;
  const bool was_failing = failing();
  // What was open at once is one probe.
  if (!was_failing || now >= next_probe_) ++failures_;
  if (!failing()) return;
  if (!was_failing) failing_since_ = now;
  const std::uint32_t probes = failures_ - politeness_.failing_threshold + 1;
  next_probe_ = std::max(
      next_probe_, now + doubling(std::max(gap(), kFirstBackOff), probes, politeness_.max_delay));
  close_until(next_probe_);
  if (now - failing_since_ >= kFailing) fails_until_ = now + kGivenUpFor;
}

// Scrapy's AutoThrottle rules: aim at latency / target_concurrency, take the average
// of the old and the aimed delay but never less than the aim, errors never speed up.
void HostClock::adapt(std::chrono::microseconds latency, bool error) {
  if (!politeness_.autothrottle || latency.count() <= 0) return;
  // Whole ones: an answer within the first is no reason to wait for one.
  const auto waited = std::chrono::duration_cast<milliseconds>(latency);
  const milliseconds target(static_cast<std::int64_t>(
      std::llround(static_cast<double>(waited.count()) / politeness_.target_concurrency)));
  const milliseconds current = std::max(adaptive_delay_, politeness_.delay);
  milliseconds next = std::max(target, (current + target) / 2);
  next = std::clamp(next, politeness_.delay, std::max(politeness_.delay, politeness_.max_delay));
  if (error && next <= current) return;
  adaptive_delay_ = next;
}

void HostClock::set_crawl_delay(std::optional<milliseconds> crawl_delay) {
  crawl_delay_ = crawl_delay;
  if (last_request_) close_until(*last_request_ + gap());
}

void HostClock::restore_latency(std::chrono::microseconds latency) {
  latency_ = latency;
  good_ = latency.count() > 0 ? 1 : 0;
}

void HostClock::restore_troubles(std::uint32_t count) {
  if (count > 0) good_ = 0;
  troubles_ = std::min(count, politeness_.breaker_threshold);
}

base::Instant HostClock::unreachable_until() const {
  const bool given_up = troubles_ >= politeness_.breaker_threshold + politeness_.dead_after - 1;
  return given_up ? last_trouble_ + kGivenUpFor : base::Instant::min();
}

bool HostClock::dead(base::Instant now) const { return now < dead_until(); }

base::Instant HostClock::dead_until() const {
  return std::max({unreachable_until(), rests_until_, fails_until_});
}

std::string_view HostClock::given_up_because() const {
  if (fails_until_ > std::max(unreachable_until(), rests_until_)) return "host_fails";
  return rests_until_ > unreachable_until() ? "host_throttles" : "host_unreachable";
}

void HostClock::slept(base::Duration time, base::Instant awake) {
  if (moved_at_ > awake) return;
  const auto move = [time](base::Instant& moment) {
    if (moment > base::Instant::min() + time) moment -= time;
  };
  move(opens_at_);
  if (last_request_) move(*last_request_);
  for (base::Instant* moment : {&first_throttle_, &throttled_until_, &rests_until_, &failing_since_,
                                &next_probe_, &fails_until_, &last_trouble_}) {
    move(*moment);
  }
}

model::HostRecord HostClock::record() const {
  if (good_ == 0) return model::HostRecord::stranger;
  const bool quick = good_ >= kGoodAnswers && latency_ <= kSoon;
  return quick ? model::HostRecord::quick : model::HostRecord::known;
}

void HostClock::close_until(base::Instant until) { opens_at_ = std::max(opens_at_, until); }

}  // namespace crawld::frontier
