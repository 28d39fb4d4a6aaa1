#include "crawler/frontier/host_queue.h"

#include <algorithm>

namespace crawld::frontier {

LineKey line_of(const model::Request& request) {
  return {.site = request.site, .visited = request.history.visits > 0};
}

bool CandidateOrder::operator()(const Candidate& a, const Candidate& b) const {
  if (a.priority != b.priority) return a.priority > b.priority;
  if (a.arrival != b.arrival) return a.arrival < b.arrival;
  if (a.request.depth != b.request.depth) {
    return depth_first ? a.request.depth > b.request.depth : a.request.depth < b.request.depth;
  }
  return a.url_id < b.url_id;
}

Line& HostQueue::line(const LineKey& key, CandidateOrder order) {
  std::uint64_t site_turn = 0;
  for (Line& line : lines) {
    if (line.key == key) return line;
    if (line.key.site == key.site) site_turn = line.site_turn;
  }
  return lines.emplace_back(
      Line{.key = key, .window = Line::Window(order), .site_turn = site_turn});
}

std::size_t HostQueue::add(Line& line, Candidate candidate, std::size_t window_size) {
  // Behind the backlog there is no place in the window: what waits on disk is older.
  const bool worse =
      !line.window.empty() && !line.window.key_comp()(candidate, *line.window.rbegin());
  if (line.has_backlog() && (line.window.empty() || worse)) {
    line.overflow.push_back(candidate.url_id);
    return 0;
  }
  take_back(line, std::move(candidate));
  if (window_urls_ <= window_size) return 1;
  Line& longest = *std::max_element(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return a.window.size() < b.window.size();
  });
  const auto last = std::prev(longest.window.end());
  longest.overflow.push_back(last->url_id);
  longest.window.erase(last);
  --window_urls_;
  return 0;
}

Candidate HostQueue::take(Line& line, Line::Window::const_iterator at) {
  line.turn = ++turns;
  give_turn(line, turns);
  --window_urls_;
  auto node = line.window.extract(at);
  return std::move(node.value());
}

void HostQueue::take_back(Line& line, Candidate candidate) {
  line.window.insert(std::move(candidate));
  ++window_urls_;
  ++changes_;
}

void HostQueue::give_back_turn(Line& line) {
  line.turn = 0;
  give_turn(line, 0);
}

void HostQueue::give_turn(const Line& line, std::uint64_t turn) {
  ++changes_;
  for (Line& one : lines) {
    if (one.key.site == line.key.site) one.site_turn = turn;
  }
}

HostQueue::Withdrawn HostQueue::withdraw(const std::unordered_set<model::UrlId>& ids) {
  Withdrawn gone;
  for (Line& line : lines) {
    gone.in_windows += std::erase_if(
        line.window, [&](const Candidate& candidate) { return ids.contains(candidate.url_id); });
    gone.overflow += std::erase_if(line.overflow, [&](auto url) { return ids.contains(url); });
  }
  window_urls_ -= static_cast<std::uint32_t>(gone.in_windows);
  ++changes_;
  return gone;
}

bool HostQueue::has_backlog() const {
  return std::any_of(lines.begin(), lines.end(),
                     [](const Line& line) { return line.has_backlog(); });
}

std::string path_prefix(std::string_view path) {
  const std::size_t slash = path.find('/', 1);
  return std::string(slash == std::string_view::npos ? path.substr(0, 1)
                                                     : path.substr(0, slash + 1));
}

}  // namespace crawld::frontier
