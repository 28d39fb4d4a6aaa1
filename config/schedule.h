// When a site's pages are visited again: "every 6h", a cron line, or "continuous".
//
// Cron as in crontab(5): minute hour day-of-month month day-of-week, each `*`, numbers, names
// (jan, mon), ranges, lists and steps; days match when either day field does, if both are given.
// 0 and 7 are Sunday. @hourly, @daily, @weekly, @monthly, @yearly. UTC.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <string_view>

#include "crawler/base/clock.h"
#include "crawler/base/result.h"

namespace crawld::config {

class Schedule {
 public:
  // Fails with what is wrong. "" and "continuous" have no moments: revisit intervals rule.
  static base::Result<Schedule> parse(std::string_view text);

  bool continuous() const { return kind_ == Kind::continuous; }
  // The first moment after `now`. Needs: !continuous().
  base::WallTime next(base::WallTime now) const;

 private:
  enum class Kind : std::uint8_t { continuous, every, cron };

  bool day_matches(int month, int day, int weekday) const;

  Kind kind_ = Kind::continuous;
  std::chrono::milliseconds every_{0};
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;  // 0: Sunday
  bool any_day_ = true;
  bool any_weekday_ = true;
};

}  // namespace crawld::config
