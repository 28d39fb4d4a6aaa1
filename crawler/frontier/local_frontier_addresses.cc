// LocalFrontier: hosts that are not reached yet, and what those at one IP address share.
#include <algorithm>
#include <utility>

#include "crawler/frontier/local_frontier.h"

namespace crawld::frontier {

using base::Instant;
using base::MutexLock;

std::uint32_t LocalFrontier::address_cap_at(const HostQueue& host) const {
  std::uint32_t cap = sites_.settings(host.site).concurrency_per_ip;
  for (const model::SiteId guest : host.guests) {
    cap = lower_cap(cap, sites_.settings(guest).concurrency_per_ip);
  }
  return cap;
}

// The host may have a slot of the address now. Whoever waits first there may bear fewer requests
// than this one: nobody goes before it meanwhile, or it would wait for as long as others have work.
bool LocalFrontier::has_slot(const Address& slots, const std::string& address,
                             const HostQueue& host) {
  const auto fits = [&](std::uint32_t cap) { return cap == 0 || slots.in_flight < cap; };
  if (!fits(host.address_cap)) return false;
  if (slots.in_flight == 0 || slots.waiters.empty()) return true;
  const HostQueue& first = must_find(slots.waiters.front());
  const bool waits = first.place == Place::waiting_for_address && first.address == address;
  return !waits || fits(first.address_cap);
}

bool LocalFrontier::claim_address(model::Lease& lease, const std::string& address, Instant now) {
  MutexLock lock(mutex_);
  if (address.empty() || !lease.address_slot.empty()) return true;
  HostQueue& host = must_find(lease.host_id);
  if (host.address.empty()) host.address = address;
  Address& slots = addresses_[address];
  if (has_slot(slots, address, host)) {
    ++slots.in_flight;
    lease.address_slot = address;
    return true;
  }
  take_back(host, lease, now);
  if (host.place == Place::snoozed) unschedule(host);  // its clock has moved
  if (host.place == Place::resting && host.address == address) {
    slots.waiters.push_back(host.id);
    host.place = Place::waiting_for_address;
  }
  schedule(host);
  // A turn at another address may be ready by now, and this thread comes by for it.
  wake_waiter(address, now);
  return false;
}

void LocalFrontier::wait_for_name(const model::Lease& lease, Instant now) {
  MutexLock lock(mutex_);
  HostQueue& host = must_find(lease.host_id);
  ++host.name_waits;
  ++name_waits_;
  take_back(host, lease, now);
  if (host.place == Place::snoozed) unschedule(host);  // its clock has moved
  schedule(host);
}

void LocalFrontier::name_known(model::HostId id) {
  MutexLock lock(mutex_);
  HostQueue& host = must_find(id);
  --host.name_waits;
  --name_waits_;
  schedule(host);
  call_for_work();
}

void LocalFrontier::set_aside(model::Lease lease) {
  MutexLock lock(mutex_);
  --in_flight_;
  ready_.ended(lease.host_record, lease.leased_at);
  // A host that is never reached must not keep the last pages of a run from those that are.
  if (is_of_page(lease)) leave_page_room();
  aside_.put(std::move(lease));
  call_for_work();
}

void LocalFrontier::reached(std::uint64_t connection) {
  MutexLock lock(mutex_);
  aside_.reached(connection);
  call_for_work();
}

// A lease that was set aside, as one of this moment: its request has not gone out yet. Others of
// its host may have in between, and it keeps the gap to them.
std::optional<model::Lease> LocalFrontier::take_up(Instant now) {
  if (closed_) return std::nullopt;
  while (std::optional<model::Lease> lease = aside_.take(now)) {
    if (is_of_page(*lease) && !has_page_room()) {
      aside_.hold(*std::move(lease));
      continue;
    }
    HostQueue& host = must_find(lease->host_id);
    Instant opens_at = host.clock.opens_for(lease->leased_at);
    if (host.twin != nullptr) {
      opens_at = std::max(opens_at, host.twin->clock.opens_for(lease->leased_at));
    }
    if (opens_at > now) {
      aside_.put_off(*std::move(lease), opens_at);
      continue;
    }
    lease->leased_at = now;
    if (is_of_page(*lease)) ++outstanding_pages_;
    ++in_flight_;
    ready_.started(lease->host_record, now);
    host.clock.goes_out(now, throw_dice());
    close_beside(host, now);
    call_for_work();
    return lease;
  }
  return std::nullopt;
}

// As if the lease had never been.
void LocalFrontier::take_back(HostQueue& host, const model::Lease& lease, Instant now) {
  ++waiting_;
  --outstanding_;
  --in_flight_;
  ready_.ended(lease.host_record, lease.leased_at);
  host.clock.taken_back(lease.leased_at);
  reopen_twin(host, lease.leased_at, now);
  const model::Request& request = lease.request;
  if (request.purpose == model::Purpose::robots) {
    host.errands.push_front({.robots_for = lease.robots_for,
                             .url = request.url,
                             .hops = request.redirects,
                             .attempt = request.attempt});
    return;
  }
  if (lease.url_id == 0) {
    host.logins.push_front({.site = request.site,
                            .url = request.url,
                            .purpose = request.purpose,
                            .hops = request.redirects,
                            .attempt = request.attempt,
                            .post = request.post});
    return;
  }
  unsettled_.erase(lease.url_id);
  if (request.purpose == model::Purpose::page) {
    leave_page_room();
    if (is_new(request)) count_page(host, request, -1);
  }
  Line& line = line_at(host, line_of(request));
  add_to_line(host, line, {.url_id = lease.url_id, .host_id = host.id, .request = request},
              options_.window + 1);
  host.give_back_turn(line);
}

// True when the host's address has all its requests open: the host waits its turn there.
bool LocalFrontier::wait_for_address(HostQueue& host) {
  if (host.address.empty()) return false;
  Address& address = addresses_[host.address];
  if (has_slot(address, host.address, host)) return false;
  address.waiters.push_back(host.id);
  host.place = Place::waiting_for_address;
  return true;
}

// Lets the next host that waits for a slot of this address have its turn: the first
// that may be contacted now, since one that must wait for its clock would keep the slot idle.
void LocalFrontier::wake_waiter(const std::string& address, Instant now) {
  const auto found = addresses_.find(address);
  if (found == addresses_.end()) return;
  Address& slots = found->second;
  while (!slots.waiters.empty()) {
    HostQueue& waiter = must_find(slots.waiters.front());
    // Hosts that moved away left their place in the line behind.
    const bool waits = waiter.place == Place::waiting_for_address && waiter.address == address;
    if (waits) {
      const std::uint32_t most = waiter.address_cap;
      if (most > 0 && slots.in_flight >= most) return;
      waiter.place = Place::resting;
      schedule(waiter);
    }
    slots.waiters.pop_front();
    if (waits && waiter.place == Place::snoozed && waiter.snoozed_until <= now) return;
  }
  if (slots.in_flight == 0) addresses_.erase(found);
}

// The host was dialled at another address: it waits no longer for a slot of the old one.
void LocalFrontier::move_host(HostQueue& host, const std::string& address, Instant now) {
  if (address.empty() || address == host.address) return;
  const std::string old = std::exchange(host.address, address);
  if (host.place == Place::waiting_for_address) host.place = Place::resting;
  wake_waiter(old, now);
}

}  // namespace crawld::frontier
