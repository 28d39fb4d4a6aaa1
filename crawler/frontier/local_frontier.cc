#include "crawler/frontier/local_frontier.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "crawler/model/content_signal.h"

namespace crawld::frontier {
namespace {

using base::Instant;
using base::MutexLock;

// Refusals booked in one turn, so that a page with 400,000 forbidden links does
// not hold the lock while all of them are judged.
constexpr std::size_t kMostRefusals = 256;
// So many bytes of paths and rules are held against each other in one turn: some milliseconds.
constexpr std::uint64_t kMostJudging = 16U << 20;
// As many links are taken in without letting others come by.
constexpr std::size_t kMostOffers = 1'024;
constexpr std::uint64_t kDiceSides = 1'000'000;

}  // namespace

LocalFrontier::LocalFrontier(std::vector<SiteSettings> sites, Options options)
    : options_(options), sites_(std::move(sites)), ready_(options.transfers), dice_(options.seed) {}

HostQueue& LocalFrontier::must_find(model::HostId id) {
  const auto found = hosts_.find(id);
  assert(found != hosts_.end() && "add_host() comes before any use of a host");
  return *found->second;
}

bool LocalFrontier::may_lease() const {
  return !closed_ && !paused_ && !stopped_ && has_page_room();
}

bool LocalFrontier::has_page_room() const {
  return options_.page_limit == 0 || stored_pages_ + outstanding_pages_ < options_.page_limit;
}

void LocalFrontier::leave_page_room() {
  --outstanding_pages_;
  aside_.let_on();
}

// --- leasing ---------------------------------------------------------------------------------

Turn LocalFrontier::lease(Instant now) {
  MutexLock lock(mutex_);
  Turn turn;
  turn.lease = take_up(now);
  if (turn.lease || !may_lease()) return turn;
  wake_snoozed(now);
  while (HostQueue* host = pick(now)) {
    // Its clock may have moved while it waited among the ready ones.
    const bool done = host->name_waits <= 0 && host->clock.opens_at() <= now && has_room(*host) &&
                      take_turn(*host, now, turn);
    // A turn that used no slot of its address leaves it to the next host that waits there.
    if (!turn.lease && host->place != Place::waiting_for_address) wake_waiter(host->address, now);
    schedule(*host);
    if (done) break;
  }
  // Whoever waits may have the next one.
  if (turn.lease) call_for_work();
  return turn;
}

// One host's turn: a lease, refusals, or nothing after all. True ends the search.
bool LocalFrontier::take_turn(HostQueue& host, Instant now, Turn& turn) {
  if (wants_robots(host, now)) {
    const auto url = host.origin.resolve("/robots.txt");
    host.errands.push_back({.robots_for = host.id, .url = *url, .hops = 0});
    host.robots.state = HostRobots::State::asked;
    ++waiting_;
  }
  if (!host.errands.empty()) {
    if (wait_for_address(host)) return false;
    Errand errand = std::move(host.errands.front());
    host.errands.pop_front();
    turn.lease = grant(host,
                       {.host_id = host.id,
                        .robots_for = errand.robots_for,
                        .request = {.url = std::move(errand.url),
                                    .purpose = model::Purpose::robots,
                                    .site = host.site,
                                    .redirects = errand.hops,
                                    .attempt = errand.attempt}},
                       now);
    return true;
  }
  if (host.robots.state == HostRobots::State::asked) return false;
  if (!host.logins.empty() && !sites_.is_stopped(host.logins.front().site)) {
    if (wait_for_address(host)) return false;
    take_login_step(host, now, turn);
    return true;
  }
  std::uint64_t judging = 0;
  while (const Line* next = next_line(host)) {
    Line& line = line_at(host, next->key);
    const auto best = next_of(host, line);
    if (wants_robots(host, now)) break;  // the site of this one obeys, that of the last did not
    if (auto refusal = refuse(host, *best, now)) {
      judging += host.robots.rules.size() * best->request.url.href().size();
      host.take(line, best);
      --waiting_;
      --window_urls_;
      ++outstanding_;  // until the commit stage has booked it
      unsettled_.emplace(refusal->url_id, host.id);
      turn.refusals.push_back(*std::move(refusal));
      if (turn.refusals.size() >= kMostRefusals || judging >= kMostJudging) return true;
      continue;
    }
    if (wait_for_address(host)) return !turn.refusals.empty();
    Candidate candidate = host.take(line, best);
    --window_urls_;
    if (candidate.request.purpose == model::Purpose::page) {
      ++outstanding_pages_;
      if (is_new(candidate.request)) count_page(host, candidate.request, 1);
    }
    turn.lease = grant(
        host,
        {.url_id = candidate.url_id, .host_id = host.id, .request = std::move(candidate.request)},
        now);
    return true;
  }
  return !turn.refusals.empty();
}

// `by` is 1, or -1 when it is taken back.
void LocalFrontier::count_page(HostQueue& host, const model::Request& request, int by) {
  const auto step = static_cast<std::uint64_t>(by);
  host.pages += step;
  sites_.count_page(request.site, by);
  if (sites_.settings(request.site).pages_per_prefix > 0) {
    std::uint64_t& pages = host.pages_by_prefix[path_prefix(request.url.path())];
    if (by > 0 || pages > 0) pages += step;  // a reload may have begun to count in between
  }
}

model::Lease LocalFrontier::grant(HostQueue& host, model::Lease lease, Instant now) {
  --waiting_;
  ++outstanding_;
  ++in_flight_;
  lease.host_record = host.clock.record();
  ready_.started(lease.host_record, now);
  if (lease.url_id != 0) unsettled_.emplace(lease.url_id, host.id);
  lease.leased_at = now;
  lease.address_slot = host.address;
  if (!host.address.empty()) ++addresses_[host.address].in_flight;
  host.clock.started(now, throw_dice());
  close_beside(host, now);
  return lease;
}

double LocalFrontier::throw_dice() {
  return static_cast<double>(dice_() % kDiceSides) / static_cast<double>(kDiceSides);
}

// robots.txt and budgets are judged when the turn comes, so that the rules of the
// day hold, not those of the day on which the link was found.
std::optional<Refusal> LocalFrontier::refuse(const HostQueue& host, const Candidate& candidate,
                                             Instant now) const {
  const SiteSettings& settings = sites_.settings(candidate.request.site);
  const model::Request& request = candidate.request;
  const auto refusal = [&](model::Verdict verdict, std::string reason,
                           std::optional<Instant> until = {}) {
    return Refusal{candidate.url_id, host.id, request.site, verdict, std::move(reason), until};
  };
  if (settings.obey_robots) {
    if (host.robots.refuse_all) {
      return refusal(*host.robots.refuse_all, host.robots.why, host.robots.expires);
    }
    if (asks_too_much(host.clock.crawl_delay(), settings.politeness)) {
      return refusal(model::Verdict::disallowed, "crawl-delay over max_crawl_delay",
                     host.robots.expires);
    }
    const robots::Answer answer = host.robots.rules.allowed(request.url.path_and_query());
    if (answer.too_dear) return refusal(model::Verdict::disallowed, "robots.txt too costly");
    if (!answer.allowed) {
      std::string reason = "robots.txt line " + std::to_string(answer.line);
      const std::uint64_t version = host.robots.version;
      if (version != 0) reason += ", version " + std::to_string(version);
      return refusal(model::Verdict::disallowed, std::move(reason));
    }
    const std::string_view signal =
        model::refused_use(host.robots.rules.content_signals(), settings.opt_out_uses);
    if (!signal.empty()) {
      return refusal(model::Verdict::disallowed, "opt_out content-signal:" + std::string(signal));
    }
  }
  if (host.clock.dead(now)) {
    return refusal(model::Verdict::failed, std::string(host.clock.given_up_because()),
                   host.clock.dead_until());
  }
  if (const std::string* closed = sites_.closed_because(request.site)) {
    return refusal(model::Verdict::over_budget, *closed);
  }
  if (request.purpose != model::Purpose::page || !is_new(request)) return std::nullopt;
  if (settings.pages_per_host > 0 && host.pages >= settings.pages_per_host) {
    return refusal(model::Verdict::over_budget, "budget.per_host");
  }
  if (sites_.has_all_its_pages(request.site)) {
    return refusal(model::Verdict::over_budget, "limits.pages");
  }
  if (settings.pages_per_prefix > 0) {
    const auto used = host.pages_by_prefix.find(path_prefix(request.url.path()));
    if (used != host.pages_by_prefix.end() && used->second >= settings.pages_per_prefix) {
      return refusal(model::Verdict::over_budget, "budget.per_prefix");
    }
  }
  return std::nullopt;
}

void LocalFrontier::release(const model::Lease& lease, const model::HostAdvice& advice,
                            const std::string& address, Instant now) {
  MutexLock lock(mutex_);
  --in_flight_;
  ready_.ended(lease.host_record, lease.leased_at);
  HostQueue& host = must_find(lease.host_id);
  move_clocks(host, lease, advice, now);
  if (!lease.address_slot.empty()) {
    --addresses_.find(lease.address_slot)->second.in_flight;
    wake_waiter(lease.address_slot, now);
  }
  move_host(host, address, now);
  const bool had_turn = host.place == Place::snoozed && host.snoozed_until <= now;
  if (host.place == Place::snoozed) unschedule(host);  // its clock has moved
  schedule(host);
  if (had_turn && host.snoozed_until > now) wake_waiter(host.address, now);
  // Nobody is called: the thread that is here comes by for the next lease.
}

void LocalFrontier::settled(const model::Lease& lease, bool stored_page) {
  MutexLock lock(mutex_);
  --outstanding_;
  unsettled_.erase(lease.url_id);
  if (stored_page) ++stored_pages_;
  if (is_of_page(lease)) leave_page_room();
  if (options_.page_limit > 0) call_for_work();
}

void LocalFrontier::booked_refusals(const std::vector<Refusal>& refusals) {
  MutexLock lock(mutex_);
  for (const Refusal& refusal : refusals) unsettled_.erase(refusal.url_id);
  outstanding_ -= refusals.size();
}

// --- places ----------------------------------------------------------------------------------

// Puts a resting host where it belongs. Hosts in a queue already stay there.
void LocalFrontier::schedule(HostQueue& host) {
  if (is_hungry(host)) hungry_.insert(host.id);
  if (host.place == Place::held && !is_held(host)) host.place = Place::resting;
  if (host.place != Place::resting || !host.has_work() || !has_room(host)) return;
  if (host.errands.empty() && host.robots.state == HostRobots::State::asked) return;
  if (host.name_waits > 0) return;
  if (is_held(host)) {
    host.place = Place::held;
    return;
  }
  host.snoozed_until = host.clock.opens_at();
  host.place = Place::snoozed;
  snoozed_.emplace(host.snoozed_until, host.id);
}

void LocalFrontier::unschedule(HostQueue& host) {
  if (host.place == Place::snoozed) snoozed_.erase({host.snoozed_until, host.id});
  host.place = Place::resting;
}

void LocalFrontier::make_ready(HostQueue& host) {
  ready_.add(host.id, standing_of(host));
  host.place = Place::ready;
}

void LocalFrontier::wake_snoozed(Instant now) {
  while (!snoozed_.empty() && snoozed_.begin()->first <= now) {
    HostQueue& host = must_find(snoozed_.begin()->second);
    snoozed_.erase(snoozed_.begin());
    make_ready(host);
  }
}

// The next ready host that is not held.
HostQueue* LocalFrontier::pick(Instant now) {
  while (const auto next = ready_.take(now)) {
    HostQueue& host = must_find(*next);
    host.place = Place::resting;
    if (!is_held(host)) return &host;
    host.place = Place::held;
    wake_waiter(host.address, now);
  }
  return nullptr;
}

// --- what comes in ---------------------------------------------------------------------------

void LocalFrontier::offer(std::vector<Candidate> candidates) {
  for (std::size_t next = 0; next < candidates.size();) {
    MutexLock lock(mutex_);
    const std::size_t end = std::min(next + kMostOffers, candidates.size());
    for (; next < end; ++next) {
      HostQueue& host = must_find(candidates[next].host_id);
      ++waiting_;
      join(host, candidates[next].request.site);
      sites_.note_url(candidates[next].request.site);
      put_in_line(host, std::move(candidates[next]));
      schedule(host);
    }
    call_for_work();
  }
}

void LocalFrontier::add_host(const HostSnapshot& snapshot) {
  MutexLock lock(mutex_);
  if (hosts_.contains(snapshot.id)) return;
  auto origin = model::Url::parse(snapshot.origin);
  assert(origin && "a stored origin parses");
  auto host = std::make_unique<HostQueue>(snapshot.id, *std::move(origin), snapshot.site,
                                          sites_.politeness(snapshot.site), options_.low_water);
  host->address_cap = address_cap_at(*host);
  host->clock.close_until(snapshot.opens_at);
  host->clock.restore_adaptive_delay(snapshot.adaptive_delay);
  host->clock.restore_latency(snapshot.latency);
  host->clock.restore_troubles(snapshot.troubles);
  host->pages = snapshot.pages;
  host->pages_by_prefix = snapshot.pages_by_prefix;
  site_hosts_[snapshot.site].push_back(snapshot.id);
  find_twin(*hosts_.emplace(snapshot.id, std::move(host)).first->second);
}

bool LocalFrontier::knows_host(model::HostId id) const {
  MutexLock lock(mutex_);
  return hosts_.contains(id);
}

void LocalFrontier::set_robots(model::HostId id, HostRobots robots) {
  MutexLock lock(mutex_);
  HostQueue& host = must_find(id);
  robots.state = HostRobots::State::known;
  if (turn_of(host).obey_robots) host.clock.set_crawl_delay(robots.rules.crawl_delay());
  host.robots = std::move(robots);
  if (host.place == Place::snoozed) unschedule(host);  // its clock has moved
  schedule(host);
  call_for_work();
}

void LocalFrontier::ask_robots(model::HostId id, Errand errand) {
  MutexLock lock(mutex_);
  HostQueue& host = must_find(id);
  must_find(errand.robots_for).robots.state = HostRobots::State::asked;
  host.errands.push_back(std::move(errand));
  ++waiting_;
  schedule(host);
  call_for_work();
}

}  // namespace crawld::frontier
