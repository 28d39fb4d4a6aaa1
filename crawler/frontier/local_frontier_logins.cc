// LocalFrontier: sites that are crawled behind a login.
#include <algorithm>
#include <utility>

#include "crawler/frontier/local_frontier.h"

namespace crawld::frontier {

using base::Instant;
using base::MutexLock;

void LocalFrontier::hold_for_login(model::SiteId site_id, bool held) {
  MutexLock lock(mutex_);
  if (!held) {
    sites_.release_from_login(site_id);
    restand_lines(site_id);
    return let_go(site_id);
  }
  sites_.hold_for_login(site_id);
  restand_lines(site_id);
  const std::span hosts = hosts_of(site_id);
  const bool waits = std::any_of(hosts.begin(), hosts.end(), [&](model::HostId id) {
    HostQueue& host = must_find(id);
    const auto has_urls = [&](const Line* line) {
      return line != nullptr && (!line->window.empty() || line->has_backlog());
    };
    return has_urls(host.find({.site = site_id, .visited = false})) ||
           has_urls(host.find({.site = site_id, .visited = true}));
  });
  if (waits) sites_.note_url(site_id);
}

void LocalFrontier::log_in(model::HostId id, LoginStep step) {
  MutexLock lock(mutex_);
  HostQueue& host = must_find(id);
  std::vector<model::HostId>& hosts = site_hosts_[step.site];
  if (std::find(hosts.begin(), hosts.end(), id) == hosts.end()) hosts.push_back(id);
  host.logins.push_back(std::move(step));
  ++waiting_;
  schedule(host);
  call_for_work();
}

bool LocalFrontier::wants_login(model::SiteId site_id) const {
  MutexLock lock(mutex_);
  return sites_.wants_login(site_id);
}

std::vector<model::SiteId> LocalFrontier::take_login_wishes() {
  MutexLock lock(mutex_);
  return sites_.take_wishes();
}

bool LocalFrontier::only_logins_wait() const {
  MutexLock lock(mutex_);
  if (waiting_ == 0 || outstanding_ > 0 || !sites_.any_wants_login()) return false;
  return std::all_of(hosts_.begin(), hosts_.end(), [&](const auto& entry) {
    const HostQueue& host = *entry.second;
    if (!host.has_work()) return !host.has_backlog();
    if (host.place != Place::held || !host.has_urls() || !host.logins.empty()) return false;
    return std::any_of(host.lines.begin(), host.lines.end(), [&](const Line& line) {
      const model::SiteId waiting = line.key.site;
      return !line.window.empty() && sites_.waits_for_login(waiting) && !sites_.is_stopped(waiting);
    });
  });
}

// Needs: there is one.
void LocalFrontier::take_login_step(HostQueue& host, Instant now, Turn& turn) {
  LoginStep step = std::move(host.logins.front());
  host.logins.pop_front();
  const auto refuse = [&](model::Verdict verdict, std::string why, Instant until) {
    --waiting_;
    ++outstanding_;  // until the commit stage has booked it
    turn.refusals.push_back({.url_id = 0,
                             .host_id = host.id,
                             .site = step.site,
                             .verdict = verdict,
                             .reason = std::move(why),
                             .until = until});
  };
  if (sites_.settings(step.site).obey_robots && host.robots.refuse_all) {
    return refuse(*host.robots.refuse_all, host.robots.why, host.robots.expires);
  }
  if (sites_.settings(step.site).obey_robots &&
      asks_too_much(host.clock.crawl_delay(), sites_.settings(step.site).politeness)) {
    return refuse(model::Verdict::disallowed, "crawl-delay over max_crawl_delay",
                  host.robots.expires);
  }
  if (host.clock.dead(now)) {
    return refuse(model::Verdict::failed, std::string(host.clock.given_up_because()),
                  host.clock.dead_until());
  }
  turn.lease = grant(host,
                     {.host_id = host.id,
                      .request = {.url = std::move(step.url),
                                  .purpose = step.purpose,
                                  .site = step.site,
                                  .redirects = step.hops,
                                  .attempt = step.attempt,
                                  .post = std::move(step.post)}},
                     now);
}

}  // namespace crawld::frontier
