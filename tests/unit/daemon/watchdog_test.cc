#include "crawler/daemon/watchdog.h"

#include <catch2/catch.hpp>

using namespace crawld;
using daemon::Watchdog;
using std::chrono::seconds;

namespace {

constexpr base::Instant kStart{std::chrono::hours(1)};
constexpr seconds kTransfer{30};  // the longest that a transfer may last

pipeline::Status status(std::uint64_t parsed, std::size_t fetched_waiting, std::uint64_t committed,
                        std::size_t commits_waiting) {
  pipeline::Status status;
  status.stage_parsed = parsed;
  status.fetched.items = fetched_waiting;
  status.stage_committed = committed;
  status.commits.items = commits_waiting;
  return status;
}

}  // namespace

TEST_CASE("a stage that has work and stands still for too long is stuck") {
  Watchdog watchdog(seconds(60));
  CHECK(watchdog.healthy(status(10, 5, 10, 0), kTransfer, kStart));
  CHECK(watchdog.healthy(status(10, 5, 10, 0), kTransfer, kStart + seconds(59)));
  CHECK_FALSE(watchdog.healthy(status(10, 5, 10, 0), kTransfer, kStart + seconds(60)));
}

TEST_CASE("a document that a program reads for as long as it may is no hang") {
  Watchdog watchdog(seconds(60), seconds(40));
  CHECK(watchdog.healthy(status(10, 5, 10, 0), kTransfer, kStart));
  CHECK(watchdog.healthy(status(10, 5, 10, 0), kTransfer, kStart + seconds(99)));
  CHECK_FALSE(watchdog.healthy(status(10, 5, 10, 0), kTransfer, kStart + seconds(100)));
}

TEST_CASE("a stuck commit stage is noticed while parsing goes on") {
  Watchdog watchdog(seconds(60));
  for (int second = 0; second < 60; ++second) {
    CHECK(watchdog.healthy(status(10 + second, 5, 10, 3), kTransfer, kStart + seconds(second)));
  }
  CHECK_FALSE(watchdog.healthy(status(90, 5, 10, 3), kTransfer, kStart + seconds(60)));
}

TEST_CASE("a stage that moves again is healthy again") {
  Watchdog watchdog(seconds(60));
  watchdog.healthy(status(10, 5, 10, 0), kTransfer, kStart);
  CHECK_FALSE(watchdog.healthy(status(10, 5, 10, 0), kTransfer, kStart + seconds(90)));
  CHECK(watchdog.healthy(status(11, 5, 10, 0), kTransfer, kStart + seconds(91)));
}

TEST_CASE("fetch threads that all hang beyond the time of any transfer are noticed") {
  Watchdog watchdog(seconds(60));
  pipeline::Status hanging = status(10, 0, 10, 0);
  hanging.stage_fetched = 10;
  hanging.frontier.in_flight = 64;
  CHECK(watchdog.healthy(hanging, kTransfer, kStart));
  CHECK(watchdog.healthy(hanging, kTransfer, kStart + seconds(89)));
  CHECK_FALSE(watchdog.healthy(hanging, kTransfer, kStart + seconds(90)));
  SECTION("and not while one of them comes to an end") {
    ++hanging.stage_fetched;
    CHECK(watchdog.healthy(hanging, kTransfer, kStart + seconds(91)));
  }
  SECTION("and not while a cap over all hosts holds them back") {
    hanging.waiting_for_rate = 64;
    CHECK(watchdog.healthy(hanging, kTransfer, kStart + seconds(91)));
  }
  SECTION("and not while they wait for a network that is gone") {
    hanging.waiting_for_network = 64;
    CHECK(watchdog.healthy(hanging, kTransfer, kStart + seconds(91)));
  }
  SECTION("and not once no transfer is open: all hosts may rest for hours") {
    hanging.frontier.in_flight = 0;
    CHECK(watchdog.healthy(hanging, kTransfer, kStart + seconds(91)));
    CHECK(watchdog.healthy(hanging, kTransfer, kStart + std::chrono::hours(9)));
  }
}

TEST_CASE("a crawl with nothing to do is healthy for ever") {
  Watchdog watchdog(seconds(60));
  for (int hour = 0; hour <= 48; ++hour) {
    CHECK(watchdog.healthy(status(10, 0, 10, 0), kTransfer, kStart + std::chrono::hours(hour)));
  }
  // The time without work does not count against the work that comes then.
  CHECK(watchdog.healthy(status(10, 5, 10, 0), kTransfer,
                         kStart + std::chrono::hours(48) + seconds(1)));
}

TEST_CASE("a crawl that is held on purpose is not stuck") {
  Watchdog watchdog(seconds(60));
  pipeline::Status held = status(10, 5, 10, 3);
  held.held_because = "the disk is full";
  CHECK(watchdog.healthy(held, kTransfer, kStart));
  CHECK(watchdog.healthy(held, kTransfer, kStart + seconds(600)));
  held.held_because.clear();
  CHECK(watchdog.healthy(held, kTransfer, kStart + seconds(601)));
  CHECK_FALSE(watchdog.healthy(held, kTransfer, kStart + seconds(700)));
}
