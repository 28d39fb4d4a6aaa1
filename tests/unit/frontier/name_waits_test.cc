// Hosts whose name is still being looked up: they wait, and hold up nobody.
#include <catch2/catch.hpp>

#include "tests/unit/frontier/frontier_fixture.h"

namespace crawld::tests {
namespace {

using std::chrono::seconds;

TEST_CASE("a host waits for its name while others have their turns") {
  LocalFrontier frontier({eager_site()}, {});
  add_host(frontier, 1);
  add_host(frontier, 2);
  frontier.offer({candidate(1, 1), candidate(2, 1), candidate(3, 2)});
  const auto lease = frontier.lease(kStart).lease;
  REQUIRE(lease->host_id == 1);
  frontier.wait_for_name(*lease, kStart);
  CHECK(lease_all(frontier) == std::vector<model::UrlId>{3});
  CHECK(frontier.counts().in_flight == 0);
  CHECK_FALSE(frontier.idle());
  CHECK_FALSE(frontier.lease(kStart + seconds(60)).lease);
  CHECK(frontier.holdup(kStart) == frontier::Holdup::names);

  frontier.name_known(1);
  CHECK(lease_all(frontier) == std::vector<model::UrlId>{1, 2});
  CHECK(frontier.idle());
}

TEST_CASE("an answer that came before the host waits for it counts") {
  LocalFrontier frontier({eager_site()}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1)});
  const auto lease = frontier.lease(kStart).lease;
  frontier.name_known(1);
  frontier.wait_for_name(*lease, kStart);
  CHECK(lease_all(frontier) == std::vector<model::UrlId>{1});
}

TEST_CASE("a host that two threads came upon waits for both answers") {
  SiteSettings site = eager_site();
  site.politeness.concurrency = 2;
  LocalFrontier frontier({site}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1), candidate(2, 1)});
  const auto first = frontier.lease(kStart).lease;
  const auto second = frontier.lease(kStart).lease;
  REQUIRE(second);
  frontier.wait_for_name(*first, kStart);
  frontier.wait_for_name(*second, kStart);
  frontier.name_known(1);
  CHECK_FALSE(frontier.lease(kStart).lease);
  frontier.name_known(1);
  CHECK(lease_all(frontier) == std::vector<model::UrlId>{1, 2});
}

TEST_CASE(
    "waiting for a name uses up neither delay nor budget, and robots.txt is asked for after") {
  SiteSettings site = eager_site();
  site.obey_robots = true;
  site.politeness.delay = seconds(60);
  site.page_limit = 1;
  LocalFrontier frontier({site}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1)});
  const auto robots = frontier.lease(kStart).lease;
  REQUIRE(robots->request.purpose == model::Purpose::robots);
  frontier.wait_for_name(*robots, kStart);
  frontier.name_known(1);

  const auto again = frontier.lease(kStart + seconds(1)).lease;
  REQUIRE(again);
  CHECK(again->request.purpose == model::Purpose::robots);
  give_back(frontier, *again, kStart + seconds(1));
  frontier.set_robots(1, {});
  const auto page = frontier.lease(kStart + seconds(61)).lease;
  REQUIRE(page);
  frontier.wait_for_name(*page, kStart + seconds(61));
  frontier.name_known(1);
  CHECK(frontier.lease(kStart + seconds(61)).lease);
}

TEST_CASE("a stranger that waits for its name uses up no transfer of its kind") {
  LocalFrontier frontier({eager_site()}, {.transfers = 8});
  for (model::HostId host = 1; host <= 8; ++host) {
    add_host(frontier, host);
    frontier.offer({candidate(host, host)});
  }
  std::vector<model::Lease> open;
  while (auto lease = frontier.lease(kStart).lease) open.push_back(*std::move(lease));
  REQUIRE(open.size() == 7);  // one is kept for quick hosts
  frontier.wait_for_name(open.back(), kStart);
  CHECK(frontier.lease(kStart).lease);
}

}  // namespace
}  // namespace crawld::tests
