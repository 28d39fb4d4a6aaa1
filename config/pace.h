// Another delay, or none at all, by time of day: "mon-fri 08:00-18:00 delay 5s", "sat,sun off".
//
// Days (mon ... sun, lists and ranges) and hours may each be left out; hours may pass
// midnight and then belong to the day on which they began. UTC. The first line that fits rules.
#pragma once

#include <bitset>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/result.h"

namespace crawld::config {

class Pace {
 public:
  // What holds at one moment. Neither: the site's own delay.
  struct Rule {
    std::optional<std::chrono::milliseconds> delay;
    bool off = false;
    bool operator==(const Rule&) const = default;
  };

  // Fails with the first line that cannot be read, and why.
  static base::Result<Pace> parse(const std::vector<std::string>& lines);

  bool empty() const { return windows_.empty(); }
  Rule at(base::WallTime now) const;
  // The earliest moment after `now` at which at() may answer otherwise.
  base::WallTime next_change(base::WallTime now) const;

 private:
  struct Window {
    std::bitset<7> days;  // 0: Sunday
    int from = 0;         // minutes of the day
    int until = 24 * 60;  // less than `from`: of the day after
    Rule rule;
    bool holds(int weekday, int minute) const;
  };
  static base::Result<Window> parse_line(std::string_view line);

  std::vector<Window> windows_;
};

}  // namespace crawld::config
