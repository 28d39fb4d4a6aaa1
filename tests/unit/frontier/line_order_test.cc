// A host keeps its lines in order as they change, and finds what a walk over all of them would.
#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <tuple>

#include "crawler/frontier/host_queue.h"
#include "tests/unit/frontier/frontier_fixture.h"

namespace crawld::tests {
namespace {

using frontier::HostQueue;
using frontier::Line;
using frontier::LineStanding;
using frontier::TurnOrder;

constexpr std::size_t kWindow = 40;
constexpr std::size_t kLowWater = 5;
constexpr model::SiteId kSites = 12;

HostQueue host_queue() { return {1, *model::Url::parse("http://h1.test/"), 0, {}, kLowWater}; }

// Breadth first, as all sites of this test are.
auto place_of(const Line& line) {
  const Candidate& best = *line.window.begin();
  return std::tuple(line.site_turn, line.turn, -best.priority, best.arrival, best.request.depth,
                    best.url_id);
}

const Line* first_by_walk(const HostQueue& host, TurnOrder order) {
  const Line* first = nullptr;
  for (const Line& line : host.lines) {
    if (line.window.empty() || line.standing.held) continue;
    if (first == nullptr) {
      first = &line;
      continue;
    }
    const bool ranks = order == TurnOrder::by_priority;
    const int more = ranks ? line.standing.priority - first->standing.priority : 0;
    if (more > 0 || (more == 0 && place_of(line) < place_of(*first))) first = &line;
  }
  return first;
}

std::vector<Line*> low_by_walk(HostQueue& host) {
  std::vector<Line*> low;
  for (Line& line : host.lines) {
    if (line.window.size() < kLowWater && line.has_stored()) low.push_back(&line);
  }
  return low;
}

const Line* longest_by_walk(const HostQueue& host) {
  return &*std::max_element(host.lines.begin(), host.lines.end(), [](const Line& a, const Line& b) {
    return a.window.size() < b.window.size();
  });
}

// One thing after the other happens to a host, as dice have it.
class Happenings {
 public:
  explicit Happenings(std::uint32_t seed) : dice_(seed) {}

  void next() {
    Line& line = some_line();
    switch (roll(8)) {
      case 0:
      case 1:
      case 2:
        host.add(line, some_url(line), kWindow);
        break;
      case 3:
      case 4:
        take(line);
        break;
      case 5:
        read_back(line);
        break;
      case 6:
        host.set_standing(line, {.priority = static_cast<int>(roll(3)), .held = roll(4) == 0});
        break;
      default:
        host.withdraw({last_ - roll(30), last_ - roll(30)});
        break;
    }
  }

  HostQueue host = host_queue();

 private:
  std::uint32_t roll(std::uint32_t sides) { return static_cast<std::uint32_t>(dice_() % sides); }

  Line& some_line() {
    const frontier::LineKey key{.site = roll(kSites), .visited = roll(2) == 0};
    if (Line* known = host.find(key)) return *known;
    return host.add_line(key, {}, {});
  }

  Candidate some_url(const Line& line) {
    return candidate(++last_, 1, line.key.site, static_cast<std::uint16_t>(roll(4)));
  }

  void take(Line& line) {
    if (line.window.empty()) return;
    Candidate taken = host.take(line, line.window.begin());
    if (roll(4) != 0) return;
    host.take_back(line, std::move(taken));
    host.give_back_turn(line);
  }

  // What waited is asked for, or has come.
  void read_back(Line& line) {
    host.change(line, [&] {
      line.refilling = !line.refilling;
      if (line.refilling) line.overflow.clear();
    });
    if (!line.refilling) host.take_back(line, some_url(line));
  }

  std::minstd_rand dice_;
  model::UrlId last_ = 100;
};

TEST_CASE("the order of a host's lines is that of a walk over them, whatever happens to them") {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    Happenings it(seed);
    for (int i = 0; i < 1'000; ++i) {
      it.next();
      INFO("seed " << seed << ", step " << i);
      REQUIRE(it.host.first(TurnOrder::by_priority) ==
              first_by_walk(it.host, TurnOrder::by_priority));
      REQUIRE(it.host.first(TurnOrder::by_wait) == first_by_walk(it.host, TurnOrder::by_wait));
      REQUIRE(it.host.low_lines() == low_by_walk(it.host));
      REQUIRE(&it.host.longest() == longest_by_walk(it.host));
    }
  }
}

}  // namespace
}  // namespace crawld::tests
