// The sites: their settings, and what each of them allows at the moment.
//
// A site is stopped by its user or by the hour of the day; it is held while it is stopped or its
// login is not done; and it is closed once a limit was reached, so that its URLs are refused.
// Hosts do not stand here: what a change means for their places is LocalFrontier's to say.
//
// A plain value that LocalFrontier guards with its lock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "crawler/frontier/host_clock.h"
#include "crawler/model/request.h"

namespace crawld::frontier {

// config::Site's slice.
struct SiteSettings {
  Politeness politeness;
  std::uint32_t concurrency_per_ip = 2;
  int priority = 0;
  bool depth_first = false;
  bool obey_robots = true;
  std::string robots_agent;  // by whose lines the site's hosts are judged
  // A host whose robots.txt says no to one of these (Content-Signal) is left alone.
  std::vector<std::string> opt_out_uses;
  std::uint64_t page_limit = 0;        // leases of pages for the whole site; 0: none
  std::uint64_t pages_per_host = 0;    // 0: none
  std::uint64_t pages_per_prefix = 0;  // first path segment; 0: none
};

// What the time of day asks of a site: another delay, or no requests at all.
struct SitePace {
  std::optional<milliseconds> delay;  // in place of the site's own
  bool off = false;
  bool operator==(const SitePace&) const = default;
};

class SiteGates {
 public:
  explicit SiteGates(std::vector<SiteSettings> sites) : sites_(std::move(sites)) {}

  // Those of a site that is not configured are the defaults.
  const SiteSettings& settings(model::SiteId id) const;
  bool is_configured(model::SiteId id) const { return id < sites_.size(); }
  // Gives back the settings of before.
  std::vector<SiteSettings> exchange(std::vector<SiteSettings> sites);
  // As configured, with the delay that the hour asks for.
  Politeness politeness(model::SiteId id) const;
  // False where it was so already.
  bool set_pace(model::SiteId id, const SitePace& pace);

  void pause(model::SiteId id, bool paused);
  bool is_paused(model::SiteId id) const { return paused_.contains(id); }
  // By the user or by the hour: not even a login is done.
  bool is_stopped(model::SiteId id) const;
  // No URL of it is leased.
  bool is_held(model::SiteId id) const { return before_login_.contains(id) || is_stopped(id); }

  // --- logins: a site waits for its own, and wants it once a URL of it came up -------------
  void hold_for_login(model::SiteId id);
  void release_from_login(model::SiteId id);
  bool waits_for_login(model::SiteId id) const { return before_login_.contains(id); }
  bool any_waits_for_login() const { return !before_login_.empty(); }
  void note_url(model::SiteId id);
  // Those that wants_login() has become true of since the last call. Of some it may be false again.
  std::vector<model::SiteId> take_wishes() { return std::exchange(wishes_, {}); }
  bool wants_login(model::SiteId id) const { return wanting_login_.contains(id); }
  bool any_wants_login() const { return !wanting_login_.empty(); }

  // --- limits ------------------------------------------------------------------------------
  void close(model::SiteId id, std::string reason) { closed_[id] = std::move(reason); }
  void open(model::SiteId id) { closed_.erase(id); }
  // Null where it is open.
  const std::string* closed_because(model::SiteId id) const;
  // `by` is 1, or -1 when a page is taken back.
  void count_page(model::SiteId id, int by) { pages_[id] += static_cast<std::uint64_t>(by); }
  void restore_pages(model::SiteId id, std::uint64_t pages) { pages_[id] = pages; }
  bool has_all_its_pages(model::SiteId id) const;

 private:
  std::vector<SiteSettings> sites_;
  std::map<model::SiteId, SitePace> paces_;
  std::set<model::SiteId> paused_;
  std::set<model::SiteId> before_login_;
  std::set<model::SiteId> wanting_login_;  // of those before their login: URLs wait
  std::vector<model::SiteId> wishes_;      // what came to it since it was asked for
  std::map<model::SiteId, std::string> closed_;
  std::unordered_map<model::SiteId, std::uint64_t> pages_;
};

}  // namespace crawld::frontier
