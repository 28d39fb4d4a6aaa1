#include "config/pace.h"

#include <catch2/catch.hpp>

using namespace crawld;
using config::Pace;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// 2023-11-20 was a Monday.
constexpr std::int64_t kMonday = 1'700'438'400'000;

base::WallTime at(int day, int hour, int minute) {
  return base::from_millis(kMonday + ((day * 24LL + hour) * 60 + minute) * 60'000);
}

Pace pace(const std::vector<std::string>& lines) {
  auto parsed = Pace::parse(lines);
  REQUIRE(parsed);
  return *std::move(parsed);
}

}  // namespace

TEST_CASE("the first line of a pace that fits the day and the hour rules") {
  const Pace office =
      pace({"mon-fri 08:00-18:00 delay 5s", "sat,sun off", "02:00-05:00 delay 200ms"});
  CHECK(office.at(at(0, 8, 0)).delay == seconds(5));
  CHECK(office.at(at(4, 17, 59)).delay == seconds(5));
  CHECK_FALSE(office.at(at(0, 18, 0)).delay);
  CHECK(office.at(at(5, 12, 0)).off);
  CHECK(office.at(at(6, 3, 0)).off);
  CHECK(office.at(at(1, 3, 0)).delay == milliseconds(200));
  CHECK(office.at(at(1, 6, 0)) == Pace::Rule{});
}

TEST_CASE("hours that pass midnight belong to the day on which they began") {
  const Pace night = pace({"fri 22:00-06:00 off"});
  CHECK(night.at(at(4, 23, 0)).off);
  CHECK(night.at(at(5, 5, 59)).off);
  CHECK_FALSE(night.at(at(5, 6, 0)).off);
  CHECK_FALSE(night.at(at(4, 5, 0)).off);
}

TEST_CASE("the next change of a pace is an edge of its hours or a new day") {
  const Pace office = pace({"08:00-18:00 delay 5s"});
  CHECK(office.next_change(at(0, 7, 30)) == at(0, 8, 0));
  CHECK(office.next_change(at(0, 8, 0)) == at(0, 18, 0));
  CHECK(office.next_change(at(0, 19, 0)) == at(1, 0, 0));
  CHECK(office.next_change(at(0, 7, 59) + seconds(59)) == at(0, 8, 0));
}

TEST_CASE("a week may begin on any day, and a line without days is of every day") {
  CHECK(pace({"sat-mon off"}).at(at(6, 1, 0)).off);
  CHECK(pace({"sat-mon off"}).at(at(0, 1, 0)).off);
  CHECK_FALSE(pace({"sat-mon off"}).at(at(1, 1, 0)).off);
  CHECK(pace({"00:00-24:00 off"}).at(at(3, 23, 59)).off);
  CHECK(pace({}).empty());
}

TEST_CASE("a pace that cannot be read says which line and how to write it") {
  const char* line = GENERATE("", "fast", "mon-fri", "8:00-18:00 delay 5s", "25:00-26:00 off",
                              "08:00-08:00 off", "08:00 off", "monday off", "mon delay soon",
                              "mon delay 5s off", "24:00-25:00 off", "mon,xyz off");
  INFO(line);
  const auto parsed = Pace::parse({line});
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().message.find("write it as") != std::string::npos);
}
