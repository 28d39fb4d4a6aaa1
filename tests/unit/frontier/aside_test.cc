// Hosts that take their time to be reached: their leases are set aside, and hold no transfer.
#include <catch2/catch.hpp>

#include "tests/unit/frontier/frontier_fixture.h"

namespace crawld::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

model::Lease connecting(model::Lease lease, std::uint64_t connection) {
  lease.connection = connection;
  return lease;
}

TEST_CASE("a host that is not reached yet keeps its slot while others have their turns") {
  LocalFrontier frontier({eager_site()}, {});
  add_host(frontier, 1);
  add_host(frontier, 2);
  frontier.offer({candidate(1, 1), candidate(2, 1), candidate(3, 2)});
  const auto lease = frontier.lease(kStart).lease;
  REQUIRE(lease->host_id == 1);
  frontier.set_aside(connecting(*lease, 7));
  CHECK(frontier.counts().in_flight == 0);
  CHECK(frontier.counts().connecting == 1);
  CHECK(lease_all(frontier) == std::vector<model::UrlId>{3});
  CHECK_FALSE(frontier.lease(kStart + seconds(60)).lease);
  CHECK(frontier.host(1)->in_flight == 1);
  CHECK(frontier.holdup(kStart) == frontier::Holdup::in_flight);
  CHECK_FALSE(frontier.idle());

  frontier.reached(7);
  CHECK(frontier.next_opening() == base::Instant::min());
  const auto again = frontier.lease(kStart + seconds(60)).lease;
  REQUIRE(again);
  CHECK(again->url_id == 1);
  CHECK(again->connection == 7);
  CHECK(again->leased_at == kStart + seconds(60));
  CHECK(frontier.counts().in_flight == 1);
  CHECK(frontier.counts().connecting == 0);
  give_back(frontier, *again, kStart + seconds(61));
  CHECK(lease_all(frontier, kStart + seconds(61)) == std::vector<model::UrlId>{2});
  CHECK(frontier.idle());
}

TEST_CASE("a host that was reached before its lease was set aside is not waited for") {
  LocalFrontier frontier({eager_site()}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1)});
  const auto lease = frontier.lease(kStart).lease;
  frontier.reached(7);
  CHECK_FALSE(frontier.lease(kStart).lease);
  frontier.set_aside(connecting(*lease, 7));
  CHECK(frontier.lease(kStart).lease->connection == 7);
}

TEST_CASE("those that were reached first come first, and before what is new") {
  LocalFrontier frontier({eager_site()}, {});
  std::vector<Candidate> candidates;
  for (model::HostId host = 1; host <= 4; ++host) {
    add_host(frontier, host);
    candidates.push_back(candidate(host, host));
  }
  frontier.offer(candidates);
  for (std::uint64_t connection = 1; connection <= 3; ++connection) {
    frontier.set_aside(connecting(*frontier.lease(kStart).lease, connection));
  }
  for (const std::uint64_t connection : {3, 1, 2}) frontier.reached(connection);
  CHECK(lease_all(frontier) == std::vector<model::UrlId>{3, 1, 2, 4});
}

TEST_CASE(
    "what was begun goes on while a crawl is paused or has its pages, not once it is closed") {
  LocalFrontier frontier({eager_site()}, {});
  for (model::HostId host = 1; host <= 3; ++host) add_host(frontier, host);
  frontier.offer({candidate(1, 1), candidate(2, 2), candidate(3, 3)});
  for (std::uint64_t connection = 1; connection <= 3; ++connection) {
    frontier.set_aside(connecting(*frontier.lease(kStart).lease, connection));
  }
  frontier.pause(true);
  frontier.reached(1);
  CHECK(frontier.wait(kStart));
  CHECK(frontier.lease(kStart).lease->url_id == 1);
  frontier.pause(false);
  frontier.stop_leasing();
  frontier.reached(2);
  CHECK(frontier.lease(kStart).lease->url_id == 2);
  frontier.close();
  frontier.reached(3);
  CHECK_FALSE(frontier.lease(kStart).lease);
  // It is for the next run.
  const auto left = frontier.in_memory();
  std::size_t ids = 0;
  for (const auto& line : left) ids += line.ids.size();
  CHECK(ids == 3);
}

TEST_CASE("a host that is not reached yet keeps no page of the run from those that are") {
  LocalFrontier frontier({eager_site()}, {.page_limit = 1});
  for (model::HostId host = 1; host <= 3; ++host) add_host(frontier, host);
  frontier.offer({candidate(1, 1), candidate(2, 2), candidate(3, 3)});
  frontier.set_aside(connecting(*frontier.lease(kStart).lease, 7));
  const auto second = frontier.lease(kStart).lease;
  REQUIRE(second);
  // Reached meanwhile, it waits for what comes of the other.
  frontier.reached(7);
  CHECK_FALSE(frontier.lease(kStart).lease);
  CHECK_FALSE(frontier.next_opening());
  CHECK(frontier.counts().connecting == 1);
  const bool stored = GENERATE(true, false);
  frontier.release(*second, {}, {}, kStart);
  frontier.settled(*second, stored);
  const auto first = frontier.lease(kStart).lease;
  CHECK(first.has_value() != stored);
  if (first) CHECK(first->connection == 7);
  CHECK(frontier.page_limit_reached() == stored);
}

TEST_CASE("a host that is not reached yet keeps the slot of its address") {
  SiteSettings site = eager_site();
  site.concurrency_per_ip = 1;
  LocalFrontier frontier({site}, {});
  add_host(frontier, 1);
  add_host(frontier, 2);
  frontier.offer({candidate(1, 1), candidate(2, 2)});
  auto first = frontier.lease(kStart).lease;
  REQUIRE(frontier.claim_address(*first, "192.0.2.1", kStart));
  frontier.set_aside(connecting(*first, 7));
  auto second = frontier.lease(kStart).lease;
  REQUIRE(second->url_id == 2);
  CHECK_FALSE(frontier.claim_address(*second, "192.0.2.1", kStart));

  frontier.reached(7);
  first = frontier.lease(kStart).lease;
  REQUIRE(first->url_id == 1);
  CHECK(first->address_slot == "192.0.2.1");
  give_back(frontier, *first, kStart, "192.0.2.1");
  CHECK(frontier.lease(kStart).lease->url_id == 2);
}

SiteSettings two_at_a_time() {
  SiteSettings site = eager_site();
  site.politeness.delay = seconds(2);
  site.politeness.concurrency = 2;
  return site;
}

// Two leases of host 1, two seconds apart, that are not reached yet: by connections 1 and 2.
void set_two_aside(LocalFrontier& frontier) {
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1), candidate(2, 1), candidate(3, 1)});
  for (std::uint64_t connection = 1; connection <= 2; ++connection) {
    const auto lease = frontier.lease(kStart + seconds(2 * (connection - 1))).lease;
    REQUIRE(lease);
    frontier.set_aside(connecting(*lease, connection));
  }
}

TEST_CASE("requests to a host that is reached by two connections at once keep their gap") {
  LocalFrontier frontier({two_at_a_time()}, {});
  set_two_aside(frontier);
  const auto now = kStart + seconds(10);
  frontier.reached(1);
  frontier.reached(2);
  CHECK(frontier.lease(now).lease->url_id == 1);
  CHECK_FALSE(frontier.lease(now).lease);
  CHECK(frontier.counts().connecting == 1);
  CHECK(frontier.next_opening() == now + seconds(2));
  CHECK_FALSE(frontier.lease(now + seconds(2) - milliseconds(1)).lease);
  CHECK(frontier.lease(now + seconds(2)).lease->url_id == 2);
}

TEST_CASE("a new request keeps its gap to one that had to wait for its connection") {
  LocalFrontier frontier({two_at_a_time()}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1), candidate(2, 1)});
  frontier.set_aside(connecting(*frontier.lease(kStart).lease, 1));
  frontier.reached(1);
  CHECK(frontier.lease(kStart + seconds(10)).lease->url_id == 1);
  CHECK_FALSE(frontier.lease(kStart + seconds(12) - milliseconds(1)).lease);
  CHECK(frontier.lease(kStart + seconds(12)).lease->url_id == 2);
}

TEST_CASE("a request that had to wait for its connection keeps a Retry-After of another") {
  LocalFrontier frontier({two_at_a_time()}, {});
  set_two_aside(frontier);
  auto now = kStart + seconds(10);
  frontier.reached(1);
  const auto first = frontier.lease(now).lease;
  model::HostAdvice rests;
  rests.mood = model::HostAdvice::Mood::throttle;
  rests.retry_after = seconds(30);
  frontier.release(*first, rests, {}, now);
  frontier.settled(*first, false);
  frontier.reached(2);
  CHECK_FALSE(frontier.lease(now + seconds(30) - milliseconds(1)).lease);
  CHECK(frontier.lease(now + seconds(30)).lease->url_id == 2);
}

TEST_CASE("after a sleep of the machine a host that was put off is asked when it opens") {
  LocalFrontier frontier({two_at_a_time()}, {});
  set_two_aside(frontier);
  const auto now = kStart + seconds(10);
  frontier.reached(1);
  frontier.reached(2);
  CHECK(frontier.lease(now).lease->url_id == 1);
  CHECK_FALSE(frontier.lease(now).lease);
  frontier.slept(std::chrono::hours(1), now);
  CHECK(frontier.lease(now).lease->url_id == 2);
}

TEST_CASE("however many strangers are not reached, others are asked") {
  LocalFrontier frontier({eager_site()}, {.transfers = 4});
  std::vector<Candidate> candidates;
  for (model::HostId host = 1; host <= 100; ++host) {
    add_host(frontier, host);
    candidates.push_back(candidate(host, host));
  }
  frontier.offer(candidates);
  for (std::uint64_t host = 1; host <= 99; ++host) {
    auto lease = frontier.lease(kStart + seconds(host)).lease;
    REQUIRE(lease);
    frontier.set_aside(connecting(*lease, host));
  }
  CHECK(frontier.lease(kStart + seconds(100)).lease->url_id == 100);
}

}  // namespace
}  // namespace crawld::tests
