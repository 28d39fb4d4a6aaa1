#include "crawler/frontier/host_queue.h"

namespace crawld::frontier {

bool CandidateOrder::operator()(const Candidate& a, const Candidate& b) const {
  if (a.priority != b.priority) return a.priority > b.priority;
  if (a.request.depth != b.request.depth) {
    return depth_first ? a.request.depth > b.request.depth : a.request.depth < b.request.depth;
  }
  return a.url_id < b.url_id;
}

std::size_t HostQueue::add(Candidate candidate, std::size_t window_size) {
  // Behind the backlog there is no place in the window: what waits on disk is older.
  const bool worse = !window.empty() && !window.key_comp()(candidate, *window.rbegin());
  if (has_backlog() && (window.empty() || worse)) {
    overflow.push_back(candidate.url_id);
    return 0;
  }
  window.insert(std::move(candidate));
  if (window.size() <= window_size) return 1;
  const auto last = std::prev(window.end());
  overflow.push_back(last->url_id);
  window.erase(last);
  return 0;
}

Candidate HostQueue::take(Window::const_iterator at) {
  auto node = window.extract(at);
  return std::move(node.value());
}

std::string path_prefix(std::string_view path) {
  const std::size_t slash = path.find('/', 1);
  return std::string(slash == std::string_view::npos ? path.substr(0, 1)
                                                     : path.substr(0, slash + 1));
}

}  // namespace crawld::frontier
