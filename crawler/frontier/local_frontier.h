// The frontier of one machine: a queue per host, a heap of the moments at which
// hosts open, and nothing that grows with the number of known URLs.
//
// In memory each host holds a bounded window of its best URLs; what does not fit
// overflows as bare ids, which the commit stage writes to the database as chunks
// and reads back (refill) when the window runs low. A host is in exactly one place:
// ready (may be contacted now), snoozed (until its clock opens), waiting for a slot
// of its IP address, held (its site is paused), or resting (nothing to do, all its
// requests are open, or its name is still being looked up).
//
// Fairness: ReadyHosts says which host comes next, by site priority, then in turn.
// Sites that meet at a host have its turns by the same rule, but for every eighth, which
// goes to the site that waited longest. Within a site's turns what is new and what is
// visited again alternate, so that neither keeps out the other.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "crawler/base/mutex.h"
#include "crawler/frontier/aside_leases.h"
#include "crawler/frontier/frontier.h"
#include "crawler/frontier/host_clock.h"
#include "crawler/frontier/host_queue.h"
#include "crawler/frontier/idle_threads.h"
#include "crawler/frontier/ready_hosts.h"
#include "crawler/frontier/site_gates.h"

namespace crawld::frontier {

// What is stored of a host between runs, and shown in `v_hosts`.
struct HostSnapshot {
  model::HostId id = 0;
  std::string origin;
  model::SiteId site = 0;
  base::Instant opens_at{};
  milliseconds gap{0};
  std::optional<milliseconds> crawl_delay;
  milliseconds adaptive_delay{0};
  std::chrono::microseconds latency{0};  // of a request, smoothed; 0: not known
  std::uint32_t troubles = 0;
  std::uint64_t pages = 0;
  PagesByPrefix pages_by_prefix;  // restored, not shown
  std::uint64_t waiting = 0;
  std::uint32_t in_flight = 0;
  bool broken = false;
  std::uint32_t failures = 0;  // answers in a row by which it says that it fails; 0: it does not
};

struct Counts {
  std::uint64_t waiting = 0;      // URLs in windows, overflow and chunks
  std::uint64_t outstanding = 0;  // leased, or fetched and not settled
  std::uint64_t in_flight = 0;    // transfers open
  std::uint64_t connecting = 0;   // leases set aside until their host is reached
  std::uint64_t hosts = 0;
  std::uint64_t ready_hosts = 0;
  std::uint64_t snoozed_hosts = 0;
  std::uint64_t window_urls = 0;  // held in memory
};

// Ids of a line that left memory and must be written down.
struct Overflow {
  model::HostId host = 0;
  LineKey line;
  std::vector<model::UrlId> ids;
};

// What to read back for a line of a host: a chunk, or ids that were never written.
struct BacklogRequest {
  model::HostId host = 0;
  LineKey line;
  std::optional<ChunkRef> chunk;
  std::vector<model::UrlId> ids;
};

class LocalFrontier final : public Frontier {
 public:
  struct Options {
    std::size_t window = 256;      // URLs a host holds in memory
    std::size_t low_water = 64;    // of a line: refill below
    std::size_t spill_at = 1'024;  // overflow ids a line collects before they are written
    std::uint64_t page_limit = 0;  // of the whole run; 0: none
    std::uint32_t seed = 1;        // of the jitter's dice
    std::size_t transfers = 0;     // that may be open at once; 0: nothing is kept for quick hosts
  };

  LocalFrontier(std::vector<SiteSettings> sites, Options options);

  Turn lease(base::Instant now) override;
  bool wait(base::Instant until) override;
  bool claim_address(model::Lease& lease, const std::string& address, base::Instant now) override;
  void wait_for_name(const model::Lease& lease, base::Instant now) override;
  void name_known(model::HostId host) override;
  void set_aside(model::Lease lease) override;
  void reached(std::uint64_t connection) override;
  void release(const model::Lease& lease, const model::HostAdvice& advice,
               const std::string& address, base::Instant now) override;
  void settled(const model::Lease& lease, bool stored_page) override;
  void offer(std::vector<Candidate> candidates) override;
  std::optional<base::Instant> next_opening() const override;
  bool idle() const override;
  void close() override;

  // Refusals that lease() handed out are booked: they no longer hold up the end.
  void booked_refusals(const std::vector<Refusal>& refusals);

  // Makes a host known; a candidate's host must be. Restores its clock.
  void add_host(const HostSnapshot& host);
  bool knows_host(model::HostId host) const;
  // Pages of the site that earlier runs fetched, on whichever host: its page limit counts them.
  void restore_site_pages(model::SiteId site, std::uint64_t pages);

  // The host's robots.txt has been read, or could not be. URLs wait until this is called.
  void set_robots(model::HostId host, HostRobots robots);
  // Asks for rules on `host`'s clock: after a redirect, or once more.
  void ask_robots(model::HostId host, Errand errand);
  void close_host_until(model::HostId host, base::Instant until);
  // The machine slept for `time`, some time after `awake`: what is known of robots.txt is older by
  // it, and hosts open when they said, not so much later.
  void slept(base::Duration time, base::Instant awake);

  // --- logins ----------------------------------------------------------------------
  // While a site waits for its login its URLs are not leased; robots.txt and steps of logins are.
  void hold_for_login(model::SiteId site, bool held);
  // Enters a step, which comes before the host's URLs and after its robots.txt. The rules do not
  // judge it: whoever configured the login named it. A host that is dead, or closed because its
  // robots.txt cannot be had, gives a Refusal with url_id 0.
  void log_in(model::HostId host, LoginStep step);
  // A URL of the site came up, and was held for the login. Cheap.
  bool wants_login(model::SiteId site) const;
  // The sites of which that has become true since the last call, so that nobody asks for each.
  // Of some it may be false again.
  std::vector<model::SiteId> take_login_wishes();
  // All that waits is held for the login of a site; nothing is under way.
  bool only_logins_wait() const;

  // --- the backlog: called by the commit stage only -------------------------------
  std::vector<Overflow> take_overflow(bool all);
  // A chunk of ids that were overflow until now; or, at start-up, one found on disk.
  void add_chunk(model::HostId host, ChunkRef chunk);
  void add_stored_chunk(model::HostId host, ChunkRef chunk);
  std::vector<BacklogRequest> hungry();
  // Some host would answer hungry() now.
  bool wants_refill() const;
  // Answers one BacklogRequest, with what of it still waits.
  void refill(const BacklogRequest& request, std::vector<Candidate> candidates);
  // Every unsettled id that memory answers for, leased ones too, by line: for a
  // checkpoint of the queue.
  std::vector<Overflow> in_memory() const;

  // --- control ---------------------------------------------------------------------
  void pause(bool paused);
  void pause_site(model::SiteId site, bool paused);
  bool is_paused(model::SiteId site) const;
  void set_sites(std::vector<SiteSettings> sites);
  // Of each site, by its id.
  void set_paces(const std::vector<SitePace>& paces);
  // A limit of the site was reached: its pages are refused from now on, with this reason.
  void close_site(model::SiteId site, std::string reason);
  // The limit was raised.
  void open_site(model::SiteId site);
  // Takes waiting URLs out of memory. What is leased or not settled yet stays, and so does
  // what waits on disk: whoever reads it back drops it there.
  void withdraw(const std::unordered_set<model::UrlId>& ids);
  // Leased, or not settled yet.
  bool is_under_way(model::UrlId id) const;
  void stop_leasing();  // a limit was reached: lease() gives nothing more, settling goes on
  bool page_limit_reached() const;

  Counts counts() const;
  Holdup holdup(base::Instant now) const;
  std::optional<HostSnapshot> host(model::HostId id) const;
  // Of those that have, or had, something to do. Looks at all hosts, with the mutex held.
  std::vector<HostSnapshot> busiest_hosts(std::size_t most) const;

 private:
  struct Address {
    std::uint32_t in_flight = 0;
    std::deque<model::HostId> waiters;
  };

  bool is_held(const HostQueue& host) const CRAWL_REQUIRES(mutex_);
  Line& line_at(HostQueue& host, const LineKey& key) CRAWL_REQUIRES(mutex_);
  void put_in_line(HostQueue& host, Candidate candidate) CRAWL_REQUIRES(mutex_);
  void add_to_line(HostQueue& host, Line& line, Candidate candidate, std::size_t window)
      CRAWL_REQUIRES(mutex_);
  LineStanding line_standing_of(model::SiteId site) const CRAWL_REQUIRES(mutex_);
  void restand_lines(model::SiteId site) CRAWL_REQUIRES(mutex_);
  const Line* next_line(const HostQueue& host) const CRAWL_REQUIRES(mutex_);
  Line::Window::const_iterator next_of(const HostQueue& host, const Line& line)
      CRAWL_REQUIRES(mutex_);
  ReadyHosts::Standing standing_of(const HostQueue& host) const CRAWL_REQUIRES(mutex_);
  const SiteSettings& turn_of(const HostQueue& host) const CRAWL_REQUIRES(mutex_);
  bool may_read_back(const HostQueue& host, const Line& line) const CRAWL_REQUIRES(mutex_);
  void take_from_backlog(Line& line, BacklogRequest& request) const;
  bool is_hungry(HostQueue& host) const CRAWL_REQUIRES(mutex_);
  bool wants_robots(const HostQueue& host, base::Instant now) const CRAWL_REQUIRES(mutex_);
  Politeness politeness_at(const HostQueue& host) const CRAWL_REQUIRES(mutex_);
  void join(HostQueue& host, model::SiteId id) CRAWL_REQUIRES(mutex_);
  void let_go(model::SiteId id) CRAWL_REQUIRES(mutex_);
  void let_go(HostQueue& host) CRAWL_REQUIRES(mutex_);
  std::span<const model::HostId> hosts_of(model::SiteId id) const CRAWL_REQUIRES(mutex_);
  HostQueue& must_find(model::HostId id) CRAWL_REQUIRES(mutex_);
  void find_twin(HostQueue& host) CRAWL_REQUIRES(mutex_);
  bool has_room(const HostQueue& host) const CRAWL_REQUIRES(mutex_);
  void move_clocks(HostQueue& host, const model::Lease& lease, const model::HostAdvice& advice,
                   base::Instant now) CRAWL_REQUIRES(mutex_);
  void close_beside(HostQueue& host, base::Instant now) CRAWL_REQUIRES(mutex_);
  double throw_dice() CRAWL_REQUIRES(mutex_);
  void close_twin(HostQueue& host, base::Instant until, base::Instant now) CRAWL_REQUIRES(mutex_);
  void reopen_twin(HostQueue& host, base::Instant started, base::Instant now)
      CRAWL_REQUIRES(mutex_);
  void settle_twin(HostQueue& host, base::Instant now) CRAWL_REQUIRES(mutex_);
  void schedule(HostQueue& host) CRAWL_REQUIRES(mutex_);
  void unschedule(HostQueue& host) CRAWL_REQUIRES(mutex_);
  void make_ready(HostQueue& host) CRAWL_REQUIRES(mutex_);
  void wake_snoozed(base::Instant now) CRAWL_REQUIRES(mutex_);
  HostQueue* pick(base::Instant now) CRAWL_REQUIRES(mutex_);
  bool may_lease() const CRAWL_REQUIRES(mutex_);
  // Among the leases and the stored pages of the run.
  bool has_page_room() const CRAWL_REQUIRES(mutex_);
  void leave_page_room() CRAWL_REQUIRES(mutex_);
  std::optional<model::Lease> take_up(base::Instant now) CRAWL_REQUIRES(mutex_);
  bool take_turn(HostQueue& host, base::Instant now, Turn& turn) CRAWL_REQUIRES(mutex_);
  void take_login_step(HostQueue& host, base::Instant now, Turn& turn) CRAWL_REQUIRES(mutex_);
  std::optional<Refusal> refuse(const HostQueue& host, const Candidate& candidate,
                                base::Instant now) const CRAWL_REQUIRES(mutex_);
  void count_page(HostQueue& host, const model::Request& request, int by) CRAWL_REQUIRES(mutex_);
  model::Lease grant(HostQueue& host, model::Lease lease, base::Instant now) CRAWL_REQUIRES(mutex_);
  void take_back(HostQueue& host, const model::Lease& lease, base::Instant now)
      CRAWL_REQUIRES(mutex_);
  std::uint32_t address_cap_at(const HostQueue& host) const CRAWL_REQUIRES(mutex_);
  bool has_slot(const Address& slots, const std::string& address, const HostQueue& host)
      CRAWL_REQUIRES(mutex_);
  bool wait_for_address(HostQueue& host) CRAWL_REQUIRES(mutex_);
  void wake_waiter(const std::string& address, base::Instant now) CRAWL_REQUIRES(mutex_);
  void move_host(HostQueue& host, const std::string& address, base::Instant now)
      CRAWL_REQUIRES(mutex_);
  std::optional<base::Instant> next_work() const CRAWL_REQUIRES(mutex_);
  void call_for_work() CRAWL_REQUIRES(mutex_);

  const Options options_;
  mutable base::Mutex mutex_;
  SiteGates sites_ CRAWL_GUARDED_BY(mutex_);
  std::unordered_map<model::HostId, std::unique_ptr<HostQueue>> hosts_ CRAWL_GUARDED_BY(mutex_);
  std::unordered_map<std::string, model::HostId> names_ CRAWL_GUARDED_BY(mutex_);  // usual ports
  // Where each site has, or had, something to do: there are as many sites as hosts at times, and
  // what one of them waits for must not cost a look at all hosts. Hosts of its login, too.
  std::unordered_map<model::SiteId, std::vector<model::HostId>> site_hosts_
      CRAWL_GUARDED_BY(mutex_);
  std::set<std::pair<base::Instant, model::HostId>> snoozed_ CRAWL_GUARDED_BY(mutex_);
  ReadyHosts ready_ CRAWL_GUARDED_BY(mutex_);
  std::unordered_map<model::UrlId, model::HostId> unsettled_ CRAWL_GUARDED_BY(mutex_);
  std::unordered_map<std::string, Address> addresses_ CRAWL_GUARDED_BY(mutex_);
  AsideLeases aside_ CRAWL_GUARDED_BY(mutex_);
  std::set<model::HostId> overflowing_ CRAWL_GUARDED_BY(mutex_);
  std::set<model::HostId> hungry_ CRAWL_GUARDED_BY(mutex_);
  std::minstd_rand dice_ CRAWL_GUARDED_BY(mutex_);
  std::uint64_t waiting_ CRAWL_GUARDED_BY(mutex_) = 0;
  std::uint64_t outstanding_ CRAWL_GUARDED_BY(mutex_) = 0;
  std::uint64_t outstanding_pages_ CRAWL_GUARDED_BY(mutex_) = 0;
  std::uint64_t in_flight_ CRAWL_GUARDED_BY(mutex_) = 0;
  std::uint64_t stored_pages_ CRAWL_GUARDED_BY(mutex_) = 0;
  std::uint64_t window_urls_ CRAWL_GUARDED_BY(mutex_) = 0;
  std::uint64_t arrivals_ CRAWL_GUARDED_BY(mutex_) = 0;
  std::int64_t name_waits_ CRAWL_GUARDED_BY(mutex_) = 0;  // of all hosts
  bool paused_ CRAWL_GUARDED_BY(mutex_) = false;
  bool stopped_ CRAWL_GUARDED_BY(mutex_) = false;
  bool closed_ CRAWL_GUARDED_BY(mutex_) = false;
  IdleThreads idle_threads_ CRAWL_GUARDED_BY(mutex_);
};

}  // namespace crawld::frontier
