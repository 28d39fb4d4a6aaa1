// Which URL comes next: order within a host, fairness between hosts and sites, slots.
#include <catch2/catch.hpp>

#include <deque>
#include <map>

#include "crawler/robots/rules.h"
#include "tests/unit/frontier/frontier_fixture.h"

using namespace crawld;
using namespace crawld::tests;
using Ids = std::vector<model::UrlId>;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("a host gives its URLs by priority, then depth, then age") {
  LocalFrontier frontier({eager_site()}, {});
  add_host(frontier, 1);
  Candidate urgent = candidate(5, 1, 0, 3);
  urgent.priority = 1;
  frontier.offer({candidate(1, 1, 0, 2), candidate(3, 1, 0, 1), candidate(2, 1, 0, 1), urgent});
  CHECK(lease_all(frontier) == Ids{5, 2, 3, 1});
}

TEST_CASE("a site that goes depth first gives the deepest URL first") {
  SiteSettings deep = eager_site();
  deep.depth_first = true;
  LocalFrontier frontier({deep}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1, 0, 0), candidate(2, 1, 0, 4), candidate(3, 1, 0, 2)});
  CHECK(lease_all(frontier) == Ids{2, 3, 1});
}

TEST_CASE("a host that was not asked after all is open at once") {
  SiteSettings polite = eager_site();
  polite.politeness.delay = seconds(5);
  LocalFrontier frontier({polite}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1), candidate(2, 1), candidate(3, 1)});
  const auto first = frontier.lease(kStart).lease;
  REQUIRE(first);
  frontier.release(*first, {.contacted = false}, {}, kStart);
  frontier.settled(*first, false);
  const auto second = frontier.lease(kStart).lease;
  REQUIRE(second);
  give_back(frontier, *second);
  CHECK_FALSE(frontier.lease(kStart + seconds(4)).lease);
  CHECK(frontier.lease(kStart + seconds(5)).lease);
}

TEST_CASE("hosts of a site take turns") {
  LocalFrontier frontier({eager_site()}, {});
  for (model::HostId host = 1; host <= 3; ++host) add_host(frontier, host);
  // Host 1 has many URLs and came first.
  frontier.offer({candidate(11, 1), candidate(12, 1), candidate(13, 1), candidate(14, 1)});
  frontier.offer({candidate(21, 2), candidate(31, 3)});
  const Ids order = lease_all(frontier);
  REQUIRE(order.size() == 6);
  // All three hosts had a turn before host 1 had its second one.
  CHECK(std::map<model::UrlId, int>{{order[0], 0}, {order[1], 0}, {order[2], 0}} ==
        std::map<model::UrlId, int>{{11, 0}, {21, 0}, {31, 0}});
}

TEST_CASE("a site of one host has as many turns as a site of a hundred") {
  LocalFrontier frontier({eager_site(), eager_site()}, {});
  for (model::HostId host = 1; host <= 100; ++host) {
    add_host(frontier, host, 0);
    for (model::UrlId url = 0; url < 5; ++url)
      frontier.offer({candidate(host * 100 + url, host, 0)});
  }
  add_host(frontier, 200, 1);
  for (model::UrlId url = 1; url <= 50; ++url) frontier.offer({candidate(url, 200, 1)});
  int of_small_site = 0;
  for (int turn = 0; turn < 100; ++turn) {
    const auto lease = frontier.lease(kStart).lease;
    REQUIRE(lease);
    if (lease->host_id == 200) ++of_small_site;
    give_back(frontier, *lease);
  }
  CHECK(of_small_site == 50);
}

TEST_CASE("a site of higher priority goes first, and the others when it has to wait") {
  SiteSettings urgent = eager_site();
  urgent.priority = 10;
  urgent.politeness.delay = seconds(1);
  LocalFrontier frontier({eager_site(), urgent}, {});
  add_host(frontier, 1, 0);
  add_host(frontier, 2, 1);
  frontier.offer({candidate(1, 1, 0), candidate(2, 1, 0)});
  frontier.offer({candidate(21, 2, 1), candidate(22, 2, 1)});
  CHECK(lease_all(frontier) == Ids{21, 1, 2});
  CHECK(lease_all(frontier, kStart + seconds(1)) == Ids{22});
}

TEST_CASE("a host is contacted once a delay, from whichever thread") {
  SiteSettings polite = eager_site();
  polite.politeness.delay = seconds(2);
  LocalFrontier frontier({polite}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1), candidate(2, 1), candidate(3, 1)});
  CHECK(lease_all(frontier) == Ids{1});
  CHECK(lease_all(frontier, kStart + milliseconds(1999)).empty());
  CHECK(frontier.next_opening() == kStart + seconds(2));
  CHECK(frontier.holdup(kStart) == frontier::Holdup::politeness);
  CHECK(lease_all(frontier, kStart + seconds(2)) == Ids{2});
}

TEST_CASE("the gap counts from when the host saw the request, not from when we set out") {
  SiteSettings polite = eager_site();
  polite.politeness.delay = seconds(2);
  LocalFrontier frontier({polite}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1), candidate(2, 1)});
  const auto lease = frontier.lease(kStart).lease;
  REQUIRE(lease);
  frontier.release(*lease, {.setup = milliseconds(700)}, {}, kStart + seconds(1));
  CHECK(frontier.next_opening() == kStart + milliseconds(2700));
}

TEST_CASE("a wait for name servers before the lease closes the host no longer") {
  SiteSettings polite = eager_site();
  polite.politeness.delay = seconds(2);
  LocalFrontier frontier({polite}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1), candidate(2, 1)});
  const auto lease = frontier.lease(kStart).lease;
  REQUIRE(lease);
  frontier.release(*lease, {.setup = seconds(60)}, {}, kStart + seconds(1));
  CHECK(frontier.next_opening() == kStart + seconds(3));
}

TEST_CASE("no more requests to a host are open than its concurrency") {
  SiteSettings site = eager_site();
  site.politeness.concurrency = 2;
  LocalFrontier frontier({site}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1), candidate(2, 1), candidate(3, 1)});
  const auto first = frontier.lease(kStart).lease;
  const auto second = frontier.lease(kStart).lease;
  REQUIRE((first && second));
  CHECK_FALSE(frontier.lease(kStart).lease);
  CHECK(frontier.holdup(kStart) == frontier::Holdup::in_flight);
  frontier.release(*first, {}, {}, kStart);
  CHECK(frontier.lease(kStart).lease);
}

TEST_CASE("a host that asks for a pause gets it even when its next turn was due") {
  SiteSettings site = eager_site();
  site.politeness.concurrency = 2;
  LocalFrontier frontier({site}, {});
  add_host(frontier, 1);
  add_host(frontier, 2);
  frontier.offer({candidate(1, 1), candidate(2, 1), candidate(21, 2), candidate(22, 2)});
  const auto first = frontier.lease(kStart).lease;
  REQUIRE((first && first->host_id == 1));
  REQUIRE(frontier.lease(kStart).lease);  // host 1 stands among the ready ones
  frontier.release(*first, {.mood = model::HostAdvice::Mood::throttle, .retry_after = seconds(60)},
                   {}, kStart);
  CHECK(lease_all(frontier) == Ids{22});
  CHECK(lease_all(frontier, kStart + milliseconds(59'999)).empty());
  CHECK(lease_all(frontier, kStart + seconds(60)) == Ids{2});
}

namespace {

// Hosts that all live at one address, which the frontier has learnt.
void settle_at(LocalFrontier& frontier, const std::vector<model::HostId>& hosts,
               const std::string& address, model::SiteId site = 0) {
  for (const model::HostId host : hosts) frontier.offer({candidate(1'000 + host, host, site)});
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const auto lease = frontier.lease(kStart).lease;
    REQUIRE(lease);
    give_back(frontier, *lease, kStart, address);
  }
}

}  // namespace

TEST_CASE("hosts at one address share its slots, in the order in which they came") {
  LocalFrontier frontier({eager_site()}, {});  // two requests an address
  for (model::HostId host = 1; host <= 4; ++host) add_host(frontier, host);
  settle_at(frontier, {1, 2, 3, 4}, "192.0.2.1");
  for (model::HostId host = 1; host <= 4; ++host) frontier.offer({candidate(host, host)});
  const auto first = frontier.lease(kStart).lease;
  const auto second = frontier.lease(kStart).lease;
  REQUIRE((first && second));
  CHECK_FALSE(frontier.lease(kStart).lease);
  frontier.release(*first, {}, "192.0.2.1", kStart);
  const auto third = frontier.lease(kStart).lease;
  REQUIRE(third);
  CHECK(third->url_id == 3);
  CHECK_FALSE(frontier.lease(kStart).lease);
  frontier.release(*second, {}, "192.0.2.1", kStart);
  const auto fourth = frontier.lease(kStart).lease;
  REQUIRE(fourth);
  CHECK(fourth->url_id == 4);
}

TEST_CASE(
    "a site that bears fewer requests at an address has its turn among those that bear more") {
  SiteSettings patient = eager_site();
  patient.concurrency_per_ip = 1;
  SiteSettings hasty = eager_site();
  SECTION("as many more as they say") { hasty.concurrency_per_ip = 4; }
  SECTION("or any number") { hasty.concurrency_per_ip = 0; }
  LocalFrontier frontier({patient, hasty}, {});
  add_host(frontier, 1, 0);
  for (model::HostId host = 2; host <= 5; ++host) add_host(frontier, host, 1);
  settle_at(frontier, {1}, "192.0.2.1");
  settle_at(frontier, {2, 3, 4, 5}, "192.0.2.1", 1);
  std::deque<model::Lease> open;
  const auto lease_on = [&] {
    while (auto lease = frontier.lease(kStart).lease) open.push_back(*std::move(lease));
  };
  model::UrlId url = 2'000;
  for (model::HostId host = 2; host <= 5; ++host) frontier.offer({candidate(++url, host, 1)});
  lease_on();
  REQUIRE(open.size() == 4);
  frontier.offer({candidate(1, 1, 0)});
  bool had_turn = false;
  for (int turn = 0; turn < 12 && !had_turn; ++turn) {
    const model::Lease done = open.front();
    open.pop_front();
    frontier.offer({candidate(++url, done.host_id, 1)});  // they always have more
    give_back(frontier, done, kStart, "192.0.2.1");
    lease_on();
    for (const model::Lease& lease : open) had_turn = had_turn || lease.host_id == 1;
  }
  CHECK(had_turn);
  for (int turn = 0; turn < 8; ++turn) {
    give_back(frontier, open.front(), kStart, "192.0.2.1");
    open.pop_front();
    lease_on();
    if (open.empty()) break;
  }
  CHECK(frontier.counts().waiting == 0);  // and nobody is forgotten
}

TEST_CASE("a host that moved to another address does not keep others waiting at the old one") {
  SiteSettings site = eager_site();
  site.politeness.concurrency = 2;
  site.concurrency_per_ip = 1;
  LocalFrontier frontier({site}, {});
  for (model::HostId host = 1; host <= 3; ++host) add_host(frontier, host);
  // Host 1 has two requests open before its address is known; the first one tells.
  frontier.offer({candidate(11, 1), candidate(12, 1)});
  const auto old = frontier.lease(kStart).lease;
  const auto moving = frontier.lease(kStart).lease;
  REQUIRE((old && moving));
  give_back(frontier, *old, kStart, "192.0.2.1");
  settle_at(frontier, {2, 3}, "192.0.2.1");
  // Host 2 takes the slot; hosts 1 and 3 wait for it.
  frontier.offer({candidate(21, 2)});
  const auto holder = frontier.lease(kStart).lease;
  REQUIRE((holder && holder->host_id == 2));
  frontier.offer({candidate(13, 1)});
  CHECK_FALSE(frontier.lease(kStart).lease);
  frontier.offer({candidate(31, 3)});
  CHECK_FALSE(frontier.lease(kStart).lease);
  // Host 1 is found at another address, where a slot is free.
  give_back(frontier, *moving, kStart, "192.0.2.2");
  const auto moved = frontier.lease(kStart).lease;
  REQUIRE((moved && moved->url_id == 13));
  give_back(frontier, *holder, kStart, "192.0.2.1");
  const auto waited = frontier.lease(kStart).lease;
  REQUIRE(waited);
  CHECK(waited->url_id == 31);
}

TEST_CASE("a slot of an address is not kept for a host that must wait for its own clock") {
  SiteSettings site = eager_site();
  site.politeness.concurrency = 2;
  site.concurrency_per_ip = 1;
  LocalFrontier frontier({site}, {});
  for (model::HostId host = 1; host <= 3; ++host) add_host(frontier, host);
  frontier.offer({candidate(11, 1), candidate(12, 1)});
  const auto first = frontier.lease(kStart).lease;
  const auto slow = frontier.lease(kStart).lease;
  REQUIRE((first && slow));
  give_back(frontier, *first, kStart, "192.0.2.1");
  settle_at(frontier, {2, 3}, "192.0.2.1");
  frontier.offer({candidate(21, 2)});
  const auto holder = frontier.lease(kStart).lease;
  REQUIRE((holder && holder->host_id == 2));
  frontier.offer({candidate(13, 1)});
  CHECK_FALSE(frontier.lease(kStart).lease);
  frontier.offer({candidate(31, 3)});
  CHECK_FALSE(frontier.lease(kStart).lease);
  // While host 1 waits for the slot, it asks for a pause.
  frontier.release(*slow, {.mood = model::HostAdvice::Mood::throttle, .retry_after = seconds(60)},
                   "192.0.2.1", kStart);
  give_back(frontier, *holder, kStart, "192.0.2.1");
  const auto next = frontier.lease(kStart).lease;
  REQUIRE(next);
  CHECK(next->url_id == 31);
  give_back(frontier, *next, kStart, "192.0.2.1");
  CHECK(lease_all(frontier, kStart + seconds(60)) == Ids{13});
}

TEST_CASE("the pages of a run, a host and a path prefix are limited") {
  SiteSettings site = eager_site();
  SECTION("run") {
    LocalFrontier frontier({site}, {.page_limit = 2});
    add_host(frontier, 1);
    frontier.offer({candidate(1, 1), candidate(2, 1), candidate(3, 1)});
    CHECK(lease_all(frontier) == Ids{1, 2});
    CHECK(frontier.page_limit_reached());
    CHECK(frontier.counts().waiting == 1);
  }
  SECTION("host") {
    site.pages_per_host = 2;
    LocalFrontier frontier({site}, {});
    add_host(frontier, 1);
    frontier.offer({candidate(1, 1), candidate(2, 1), candidate(3, 1)});
    CHECK(lease_all(frontier) == Ids{1, 2});
    CHECK(frontier.lease(kStart).refusals.empty());  // given with the last turn
    CHECK(frontier.counts().waiting == 0);
    CHECK(frontier.counts().outstanding == 1);
  }
  SECTION("site") {
    site.page_limit = 2;
    LocalFrontier frontier({site}, {});
    add_host(frontier, 1);
    add_host(frontier, 2);
    frontier.offer({candidate(1, 1), candidate(2, 2), candidate(3, 1)});
    CHECK(lease_all(frontier).size() == 2);
  }
  SECTION("prefix") {
    site.pages_per_prefix = 1;
    LocalFrontier frontier({site}, {});
    add_host(frontier, 1);
    frontier.offer(
        {candidate(1, 1, 0, 0, "a/1"), candidate(2, 1, 0, 0, "a/2"), candidate(3, 1, 0, 0, "b/1")});
    const auto first = frontier.lease(kStart);
    REQUIRE(first.lease);
    give_back(frontier, *first.lease);
    const auto second = frontier.lease(kStart);
    REQUIRE(second.lease);
    CHECK(second.lease->url_id == 3);
    REQUIRE(second.refusals.size() == 1);
    CHECK(second.refusals[0].url_id == 2);
    CHECK(second.refusals[0].verdict == model::Verdict::over_budget);
    CHECK(second.refusals[0].reason == "budget.per_prefix");
  }
}

TEST_CASE("a page that is asked for once more keeps its place in a budget") {
  SiteSettings site = eager_site();
  site.pages_per_host = 2;
  site.page_limit = 2;
  site.pages_per_prefix = 2;
  LocalFrontier frontier({site}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1), candidate(2, 1), candidate(3, 1)});
  CHECK(lease_all(frontier) == Ids{1, 2});
  Candidate again = candidate(1, 1);
  again.request.attempt = 1;
  frontier.offer({again, candidate(4, 1)});
  CHECK(lease_all(frontier) == Ids{1});
}

TEST_CASE("a page limit counts what is under way, and a failed page gives its place back") {
  LocalFrontier frontier({eager_site()}, {.page_limit = 1});
  add_host(frontier, 1);
  add_host(frontier, 2);
  frontier.offer({candidate(1, 1), candidate(2, 2)});
  const auto first = frontier.lease(kStart).lease;
  REQUIRE(first);
  CHECK_FALSE(frontier.lease(kStart).lease);
  frontier.release(*first, {}, {}, kStart);
  frontier.settled(*first, false);
  CHECK(frontier.lease(kStart).lease);
  CHECK_FALSE(frontier.page_limit_reached());
}

TEST_CASE("refusals hold up the end until they are booked") {
  SiteSettings site = eager_site();
  site.obey_robots = true;
  LocalFrontier frontier({site}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1), candidate(2, 1)});
  const auto robots = frontier.lease(kStart).lease;
  REQUIRE((robots && robots->request.purpose == model::Purpose::robots));
  CHECK(robots->request.url.href() == "http://h1.test/robots.txt");
  frontier.release(*robots, {}, {}, kStart);
  CHECK_FALSE(frontier.lease(kStart).lease);  // no page before the rules are known
  frontier.set_robots(1, {.expires = kStart + minutes(60),
                          .refuse_all = model::Verdict::disallowed,
                          .why = "closed to all"});
  frontier.settled(*robots, false);
  const auto turn = frontier.lease(kStart);
  CHECK_FALSE(turn.lease);
  REQUIRE(turn.refusals.size() == 2);
  CHECK(turn.refusals[0].reason == "closed to all");
  CHECK_FALSE(frontier.idle());
  frontier.booked_refusals(turn.refusals);
  CHECK(frontier.idle());
}

TEST_CASE("robots.txt is asked again when its time is over") {
  SiteSettings site = eager_site();
  site.obey_robots = true;
  LocalFrontier frontier({site}, {});
  add_host(frontier, 1);
  frontier.set_robots(1, {.expires = kStart + minutes(10)});
  frontier.offer({candidate(1, 1), candidate(2, 1)});
  const auto page = frontier.lease(kStart).lease;
  REQUIRE((page && page->url_id == 1));
  give_back(frontier, *page);
  const auto robots = frontier.lease(kStart + minutes(10)).lease;
  REQUIRE(robots);
  CHECK(robots->request.purpose == model::Purpose::robots);
}

TEST_CASE("a robots.txt that is dear to judge does not hold up the other hosts") {
  SiteSettings site = eager_site();
  site.obey_robots = true;
  LocalFrontier frontier({site}, {});
  add_host(frontier, 1);
  std::string text = "User-agent: *\n";
  for (int i = 0; i < 20'000; ++i) text += "Disallow: *q" + std::to_string(i) + "z\n";
  frontier.set_robots(1, {.state = frontier::HostRobots::State::known,
                          .rules = robots::Rules::parse(text + "Disallow: /a\n").rules_for("x"),
                          .expires = kStart + minutes(10)});
  const std::string path = "a" + std::string(5'000, 'q');
  for (model::UrlId url = 1; url <= 10; ++url) {
    frontier.offer({candidate(url, 1, 0, 0, path + std::to_string(url))});
  }
  const auto turn = frontier.lease(kStart);
  CHECK(turn.refusals.size() == 1);
  CHECK(turn.refusals[0].reason == "robots.txt too costly");
}

TEST_CASE("a host that was given up has its URLs refused and does not hold up the end") {
  SiteSettings site = eager_site();
  site.politeness.breaker_threshold = 2;
  site.politeness.dead_after = 2;
  LocalFrontier frontier({site}, {});
  add_host(frontier, 1);
  for (model::UrlId url = 1; url <= 10; ++url) frontier.offer({candidate(url, 1)});
  base::Instant now = kStart;
  int requests = 0;
  std::size_t refused = 0;
  while (!frontier.idle() && requests < 20) {
    const auto turn = frontier.lease(now);
    refused += turn.refusals.size();
    frontier.booked_refusals(turn.refusals);
    if (turn.lease) {
      ++requests;
      frontier.release(*turn.lease, {.mood = model::HostAdvice::Mood::trouble}, {}, now);
      frontier.settled(*turn.lease, false);
    }
    if (const auto next = frontier.next_opening()) now = std::max(now, *next);
  }
  CHECK(requests == 3);
  CHECK(refused == 7);
  CHECK(frontier.idle());
}
