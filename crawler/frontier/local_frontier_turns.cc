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

Line& LocalFrontier::line_at(HostQueue& host, const LineKey& key) {
  return host.line(key, CandidateOrder{sites_.settings(key.site).depth_first});
}

void LocalFrontier::put_in_line(HostQueue& host, Candidate candidate) {
  const LineKey key = line_of(candidate.request);
  Line& line = line_at(host, key);
  if (key.visited) candidate.arrival = ++arrivals_;
  window_urls_ += host.add(line, std::move(candidate), options_.window);
  const auto is_long = [&](const Line& one) { return one.overflow.size() >= options_.spill_at; };
  if (std::any_of(host.lines.begin(), host.lines.end(), is_long)) overflowing_.insert(host.id);
}

// Needs: URLs in both windows.
bool LocalFrontier::goes_before(const Line& a, const Line& b, TurnOrder order) const {
  if (a.key.site == b.key.site) {
    if (a.turn != b.turn) return a.turn < b.turn;
  } else {
    const int priority_a = sites_.settings(a.key.site).priority;
    const int priority_b = sites_.settings(b.key.site).priority;
    if (priority_a != priority_b && order == TurnOrder::by_priority) return priority_a > priority_b;
    if (a.site_turn != b.site_turn) return a.site_turn < b.site_turn;
  }
  return a.window.key_comp()(*a.window.begin(), *b.window.begin());
}

// Of the lines with URLs in memory and of a site that is not held; null when there is none. A turn
// asks several times over, and thousands of sites may meet at a host.
const Line* LocalFrontier::first_line(const HostQueue& host, TurnOrder order) const {
  if (host.lines.size() == 1) return find_first_line(host, order);
  FirstLine& known = first_lines_[static_cast<std::size_t>(order)];
  const FirstLine asked{host.id, host.changes(), sites_.changes(), known.line};
  if (known == asked) return known.line;
  known = asked;
  return known.line = find_first_line(host, order);
}

const Line* LocalFrontier::find_first_line(const HostQueue& host, TurnOrder order) const {
  const Line* next = nullptr;
  for (const Line& line : host.lines) {
    if (line.window.empty() || sites_.is_held(line.key.site)) continue;
    if (next == nullptr || goes_before(line, *next, order)) next = &line;
  }
  return next;
}

// The line whose turn it is.
const Line* LocalFrontier::next_line(const HostQueue& host) const {
  const bool open = host.turns % kOpenTurn == kOpenTurn - 1;
  return first_line(host, open ? TurnOrder::by_wait : TurnOrder::by_priority);
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
  } else if (const Line* first = first_line(host, TurnOrder::by_priority)) {
    id = first->key.site;
  }
  return {.site = id, .priority = sites_.settings(id).priority, .quick = is_quick(host)};
}

// Reading back is called for. URLs of a chunk may be another line's: then what they make too long
// waits until it is worked off.
bool LocalFrontier::is_low(const HostQueue& host, const Line& line) const {
  if (line.refilling || line.window.size() >= options_.low_water) return false;
  if (line.chunks.empty() && line.overflow.empty()) return false;
  return host.lines.size() == 1 || line.window.size() == host.window_urls() ||
         host.window_urls() < options_.window * (host.lines.size() + 1);
}

}  // namespace crawld::frontier
