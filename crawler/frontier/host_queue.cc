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
  line.window.insert(std::move(candidate));
  if (window_urls() <= window_size) return 1;
  Line& longest = *std::max_element(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return a.window.size() < b.window.size();
  });
  const auto last = std::prev(longest.window.end());
  longest.overflow.push_back(last->url_id);
  longest.window.erase(last);
  return 0;
}

Candidate HostQueue::take(Line& line, Line::Window::const_iterator at) {
  line.turn = ++turns;
  for (Line& one : lines) {
    if (one.key.site == line.key.site) one.site_turn = turns;
  }
  auto node = line.window.extract(at);
  return std::move(node.value());
}

void HostQueue::give_back_turn(Line& line) {
  line.turn = 0;
  for (Line& one : lines) {
    if (one.key.site == line.key.site) one.site_turn = 0;
  }
}

std::size_t HostQueue::window_urls() const {
  std::size_t urls = 0;
  for (const Line& line : lines) urls += line.window.size();
  return urls;
}

bool HostQueue::has_urls() const {
  return std::any_of(lines.begin(), lines.end(),
                     [](const Line& line) { return !line.window.empty(); });
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
