// The last transfers are kept for hosts that answer quickly.
#include <catch2/catch.hpp>

#include "tests/unit/frontier/frontier_fixture.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr std::size_t kTransfers = 16;

SiteSettings lone_site() {
  SiteSettings site = eager_site();
  site.politeness.concurrency = 1;
  return site;
}

// Leases and gives back URLs of one host, whose turn it is: one a minute.
void answer(LocalFrontier& frontier, base::Instant& now, int times, milliseconds latency,
            model::HostAdvice::Mood mood = model::HostAdvice::Mood::good, model::HostId host = 1) {
  for (; times > 0; --times) {
    now += minutes(1);
    frontier.offer({candidate(1'000 + static_cast<model::UrlId>(times), host)});
    const auto lease = frontier.lease(now).lease;
    REQUIRE(lease);
    REQUIRE(lease->host_id == host);
    frontier.release(*lease, {.mood = mood, .latency = latency}, {}, now);
    frontier.settled(*lease, true);
  }
}

// So many hosts that answered once stall now.
void stall_known(LocalFrontier& frontier, base::Instant& now, model::HostId hosts) {
  for (model::HostId host = 200; host < 200 + hosts; ++host) {
    add_host(frontier, host);
    answer(frontier, now, 1, milliseconds(20), model::HostAdvice::Mood::good, host);
    frontier.offer({candidate(host, host)});
    now += minutes(1);
    REQUIRE(frontier.lease(now).lease);
  }
}

// One URL for each of twenty hosts that never answer.
void offer_strangers(LocalFrontier& frontier) {
  for (model::HostId host = 100; host < 120; ++host) {
    add_host(frontier, host);
    frontier.offer({candidate(host, host)});
  }
}

}  // namespace

TEST_CASE("a crowd of hosts that stall leaves transfers to a quick one") {
  LocalFrontier frontier({lone_site()}, {.transfers = kTransfers});
  base::Instant now = kStart;
  add_host(frontier, 1);
  answer(frontier, now, 3, milliseconds(20));
  offer_strangers(frontier);
  now += minutes(1);
  std::size_t open = 0;
  while (frontier.lease(now).lease) ++open;
  CHECK(open == kTransfers - frontier::kept_for_quick(kTransfers));
  CHECK(frontier.holdup(now) == frontier::Holdup::none);
  CHECK_FALSE(frontier.next_opening());
  for (model::UrlId url = 1; url <= 50; ++url) {
    frontier.offer({candidate(url, 1)});
    const auto lease = frontier.lease(now).lease;
    REQUIRE(lease);
    CHECK(lease->host_id == 1);
    give_back(frontier, *lease, now);
  }
}

TEST_CASE("quick hosts that use nearly all transfers keep nobody else out") {
  SiteSettings wide = eager_site();
  wide.politeness.concurrency = 100;
  LocalFrontier frontier({wide}, {.transfers = kTransfers});
  base::Instant now = kStart;
  add_host(frontier, 1);
  answer(frontier, now, 3, milliseconds(20));
  for (model::UrlId url = 1; url < kTransfers; ++url) {
    frontier.offer({candidate(url, 1)});
    REQUIRE(frontier.lease(now).lease);
  }
  add_host(frontier, 2);
  frontier.offer({candidate(100, 2)});
  const auto lease = frontier.lease(now).lease;
  REQUIRE(lease);
  CHECK(lease->host_id == 2);
}

TEST_CASE("a host that is slow, in trouble or hardly known is no quick one") {
  LocalFrontier frontier({lone_site()}, {.transfers = kTransfers});
  base::Instant now = kStart;
  add_host(frontier, 1);
  SECTION("slow") { answer(frontier, now, 3, seconds(5)); }
  SECTION("hardly known") { answer(frontier, now, 2, milliseconds(20)); }
  SECTION("in trouble") {
    answer(frontier, now, 3, milliseconds(20));
    answer(frontier, now, 1, milliseconds(0), model::HostAdvice::Mood::trouble);
  }
  stall_known(frontier, now, 6);
  offer_strangers(frontier);
  now += minutes(1);
  while (frontier.lease(now).lease) continue;
  frontier.offer({candidate(1, 1)});
  CHECK_FALSE(frontier.lease(now).lease);
}

TEST_CASE("a crowd of strangers that stall leaves transfers to a host that answered once") {
  LocalFrontier frontier({lone_site()}, {.transfers = kTransfers});
  base::Instant now = kStart;
  add_host(frontier, 1);
  answer(frontier, now, 1, milliseconds(20));
  offer_strangers(frontier);
  now += minutes(1);
  while (frontier.lease(now).lease) now += seconds(1);
  frontier.offer({candidate(1, 1)});
  const auto lease = frontier.lease(now).lease;
  REQUIRE(lease);
  CHECK(lease->host_id == 1);
}

TEST_CASE("quick hosts and others take turns while there are transfers for all") {
  SiteSettings wide = eager_site();
  wide.politeness.concurrency = 100;
  LocalFrontier frontier({wide}, {.transfers = 1'000});
  base::Instant now = kStart;
  add_host(frontier, 1);
  answer(frontier, now, 3, milliseconds(20));
  add_host(frontier, 2);
  for (model::UrlId url = 1; url <= 20; ++url) {
    frontier.offer({candidate(url, 1), candidate(100 + url, 2)});
  }
  now += minutes(1);
  int of_quick = 0;
  for (int turn = 0; turn < 20; ++turn) {
    const auto lease = frontier.lease(now).lease;
    REQUIRE(lease);
    of_quick += lease->host_id == 1 ? 1 : 0;
  }
  CHECK(of_quick == 10);
}
