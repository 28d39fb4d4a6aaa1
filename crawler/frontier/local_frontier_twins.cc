// LocalFrontier: http and https of one name at their usual ports, which are one host to whoever
// runs it. Each has a robots.txt of its own (RFC 9309 section 2.3); the pace is one.
#include <algorithm>

#include "crawler/frontier/local_frontier.h"

namespace crawld::frontier {

using base::Instant;

// Servers at other ports are others.
void LocalFrontier::find_twin(HostQueue& host) {
  if (host.origin.host() != host.origin.hostname()) return;
  const auto [known, is_first] = names_.try_emplace(std::string(host.origin.hostname()), host.id);
  if (is_first) return;
  HostQueue& other = must_find(known->second);
  host.twin = &other;
  other.twin = &host;
  // Where one of them is in trouble the other need not be.
  if (other.clock.consecutive_troubles() == 0) host.clock.close_until(other.clock.opens_at());
}

// Another request may be open to the host.
bool LocalFrontier::has_room(const HostQueue& host) const {
  if (!host.clock.has_slot()) return false;
  if (host.twin == nullptr) return true;
  const HostClock& twin = host.twin->clock;
  return host.clock.in_flight() + twin.in_flight() <
         std::min(host.clock.politeness().concurrency, twin.politeness().concurrency);
}

// A request to the host starts now.
void LocalFrontier::close_beside(HostQueue& host, Instant now) {
  if (host.twin == nullptr) return;
  host.twin->clock.started_beside(now, host.clock.opens_at());
  settle_twin(host, now);
}

// After a request, or one that never went out.
void LocalFrontier::move_clocks(HostQueue& host, const model::Lease& lease,
                                const model::HostAdvice& advice, Instant now) {
  if (advice.contacted) {
    // Some of the set-up may have been before the lease: while the host waited for its name.
    const Instant seen = std::min(lease.leased_at + advice.setup, now);
    host.clock.seen(seen);
    host.clock.ended(now, advice);
    const bool rests = advice.mood == model::HostAdvice::Mood::throttle;
    const Instant paced = seen + host.clock.gap();
    close_twin(host, rests ? host.clock.opens_at() : paced, now);
  } else {
    host.clock.taken_back(lease.leased_at);
    reopen_twin(host, lease.leased_at, now);
  }
}

// The host was contacted, or asks for a rest.
void LocalFrontier::close_twin(HostQueue& host, Instant until, Instant now) {
  if (host.twin == nullptr) return;
  host.twin->clock.close_until(until);
  settle_twin(host, now);
}

// What started then was no contact in the end.
void LocalFrontier::reopen_twin(HostQueue& host, Instant started, Instant now) {
  if (host.twin == nullptr) return;
  host.twin->clock.taken_back_beside(started);
  settle_twin(host, now);
}

// The twin's clock has moved, or a slot has changed hands.
void LocalFrontier::settle_twin(HostQueue& host, Instant now) {
  if (host.twin == nullptr) return;
  HostQueue& twin = *host.twin;
  const bool had_turn = twin.place == Place::snoozed && twin.snoozed_until <= now;
  if (twin.place == Place::snoozed) unschedule(twin);
  schedule(twin);
  const bool has_turn = twin.place == Place::snoozed && twin.snoozed_until <= now;
  if (had_turn && !has_turn) wake_waiter(twin.address, now);
}

}  // namespace crawld::frontier
