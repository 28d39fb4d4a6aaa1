#include "crawler/frontier/host_queue.h"

#include <algorithm>
#include <tuple>

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

bool HostQueue::Longer::operator()(const Line* a, const Line* b) const {
  if (a->window.size() != b->window.size()) return a->window.size() > b->window.size();
  return a->number < b->number;
}

// Needs: URLs in both windows. Sites whose orders differ compare what each of them puts first.
bool HostQueue::Sooner::operator()(const Line* a, const Line* b) const {
  if (a->site_turn != b->site_turn) return a->site_turn < b->site_turn;
  if (a->turn != b->turn) return a->turn < b->turn;
  const auto urgency = [](const Line& line) {
    const Candidate& best = *line.window.begin();
    const int depth = best.request.depth;
    return std::tuple(-static_cast<std::int64_t>(best.priority), best.arrival,
                      line.window.key_comp().depth_first ? -depth : depth, best.url_id,
                      line.number);
  };
  return urgency(*a) < urgency(*b);
}

Line* HostQueue::find(const LineKey& key) {
  if (meeting_ == nullptr) {
    return !lines.empty() && lines.front().key == key ? &lines.front() : nullptr;
  }
  const auto known = meeting_->by_key.find(key);
  return known == meeting_->by_key.end() ? nullptr : known->second;
}

Line& HostQueue::add_line(const LineKey& key, CandidateOrder order, const LineStanding& standing) {
  const Line* sibling = find({.site = key.site, .visited = !key.visited});
  Line& line = lines.emplace_back(Line{.key = key,
                                       .window = Line::Window(order),
                                       .standing = standing,
                                       .number = static_cast<std::uint32_t>(lines.size()),
                                       .site_turn = sibling == nullptr ? 0 : sibling->site_turn});
  if (lines.size() == 1) return line;
  if (meeting_ == nullptr) {
    meeting_ = std::make_unique<Meeting>();
    meeting_->by_key.emplace(lines.front().key, &lines.front());
    enter(lines.front());
  }
  meeting_->by_key.emplace(key, &line);
  enter(line);
  return line;
}

void HostQueue::set_standing(Line& line, const LineStanding& standing) {
  change(line, [&] { line.standing = standing; });
}

void HostQueue::leave(Line& line) {
  if (meeting_ == nullptr) return;
  meeting_->by_length.erase(&line);
  meeting_->low.erase(&line);
  if (line.window.empty() || line.standing.held) return;
  const auto turns = meeting_->turns.find(line.standing.priority);
  turns->second.erase(&line);
  if (turns->second.empty()) meeting_->turns.erase(turns);
}

void HostQueue::enter(Line& line) {
  if (meeting_ == nullptr) return;
  meeting_->by_length.insert(&line);
  if (is_low(line)) meeting_->low.insert(&line);
  if (line.window.empty() || line.standing.held) return;
  meeting_->turns[line.standing.priority].insert(&line);
}

Line* HostQueue::add(Line& line, Candidate candidate, std::size_t window_size) {
  // Behind the backlog there is no place in the window: what waits on disk is older.
  const bool worse =
      !line.window.empty() && !line.window.key_comp()(candidate, *line.window.rbegin());
  if (line.has_backlog() && (line.window.empty() || worse)) {
    change(line, [&] { line.overflow.push_back(candidate.url_id); });
    return &line;
  }
  take_back(line, std::move(candidate));
  if (window_urls_ <= window_size) return nullptr;
  Line& gives_up = longest();
  change(gives_up, [&] {
    const auto last = std::prev(gives_up.window.end());
    gives_up.overflow.push_back(last->url_id);
    gives_up.window.erase(last);
  });
  --window_urls_;
  return &gives_up;
}

Candidate HostQueue::take(Line& line, Line::Window::const_iterator at) {
  ++turns;
  give_turn(line, turns);
  --window_urls_;
  Line::Window::node_type node;
  change(line, [&] { node = line.window.extract(at); });
  return std::move(node.value());
}

void HostQueue::take_back(Line& line, Candidate candidate) {
  change(line, [&] { line.window.insert(std::move(candidate)); });
  ++window_urls_;
}

void HostQueue::give_back_turn(Line& line) { give_turn(line, 0); }

void HostQueue::give_turn(Line& line, std::uint64_t turn) {
  change(line, [&] {
    line.turn = turn;
    line.site_turn = turn;
  });
  if (Line* sibling = find({.site = line.key.site, .visited = !line.key.visited})) {
    change(*sibling, [&] { sibling->site_turn = turn; });
  }
}

HostQueue::Withdrawn HostQueue::withdraw(const std::unordered_set<model::UrlId>& ids) {
  Withdrawn gone;
  for (Line& line : lines) {
    change(line, [&] {
      gone.in_windows += std::erase_if(
          line.window, [&](const Candidate& candidate) { return ids.contains(candidate.url_id); });
      gone.overflow += std::erase_if(line.overflow, [&](auto url) { return ids.contains(url); });
    });
  }
  window_urls_ -= static_cast<std::uint32_t>(gone.in_windows);
  return gone;
}

bool HostQueue::has_backlog() const {
  return std::any_of(lines.begin(), lines.end(),
                     [](const Line& line) { return line.has_backlog(); });
}

const Line* HostQueue::first(TurnOrder order) const {
  if (meeting_ == nullptr) {
    if (lines.empty() || lines.front().window.empty() || lines.front().standing.held)
      return nullptr;
    return &lines.front();
  }
  const Line* next = nullptr;
  for (const auto& [priority, lines_of_it] : meeting_->turns) {
    const Line* first = *lines_of_it.begin();
    if (next == nullptr || Sooner()(first, next)) next = first;
    if (order == TurnOrder::by_priority) break;
  }
  return next;
}

std::vector<Line*> HostQueue::low_lines() {
  if (meeting_ != nullptr) return {meeting_->low.begin(), meeting_->low.end()};
  if (has_low_lines()) return {&lines.front()};
  return {};
}

bool HostQueue::has_low_lines() const {
  if (meeting_ != nullptr) return !meeting_->low.empty();
  return !lines.empty() && is_low(lines.front());
}

std::string path_prefix(std::string_view path) {
  const std::size_t slash = path.find('/', 1);
  return std::string(slash == std::string_view::npos ? path.substr(0, 1)
                                                     : path.substr(0, slash + 1));
}

}  // namespace crawld::frontier
