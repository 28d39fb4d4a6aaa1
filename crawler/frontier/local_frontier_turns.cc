// LocalFrontier: who comes next at a host where several lines wait.
#include <algorithm>
#include <utility>

#include "crawler/frontier/local_frontier.h"

namespace crawld::frontier {
namespace {

// Of so many turns of a host one asks for no priority: a site that is always busy would keep out
// all below it, where hosts of their own would have left them the time between two requests.
constexpr std::uint64_t kOpenTurn = 8;

}  // namespace

LineStanding LocalFrontier::line_standing_of(model::SiteId site) const {
  return {.priority = sites_.settings(site).priority, .held = sites_.is_held(site)};
}

Line& LocalFrontier::line_at(HostQueue& host, const LineKey& key) {
  if (Line* known = host.find(key)) return *known;
  return host.add_line(key, CandidateOrder{sites_.settings(key.site).depth_first},
                       line_standing_of(key.site));
}

void LocalFrontier::put_in_line(HostQueue& host, Candidate candidate) {
  const LineKey key = line_of(candidate.request);
  Line& line = line_at(host, key);
  if (key.visited) candidate.arrival = ++arrivals_;
  add_to_line(host, line, std::move(candidate), options_.window);
}

void LocalFrontier::add_to_line(HostQueue& host, Line& line, Candidate candidate,
                                std::size_t window) {
  const Line* grown = host.add(line, std::move(candidate), window);
  if (grown == nullptr) {
    ++window_urls_;
  } else if (grown->overflow.size() >= options_.spill_at) {
    overflowing_.insert(host.id);
  }
}

// The site's priority, or what holds it, is another now.
void LocalFrontier::restand_lines(model::SiteId site) {
  for (const model::HostId id : hosts_of(site)) {
    HostQueue& host = must_find(id);
    for (const bool visited : {false, true}) {
      Line* line = host.find({.site = site, .visited = visited});
      if (line != nullptr) host.set_standing(*line, line_standing_of(site));
    }
  }
}

// The line whose turn it is.
const Line* LocalFrontier::next_line(const HostQueue& host) const {
  const bool open = host.turns % kOpenTurn == kOpenTurn - 1;
  return host.first(open ? TurnOrder::by_wait : TurnOrder::by_priority);
}

// Its best URL. Of a host that is failing any of them: where only a part of the host is broken,
// which may be all that the front of the line has, another page tells.
Line::Window::const_iterator LocalFrontier::next_of(const HostQueue& host, const Line& line) {
  const auto best = line.window.begin();
  if (!host.clock.failing()) return best;
  return std::next(best, static_cast<std::ptrdiff_t>(dice_() % line.window.size()));
}

// The site whose turn it is at the host.
const SiteSettings& LocalFrontier::turn_of(const HostQueue& host) const {
  if (!host.logins.empty()) return sites_.settings(host.logins.front().site);
  const Line* next = next_line(host);
  return sites_.settings(next == nullptr ? host.site : next->key.site);
}

// A host stands among the ready ones for the most urgent of its sites: with a turn for a lesser one
// it would wait behind all others of those that are urgent, and what is urgent at it with it.
ReadyHosts::Standing LocalFrontier::standing_of(const HostQueue& host) const {
  model::SiteId id = host.site;
  if (!host.logins.empty()) {
    id = host.logins.front().site;
  } else if (const Line* first = host.first(TurnOrder::by_priority)) {
    id = first->key.site;
  }
  return {.site = id, .priority = sites_.settings(id).priority, .record = host.clock.record()};
}

// What is read back of a low line finds room. URLs of a chunk may be another line's: then what they
// make too long waits until it is worked off.
bool LocalFrontier::may_read_back(const HostQueue& host, const Line& line) const {
  return host.lines.size() == 1 || line.window.size() == host.window_urls() ||
         host.window_urls() < options_.window * (host.lines.size() + 1);
}

// Some low line may be read back for. Where not all of them may, only the longest may.
bool LocalFrontier::is_hungry(HostQueue& host) const {
  if (!host.has_low_lines()) return false;
  if (host.window_urls() < options_.window * (host.lines.size() + 1)) return true;
  const Line& longest = host.longest();
  return host.is_low(longest) && may_read_back(host, longest);
}

}  // namespace crawld::frontier
