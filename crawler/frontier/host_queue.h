// One host's URLs that wait, and what holds for the host.
//
// The URLs stand in lines, one for what is new of a site and one for those of its pages that are
// visited again. Which line comes next is LocalFrontier's to say; each has a backlog of its own, so
// that what is long in one does not hide the other.
//
// A plain value that LocalFrontier guards with its lock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "crawler/frontier/frontier.h"
#include "crawler/frontier/host_clock.h"
#include "crawler/robots/agent_rules.h"

namespace crawld::frontier {

// What robots.txt of a host says at the moment (RFC 9309 section 2.3.1).
struct HostRobots {
  enum class State : std::uint8_t { unknown, asked, known };
  State state = State::unknown;
  robots::AgentRules rules;
  std::uint64_t version = 0;  // row in `robots_versions` that the rules are of; 0: not stored
  base::Instant expires{};    // ask again from here on
  // All URLs are refused, whatever the rules: robots.txt could not be had, or the
  // host asks for more patience than the site's configuration has.
  std::optional<model::Verdict> refuse_all;
  std::string why;  // the reason booked with refuse_all
};

struct LineKey {
  model::SiteId site = 0;
  bool visited = false;  // what is visited again; else what is new
  auto operator<=>(const LineKey&) const = default;
};

LineKey line_of(const model::Request& request);

// A row of `queue_chunks`.
struct ChunkRef {
  std::int64_t id = 0;
  std::uint32_t count = 0;
  LineKey line;  // that most of its URLs belong to
};

// A robots.txt to ask for on this host's clock.
struct Errand {
  model::HostId robots_for = 0;
  model::Url url;
  std::uint16_t hops = 0;     // redirects followed so far
  std::uint16_t attempt = 0;  // of asking at all
};

// A step of a site's login, on this host's clock.
struct LoginStep {
  model::SiteId site = 0;
  model::Url url;
  model::Purpose purpose = model::Purpose::login_form;  // or login_answer
  std::uint16_t hops = 0;                               // redirects followed so far
  std::uint16_t attempt = 0;                            // of this login
  std::shared_ptr<const model::FormPost> post;          // null: a GET
};

enum class Place : std::uint8_t { resting, ready, snoozed, waiting_for_address, held };

// Orders a line: priority; then of what is new depth (shallow or deep first) and age, and of what
// is visited again who came first. By its depth a page that is always due would keep out others.
struct CandidateOrder {
  bool depth_first = false;
  bool operator()(const Candidate& a, const Candidate& b) const;
};

// What the site of a line says of it, at the moment.
struct LineStanding {
  int priority = 0;   // of the site
  bool held = false;  // none of its URLs is leased
};

struct Line {
  using Window = std::multiset<Candidate, CandidateOrder>;

  bool has_backlog() const { return !overflow.empty() || !chunks.empty() || refilling; }
  // Could be read back for, were its window low.
  bool has_stored() const { return !refilling && (!overflow.empty() || !chunks.empty()); }

  LineKey key;
  Window window;
  std::vector<model::UrlId> overflow = {};  // known to memory only, until spilled
  std::list<ChunkRef> chunks = {};          // on disk, oldest first
  bool refilling = false;
  LineStanding standing = {};
  std::uint32_t number = 0;  // in the order in which the lines of its host came
  // Turns that the host had given when this line, and any of its site, had its last. 0: none yet.
  std::uint64_t turn = 0;
  std::uint64_t site_turn = 0;
};

// Pages taken below each first path segment.
using PagesByPrefix = std::unordered_map<std::string, std::uint64_t>;

// By which rule lines take turns at a host; see LocalFrontier.
enum class TurnOrder : std::uint8_t { by_priority, by_wait };

class HostQueue {
 public:
  // `low_water`: URLs in a window below which its line is low.
  HostQueue(model::HostId id, model::Url origin, model::SiteId site, const Politeness& politeness,
            std::size_t low_water)
      : id(id), origin(std::move(origin)), site(site), clock(politeness), low_water_(low_water) {}

  // Null where there is none. A line stays where it is.
  Line* find(const LineKey& key);
  // Needs: there is none yet.
  Line& add_line(const LineKey& key, CandidateOrder order, const LineStanding& standing);
  void set_standing(Line& line, const LineStanding& standing);
  // Changes what a line has in its backlog. All else of a line changes by the calls below.
  template <class How>
  void change(Line& line, How how) {
    leave(line);
    how();
    enter(line);
  }
  // Takes a URL into a line of this host. Where all windows together are full the longest gives
  // up its last as an overflow id. Returns the line whose backlog grew; null: a window did.
  Line* add(Line& line, Candidate candidate, std::size_t window_size);
  // Takes a URL out of its line's window, which thereby had its turn.
  Candidate take(Line& line, Line::Window::const_iterator at);
  // Takes a URL in again that the line had given away, whatever the length of its window.
  void take_back(Line& line, Candidate candidate);
  // Takes the URLs out of all lines. Returns how many were in windows, and how many not.
  struct Withdrawn {
    std::size_t in_windows = 0;
    std::size_t overflow = 0;
  };
  Withdrawn withdraw(const std::unordered_set<model::UrlId>& ids);
  // The line comes first again.
  void give_back_turn(Line& line);

  std::size_t window_urls() const { return window_urls_; }
  bool has_urls() const { return window_urls_ > 0; }  // in a window
  bool has_backlog() const;
  // The line with URLs in its window, and not held, that comes next; null when there is none.
  const Line* first(TurnOrder order) const;
  // Those with a low window and with a backlog that is not being read back, in the order in which
  // they came.
  std::vector<Line*> low_lines();
  bool has_low_lines() const;
  bool is_low(const Line& line) const {
    return line.window.size() < low_water_ && line.has_stored();
  }
  // The line with most URLs in its window, of equals the first. Needs: a line.
  Line& longest() { return meeting_ == nullptr ? lines.front() : **meeting_->by_length.begin(); }
  bool has_work() const { return !errands.empty() || !logins.empty() || has_urls(); }

  const model::HostId id;
  const model::Url origin;            // "https://host:port/"
  const model::SiteId site;           // that came upon it first
  std::vector<model::SiteId> guests;  // further sites with URLs here, sorted
  HostClock clock;
  HostQueue* twin = nullptr;  // the same name by the other scheme; see LocalFrontier::find_twin
  HostRobots robots;
  std::list<Errand> errands;  // most hosts have none: an empty deque takes 576 bytes
  std::list<LoginStep> logins;
  std::list<Line> lines;    // in the order in which they came; two a site at most
  std::uint64_t turns = 0;  // given to lines
  Place place = Place::resting;
  base::Instant snoozed_until{};
  std::string address;            // as last dialled
  std::uint32_t address_cap = 0;  // of its sites the one that bears least; 0: none
  // Answers of name servers that it waits for; below 0 for a moment, where one came first.
  std::int32_t name_waits = 0;
  std::uint64_t pages = 0;  // leases of pages
  PagesByPrefix pages_by_prefix;

 private:
  // The order of lines where there is more than one. There may be thousands, which must not be
  // walked for each URL that comes or goes.
  struct Longer {
    bool operator()(const Line* a, const Line* b) const;
  };
  struct Older {
    bool operator()(const Line* a, const Line* b) const { return a->number < b->number; }
  };
  struct Sooner {
    bool operator()(const Line* a, const Line* b) const;
  };
  struct Meeting {
    std::map<LineKey, Line*> by_key;
    std::set<Line*, Longer> by_length;
    std::set<Line*, Older> low;
    // Of those that may be leased from, by the priority of their site, highest first.
    std::map<int, std::set<const Line*, Sooner>, std::greater<>> turns;
  };

  // Each change of a line stands between these two, or it would be sought in the wrong place.
  void leave(Line& line);
  void enter(Line& line);
  void give_turn(Line& line, std::uint64_t turn);

  const std::size_t low_water_;
  std::unique_ptr<Meeting> meeting_;  // null: one line at most
  std::uint32_t window_urls_ = 0;
};

// Budgets count pages, not requests: one that is visited again, or asked for once more after a
// failure, has its place already.
inline bool is_new(const model::Request& request) {
  return request.history.visits == 0 && request.attempt == 0;
}

// Not of robots.txt, a login or a sitemap.
inline bool is_of_page(const model::Lease& lease) {
  return lease.request.purpose == model::Purpose::page && lease.url_id != 0;
}

// Of two caps on requests, where 0 is none.
inline std::uint32_t lower_cap(std::uint32_t a, std::uint32_t b) {
  return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

// "/docs/" of "/docs/a/b.html": what a prefix budget counts by.
std::string path_prefix(std::string_view path);

}  // namespace crawld::frontier
