#include "config/units.h"

#include <catch2/catch.hpp>

#include "config/schedule.h"

using namespace crawld::config;
using namespace std::chrono_literals;

TEST_CASE("durations carry a unit, and only zero needs none") {
  const auto [text, wanted] = GENERATE(table<const char*, std::optional<std::chrono::milliseconds>>(
      {{"0", 0ms},
       {"250ms", 250ms},
       {"1.5s", 1500ms},
       {"2m", 120'000ms},
       {"6h", 21'600'000ms},
       {"7d", 604'800'000ms},
       {"1w", 604'800'000ms},
       {"1 s", 1000ms},
       {"5", std::nullopt},
       {"-1s", std::nullopt},
       {"1e3s", std::nullopt},
       {"s", std::nullopt},
       {"nan", std::nullopt},
       {"inf", std::nullopt},
       {"infs", std::nullopt},
       {"1.2.3s", std::nullopt},
       {"", std::nullopt},
       {"5 parsecs", std::nullopt},
       {"99999999999999d", std::nullopt}}));
  INFO(text);
  CHECK(parse_duration(text) == wanted);
}

TEST_CASE("a bare number of wget's flags counts seconds") {
  CHECK(parse_duration_or_seconds("2") == 2000ms);
  CHECK(parse_duration_or_seconds("0.5") == 500ms);
  CHECK(parse_duration_or_seconds("3m") == 180'000ms);
  CHECK(parse_duration_or_seconds("-2") == std::nullopt);
}

TEST_CASE("sizes count in 1024 with an i and in 1000 without") {
  const auto [text, wanted] =
      GENERATE(table<const char*, std::optional<std::uint64_t>>({{"0", 0},
                                                                 {"17", std::nullopt},
                                                                 {"17B", 17},
                                                                 {"1KiB", 1024},
                                                                 {"1kB", 1000},
                                                                 {"10MiB", 10u << 20},
                                                                 {"10MB", 10'000'000},
                                                                 {"1.5GiB", 1'610'612'736},
                                                                 {"2k", 2048},
                                                                 {"1TiB", 1ULL << 40},
                                                                 {"1e9", std::nullopt},
                                                                 {"-1", std::nullopt},
                                                                 {"MiB", std::nullopt},
                                                                 {"10 bytes", std::nullopt},
                                                                 {"99999999TiB", std::nullopt}}));
  INFO(text);
  CHECK(parse_bytes(text) == wanted);
}

TEST_CASE("a size may be bare where wget's options are, and counts bytes") {
  CHECK(parse_bytes_or_bare("17") == 17);
  CHECK(parse_bytes_or_bare("1KiB") == 1024);
  CHECK(parse_bytes_or_bare("many") == std::nullopt);
}

TEST_CASE("counts are whole and count in thousands") {
  const auto [text, wanted] =
      GENERATE(table<const char*, std::optional<std::uint64_t>>({{"0", 0},
                                                                 {"64", 64},
                                                                 {"50k", 50'000},
                                                                 {"1.5k", 1500},
                                                                 {"1M", 1'000'000},
                                                                 {"1.5", std::nullopt},
                                                                 {"1e3", std::nullopt},
                                                                 {"-3", std::nullopt},
                                                                 {"", std::nullopt},
                                                                 {"0x10", std::nullopt},
                                                                 {"1,000", std::nullopt},
                                                                 {"k", std::nullopt}}));
  INFO(text);
  CHECK(parse_count(text) == wanted);
}

TEST_CASE("a share is a percentage of at most a hundred") {
  CHECK(parse_share("10%") == 0.1);
  CHECK(parse_share("100%") == 1.0);
  CHECK(parse_share("101%") == std::nullopt);
  CHECK(parse_share("10") == std::nullopt);
  CHECK(parse_share("%") == std::nullopt);
}

TEST_CASE("a step over the end of a cron field takes the field's first value alone") {
  const auto first_of_month = Schedule::parse("0 0 1-31/2147483647 * *");
  REQUIRE(first_of_month);
  CHECK(first_of_month->next({}) == Schedule::parse("0 0 1 * *")->next({}));
}

TEST_CASE("cron knows months and days of the week by name, and Sunday as 0, 7 and at both ends") {
  const auto moments = [](const char* text) {
    INFO(text);
    const auto schedule = Schedule::parse(text);
    REQUIRE(schedule.ok());
    std::vector<std::int64_t> all;
    auto at = crawld::base::from_millis(1'700'000'000'000);
    for (int i = 0; i < 40; ++i) all.push_back(crawld::base::to_millis(at = schedule->next(at)));
    return all;
  };
  const auto [text, same] = GENERATE(table<const char*, const char*>({
      {"30 4 * * MON-FRI", "30 4 * * 1-5"},
      {"0 0 * JAN,mar-May *", "0 0 * 1,3-5 *"},
      {"0 0 1 jul-dec/2 *", "0 0 1 7-12/2 *"},
      {"0 0 * * fri-sun", "0 0 * * 5,6,0"},
      {"0 0 * * sun-tue", "0 0 * * 0-2"},
      {"0 0 * * Sun", "0 0 * * 7"},
      {"@hourly", "0 * * * *"},
      {"@daily", "0 0 * * *"},
      {"@midnight", "0 0 * * *"},
      {"@weekly", "0 0 * * 0"},
      {"@monthly", "0 0 1 * *"},
      {"@yearly", "0 0 1 1 *"},
      {"@annually", "0 0 1 1 *"},
  }));
  CHECK(moments(text) == moments(same));
}

TEST_CASE("names that a field of cron does not know are refused") {
  const char* wrong =
      GENERATE("mon * * * *", "0 0 jan * *", "0 0 * mon *", "0 0 * * jan", "0 0 * * monday",
               "0 0 * * sat-mon", "@reboot", "@dayly", "0 0 * * ");
  INFO(wrong);
  CHECK_FALSE(Schedule::parse(wrong).ok());
}

TEST_CASE("a cron line that names a day of no month is refused, and a leap day comes") {
  for (const char* never : {"0 0 30 2 *", "0 0 31 4,6,9,11 *"}) {
    const auto refused = Schedule::parse(never);
    REQUIRE_FALSE(refused.ok());
    CHECK_THAT(refused.error().message, Catch::Contains("names a day that none of its months has"));
  }
  CHECK(Schedule::parse("0 0 30 2 1").ok());  // Mondays do
  CHECK(Schedule::parse("0 0 31 * *").ok());
  const auto leap_day = Schedule::parse("0 0 29 2 *");
  REQUIRE(leap_day.ok());
  const auto day = [](std::int64_t days) { return crawld::base::from_millis(days * 86'400'000); };
  CHECK(leap_day->next(day(46'081)) == day(49'001));  // 2096-03-01; 2104-02-29
}

TEST_CASE("a duration is written in the largest unit that is exact, and reads back") {
  for (const auto& [ms, text] : {std::pair{0, "0s"},
                                 {1500, "1500ms"},
                                 {90'000, "90s"},
                                 {3'600'000, "1h"},
                                 {604'800'000, "7d"}}) {
    CHECK(format_duration(std::chrono::milliseconds(ms)) == text);
    CHECK(parse_duration(text) == std::chrono::milliseconds(ms));
  }
}
