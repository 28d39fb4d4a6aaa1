// LocalFrontier: waiting, control and what status shows.
#include <algorithm>
#include <span>

#include "crawler/frontier/local_frontier.h"

namespace crawld::frontier {

using base::Instant;
using base::MutexLock;

bool LocalFrontier::wait(Instant until) {
  MutexLock lock(mutex_);
  if (closed_) return false;
  const auto next = next_work();
  if (next == Instant::min()) return true;
  idle_threads_.wait(mutex_, until, next);
  return !closed_;
}

// When there is something to lease: min() where there is now, nothing where none is known of.
std::optional<Instant> LocalFrontier::next_work() const {
  const std::optional<Instant> aside = closed_ ? std::nullopt : aside_.next();
  if (!may_lease()) return aside;
  if (ready_.has_next()) return Instant::min();
  if (snoozed_.empty()) return aside;
  return std::min(aside.value_or(Instant::max()), snoozed_.begin()->first);
}

// Of the threads that have nothing to do. Those that are at work come by anyway.
void LocalFrontier::call_for_work() { idle_threads_.call(next_work()); }

std::optional<Instant> LocalFrontier::next_opening() const {
  MutexLock lock(mutex_);
  return next_work();
}

bool LocalFrontier::wants_refill() const {
  MutexLock lock(mutex_);
  return !hungry_.empty();
}

bool LocalFrontier::idle() const {
  MutexLock lock(mutex_);
  return waiting_ == 0 && outstanding_ == 0;
}

void LocalFrontier::close() {
  MutexLock lock(mutex_);
  closed_ = true;
  idle_threads_.call_all();
}

void LocalFrontier::stop_leasing() {
  MutexLock lock(mutex_);
  stopped_ = true;
}

bool LocalFrontier::page_limit_reached() const {
  MutexLock lock(mutex_);
  return options_.page_limit > 0 && stored_pages_ >= options_.page_limit;
}

void LocalFrontier::pause(bool paused) {
  MutexLock lock(mutex_);
  if (paused_ == paused) return;  // said again after each commit
  paused_ = paused;
  idle_threads_.call_all();
}

void LocalFrontier::pause_site(model::SiteId site_id, bool paused) {
  MutexLock lock(mutex_);
  sites_.pause(site_id, paused);
  restand_lines(site_id);
  if (!paused) let_go(site_id);
}

bool LocalFrontier::is_paused(model::SiteId site_id) const {
  MutexLock lock(mutex_);
  return sites_.is_paused(site_id);
}

// Hosts of the site that have something to do again go on.
void LocalFrontier::let_go(model::SiteId site_id) {
  for (const model::HostId id : hosts_of(site_id)) let_go(must_find(id));
  idle_threads_.call_all();
}

void LocalFrontier::let_go(HostQueue& host) {
  if (host.place != Place::held) return;
  host.place = Place::resting;
  schedule(host);
}

std::span<const model::HostId> LocalFrontier::hosts_of(model::SiteId site_id) const {
  const auto hosts = site_hosts_.find(site_id);
  return hosts == site_hosts_.end() ? std::span<const model::HostId>() : hosts->second;
}

bool LocalFrontier::is_held(const HostQueue& host) const {
  // A login may hang on another host's robots.txt.
  if (!host.logins.empty() && !sites_.is_stopped(host.logins.front().site)) return false;
  if (sites_.any_waits_for_login() && !host.errands.empty() && !sites_.is_stopped(host.site))
    return false;
  return host.has_urls() ? next_line(host) == nullptr : sites_.is_held(host.site);
}

bool LocalFrontier::wants_robots(const HostQueue& host, Instant now) const {
  using State = HostRobots::State;
  if (!turn_of(host).obey_robots || !host.errands.empty()) return false;
  const bool stale = host.robots.state == State::known && now >= host.robots.expires;
  return host.robots.state == State::unknown || stale;
}

namespace {

// Where sites meet at a host, the most patient of them sets the pace.
Politeness more_patient(Politeness politeness, const Politeness& other) {
  politeness.delay = std::max(politeness.delay, other.delay);
  politeness.concurrency = std::min(politeness.concurrency, other.concurrency);
  politeness.autothrottle = politeness.autothrottle || other.autothrottle;
  politeness.max_delay = std::max(politeness.max_delay, other.max_delay);
  politeness.max_crawl_delay = std::max(politeness.max_crawl_delay, other.max_crawl_delay);
  return politeness;
}

}  // namespace

Politeness LocalFrontier::politeness_at(const HostQueue& host) const {
  Politeness politeness = sites_.politeness(host.site);
  for (const model::SiteId guest : host.guests) {
    politeness = more_patient(politeness, sites_.politeness(guest));
  }
  return politeness;
}

void LocalFrontier::join(HostQueue& host, model::SiteId id) {
  if (id == host.site) return;
  const auto at = std::lower_bound(host.guests.begin(), host.guests.end(), id);
  if (at != host.guests.end() && *at == id) return;
  host.guests.insert(at, id);
  site_hosts_[id].push_back(host.id);
  // Those that came before are in what holds already.
  host.clock.set_politeness(more_patient(host.clock.politeness(), sites_.politeness(id)));
  host.address_cap = lower_cap(host.address_cap, sites_.settings(id).concurrency_per_ip);
}

void LocalFrontier::set_paces(const std::vector<SitePace>& paces) {
  MutexLock lock(mutex_);
  // Each host once, after all of them: thousands of sites may change their pace at it together.
  std::set<model::HostId> hosts;
  for (model::SiteId id = 0; id < paces.size(); ++id) {
    if (!sites_.set_pace(id, paces[id])) continue;
    restand_lines(id);
    const std::span of_site = hosts_of(id);
    hosts.insert(of_site.begin(), of_site.end());
  }
  for (const model::HostId id : hosts) {
    HostQueue& host = must_find(id);
    host.clock.set_politeness(politeness_at(host));
    let_go(host);
  }
  if (!hosts.empty()) idle_threads_.call_all();
}

void LocalFrontier::close_site(model::SiteId site_id, std::string reason) {
  MutexLock lock(mutex_);
  sites_.close(site_id, std::move(reason));
}

void LocalFrontier::open_site(model::SiteId site_id) {
  MutexLock lock(mutex_);
  sites_.open(site_id);
}

void LocalFrontier::restore_site_pages(model::SiteId site_id, std::uint64_t pages) {
  MutexLock lock(mutex_);
  sites_.restore_pages(site_id, pages);
}

void LocalFrontier::withdraw(const std::unordered_set<model::UrlId>& ids) {
  MutexLock lock(mutex_);
  for (auto& [id, host] : hosts_) {
    const HostQueue::Withdrawn gone = host->withdraw(ids);
    window_urls_ -= gone.in_windows;
    waiting_ -= gone.in_windows + gone.overflow;
    if (gone.in_windows > 0) schedule(*host);  // it may have to be filled up
  }
  call_for_work();
}

bool LocalFrontier::is_under_way(model::UrlId id) const {
  MutexLock lock(mutex_);
  return unsettled_.contains(id);
}

void LocalFrontier::set_sites(std::vector<SiteSettings> sites) {
  MutexLock lock(mutex_);
  const std::vector<SiteSettings> before = sites_.exchange(std::move(sites));
  const auto has_other_name = [&](model::SiteId id) {
    return id < before.size() && before[id].robots_agent != sites_.settings(id).robots_agent;
  };
  for (auto& [id, host] : hosts_) {
    // The new sites may open the address; other lines may hold for the new name.
    const bool known = host->robots.state == HostRobots::State::known;
    if (host->robots.refuse_all == model::Verdict::blocked ||
        (known && has_other_name(host->site))) {
      host->robots = {};
    }
    host->clock.set_politeness(politeness_at(*host));
    host->address_cap = address_cap_at(*host);
    for (Line& line : host->lines) host->set_standing(line, line_standing_of(line.key.site));
    if (host->place == Place::snoozed) unschedule(*host);
    schedule(*host);
  }
  aside_.forget_moments();
  idle_threads_.call_all();
}

void LocalFrontier::slept(base::Duration time, Instant awake) {
  MutexLock lock(mutex_);
  for (auto& [id, host] : hosts_) {
    if (host->robots.state == HostRobots::State::known) host->robots.expires -= time;
    host->clock.slept(time, awake);
    if (host->place == Place::snoozed) {
      unschedule(*host);
      schedule(*host);
    }
  }
  aside_.forget_moments();
  call_for_work();
}

void LocalFrontier::close_host_until(model::HostId id, Instant until) {
  MutexLock lock(mutex_);
  HostQueue& host = must_find(id);
  host.clock.close_until(until);
  if (host.place == Place::snoozed) unschedule(host);
  schedule(host);
}

Counts LocalFrontier::counts() const {
  MutexLock lock(mutex_);
  return {.waiting = waiting_,
          .outstanding = outstanding_,
          .in_flight = in_flight_,
          .connecting = aside_.size(),
          .hosts = hosts_.size(),
          .ready_hosts = ready_.size(),
          .snoozed_hosts = snoozed_.size(),
          .window_urls = window_urls_};
}

Holdup LocalFrontier::holdup(Instant now) const {
  MutexLock lock(mutex_);
  if (paused_) return Holdup::paused;
  if (waiting_ == 0) return Holdup::nothing_left;
  const bool ready = ready_.size() > 0;
  if (ready || (!snoozed_.empty() && snoozed_.begin()->first <= now)) return Holdup::none;
  if (!snoozed_.empty()) return Holdup::politeness;
  if (in_flight_ + aside_.size() > 0) return Holdup::in_flight;
  if (name_waits_ > 0) return Holdup::names;
  // Nothing moves: then sites are held, by the user or by the hour.
  const bool paused = std::any_of(hosts_.begin(), hosts_.end(), [&](const auto& entry) {
    const HostQueue& host = *entry.second;
    if (host.place != Place::held) return false;
    if (!host.has_urls()) return sites_.is_paused(host.site);
    return std::any_of(host.lines.begin(), host.lines.end(), [&](const Line& line) {
      return !line.window.empty() && sites_.is_paused(line.key.site);
    });
  });
  if (paused) return Holdup::paused;
  return sites_.any_wants_login() ? Holdup::login : Holdup::politeness;
}

namespace {

std::uint64_t waiting_at(const HostQueue& host) {
  std::uint64_t waiting = 0;
  for (const Line& line : host.lines) {
    waiting += line.window.size() + line.overflow.size();
    for (const ChunkRef& chunk : line.chunks) waiting += chunk.count;
  }
  return waiting;
}

HostSnapshot snapshot_of(const HostQueue& host) {
  return {.id = host.id,
          .origin = host.origin.href(),
          .site = host.site,
          .opens_at = host.clock.opens_at(),
          .gap = host.clock.gap(),
          .crawl_delay = host.clock.crawl_delay(),
          .adaptive_delay = host.clock.adaptive_delay(),
          .latency = host.clock.latency(),
          .troubles = host.clock.consecutive_troubles(),
          .pages = host.pages,
          .waiting = waiting_at(host),
          .in_flight = host.clock.in_flight(),
          .broken = host.clock.broken(),
          .failures = host.clock.failing() ? host.clock.consecutive_failures() : 0};
}

}  // namespace

std::optional<HostSnapshot> LocalFrontier::host(model::HostId id) const {
  MutexLock lock(mutex_);
  const auto found = hosts_.find(id);
  if (found == hosts_.end()) return std::nullopt;
  return snapshot_of(*found->second);
}

std::vector<HostSnapshot> LocalFrontier::busiest_hosts(std::size_t most) const {
  struct Busy {
    std::uint64_t work;
    const HostQueue* host;
  };
  std::vector<Busy> all;
  std::vector<HostSnapshot> busiest;
  MutexLock lock(mutex_);
  for (const auto& [id, host] : hosts_) {
    const std::uint64_t work = waiting_at(*host) + host->clock.in_flight();
    if (work + host->pages + host->clock.consecutive_troubles() > 0)
      all.push_back({work, host.get()});
  }
  const std::size_t n = std::min(most, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n), all.end(),
                    [](const Busy& a, const Busy& b) {
                      return a.work != b.work ? a.work > b.work
                                              : a.host->clock.latency() > b.host->clock.latency();
                    });
  for (const Busy& busy : std::span(all).first(n)) busiest.push_back(snapshot_of(*busy.host));
  return busiest;
}

}  // namespace crawld::frontier
