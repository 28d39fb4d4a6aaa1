// The first contact with a host counts against its IP address too.
#include <catch2/catch.hpp>

#include "tests/unit/frontier/frontier_fixture.h"

namespace crawld::tests {
namespace {

using std::chrono::seconds;

const std::string kShared = "192.0.2.1";

SiteSettings slow_site() {
  SiteSettings site = eager_site();
  site.politeness.delay = seconds(60);
  return site;
}

// Hosts 1 to `hosts`, a URL each, none of them contacted yet.
void offer_strangers(LocalFrontier& frontier, model::HostId hosts) {
  for (model::HostId host = 1; host <= hosts; ++host) {
    add_host(frontier, host);
    frontier.offer({candidate(host, host)});
  }
}

// Leases of two strangers that turn out to share an address of one slot: the first has it.
model::Lease lease_of_two(LocalFrontier& frontier) {
  offer_strangers(frontier, 2);
  auto first = frontier.lease(kStart).lease;
  auto second = frontier.lease(kStart).lease;
  REQUIRE(frontier.claim_address(*first, kShared, kStart));
  REQUIRE_FALSE(frontier.claim_address(*second, kShared, kStart));
  return *first;
}

TEST_CASE("hosts that were never contacted share the slots of the address they turn out to have") {
  LocalFrontier frontier({eager_site()}, {});  // two requests an address
  offer_strangers(frontier, 3);
  auto first = frontier.lease(kStart).lease;
  auto second = frontier.lease(kStart).lease;
  auto third = frontier.lease(kStart).lease;
  REQUIRE(third);
  CHECK(frontier.claim_address(*first, kShared, kStart));
  CHECK(frontier.claim_address(*second, kShared, kStart));
  CHECK_FALSE(frontier.claim_address(*third, kShared, kStart));
  CHECK(frontier.counts().in_flight == 2);
  CHECK(frontier.counts().waiting == 1);
  CHECK_FALSE(frontier.lease(kStart).lease);

  give_back(frontier, *first, kStart, kShared);
  const auto again = frontier.lease(kStart).lease;
  REQUIRE(again);
  CHECK(again->url_id == 3);
  CHECK(again->address_slot == kShared);
  give_back(frontier, *second, kStart, kShared);
  give_back(frontier, *again, kStart, kShared);
  CHECK(frontier.idle());
}

TEST_CASE("a lease that found no slot has used up neither delay nor budget") {
  SiteSettings site = slow_site();
  site.concurrency_per_ip = 1;
  site.page_limit = 2;
  LocalFrontier frontier({site}, {});
  const model::Lease first = lease_of_two(frontier);
  give_back(frontier, first, kStart + seconds(1), kShared);

  const auto turn = frontier.lease(kStart + seconds(1));
  CHECK(turn.refusals.empty());
  REQUIRE(turn.lease);
  CHECK(turn.lease->url_id == 2);
}

TEST_CASE("a robots.txt that found no slot is asked for when there is one") {
  SiteSettings site = eager_site();
  site.obey_robots = true;
  site.concurrency_per_ip = 1;
  LocalFrontier frontier({site}, {});
  const model::Lease first = lease_of_two(frontier);
  frontier.release(first, {}, kShared, kStart);
  frontier.settled(first, false);

  const auto again = frontier.lease(kStart).lease;
  REQUIRE(again);
  CHECK(again->request.purpose == model::Purpose::robots);
  CHECK(again->robots_for == 2);
  CHECK_FALSE(frontier.lease(kStart).lease);
}

TEST_CASE("what a host was told meanwhile outlives a lease that is taken back") {
  frontier::HostClock clock({.delay = seconds(10), .concurrency = 2});
  clock.started(kStart, 0);
  clock.close_until(kStart + seconds(300));
  clock.taken_back(kStart);
  CHECK(clock.opens_at() == kStart + seconds(300));
  CHECK(clock.in_flight() == 0);
}

}  // namespace
}  // namespace crawld::tests
