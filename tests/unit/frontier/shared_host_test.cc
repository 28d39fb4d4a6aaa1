// Several sites may have their pages on one host: each keeps its own rules.
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "tests/unit/frontier/frontier_fixture.h"

namespace crawld::tests {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Ids = std::vector<model::UrlId>;

// Host 1, which site 0 came upon first; site 1 has pages there, too.
void share_host(LocalFrontier& frontier) { add_host(frontier, 1, 0); }

TEST_CASE("a paused site leaves the host to the other one, whichever came first") {
  LocalFrontier frontier({eager_site(), eager_site()}, {});
  share_host(frontier);
  frontier.offer({candidate(1, 1, 0), candidate(2, 1, 1), candidate(3, 1, 0)});
  frontier.pause_site(1, true);
  CHECK(lease_all(frontier) == Ids{1, 3});
  frontier.offer({candidate(4, 1, 0)});
  CHECK(lease_all(frontier) == Ids{4});
  frontier.pause_site(1, false);
  CHECK(lease_all(frontier) == Ids{2});

  frontier.pause_site(0, true);
  frontier.offer({candidate(5, 1, 0), candidate(6, 1, 1)});
  CHECK(lease_all(frontier) == Ids{6});
  CHECK(frontier.holdup(kStart) == frontier::Holdup::paused);
  frontier.pause_site(0, false);
  CHECK(lease_all(frontier) == Ids{5});
}

TEST_CASE("a host keeps its place among urgent ones where its next turn is another site's") {
  SiteSettings urgent = eager_site();
  urgent.priority = 5;
  LocalFrontier frontier({eager_site(), urgent}, {});
  share_host(frontier);
  add_host(frontier, 2, 1);
  std::vector<Candidate> all{candidate(1, 1, 0)};
  for (model::UrlId id = 10; id < 20; ++id) all.push_back(candidate(id, 1, 1));
  for (model::UrlId id = 100; id < 200; ++id) all.push_back(candidate(id, 2, 1));
  frontier.offer(std::move(all));
  Ids first = lease_all(frontier);
  first.resize(25);
  CHECK(std::count_if(first.begin(), first.end(), [](auto id) { return id < 100; }) == 11);
}

TEST_CASE("a page limit counts the pages of its own site") {
  SiteSettings limited = eager_site();
  limited.page_limit = 2;
  LocalFrontier frontier({eager_site(), limited}, {});
  share_host(frontier);
  frontier.offer({candidate(1, 1, 0), candidate(2, 1, 0), candidate(3, 1, 1), candidate(4, 1, 1),
                  candidate(5, 1, 1), candidate(6, 1, 0)});
  CHECK(lease_all(frontier) == Ids{1, 3, 2, 4, 6});
}

// A page that was stored before.
Candidate revisit(model::UrlId url, model::HostId host, model::SiteId site = 0) {
  Candidate one = candidate(url, host, site);
  one.request.history.visits = 1;
  return one;
}

// So many turns at the host; each page of `again` is due once more when it has had its own.
Ids turns(LocalFrontier& frontier, std::size_t count, const std::set<model::UrlId>& again) {
  Ids ids;
  while (ids.size() < count) {
    const auto lease = frontier.lease(kStart).lease;
    if (!lease) break;
    ids.push_back(lease->url_id);
    give_back(frontier, *lease);
    if (again.contains(lease->url_id)) {
      frontier.offer({revisit(lease->url_id, 1, lease->request.site)});
    }
  }
  return ids;
}

TEST_CASE("sites take turns at a host, and each keeps the order of its own URLs") {
  LocalFrontier frontier({eager_site(), eager_site(), eager_site()}, {});
  share_host(frontier);
  frontier.offer({candidate(1, 1, 0), candidate(2, 1, 0, 2), candidate(3, 1, 0, 1),
                  candidate(4, 1, 0, 1), candidate(5, 1, 1, 3), candidate(6, 1, 1, 1),
                  candidate(7, 1, 2, 9)});
  CHECK(lease_all(frontier) == Ids{1, 6, 7, 3, 5, 4, 2});
}

TEST_CASE("pages that are always due leave every other turn of the host to another site") {
  LocalFrontier frontier({eager_site(), eager_site()}, {});
  share_host(frontier);
  frontier.offer({revisit(1, 1, 0), revisit(2, 1, 0)});
  frontier.offer({candidate(11, 1, 1, 1), candidate(12, 1, 1, 2), candidate(13, 1, 1, 3)});
  CHECK(turns(frontier, 8, {1, 2}) == Ids{11, 1, 12, 2, 13, 1, 2, 1});
}

TEST_CASE("what is new and what is visited again take turns within a site") {
  LocalFrontier frontier({eager_site()}, {});
  add_host(frontier, 1);
  SECTION("pages that are always due do not keep out what is new and deeper") {
    frontier.offer({revisit(1, 1), candidate(11, 1, 0, 1), candidate(12, 1, 0, 2)});
    CHECK(turns(frontier, 5, {1}) == Ids{11, 1, 12, 1, 1});
  }
  SECTION("many new ones do not keep out a deep page that is due") {
    Candidate deep = revisit(99, 1);
    deep.request.depth = 7;
    frontier.offer({candidate(1, 1), candidate(2, 1), candidate(3, 1), deep});
    CHECK(lease_all(frontier) == Ids{1, 99, 2, 3});
  }
}

TEST_CASE("a site of higher priority goes first at a host, but for every eighth turn") {
  SiteSettings urgent = eager_site();
  urgent.priority = 5;
  LocalFrontier frontier({eager_site(), urgent}, {});
  share_host(frontier);
  frontier.offer({candidate(1, 1, 0), candidate(2, 1, 0), revisit(50, 1, 1)});
  const Ids ids = turns(frontier, 16, {50});
  CHECK(std::count(ids.begin(), ids.end(), 50) == 14);
  CHECK(ids[7] == 1);
  CHECK(ids[15] == 2);
}

TEST_CASE("http and https of one name are one host in pace and in requests open at once") {
  SiteSettings site = eager_site();
  site.politeness.delay = seconds(2);
  LocalFrontier frontier({site}, {});
  add_host(frontier, 1);
  frontier.add_host({.id = 2, .origin = "https://h1.test"});
  const auto secure = [](model::UrlId url) {
    Candidate one = candidate(url, 2);
    one.request.url = *model::Url::parse("https://h1.test/" + std::to_string(url));
    return one;
  };
  frontier.offer({candidate(1, 1), candidate(3, 1), secure(2), secure(4)});
  const auto first = frontier.lease(kStart).lease;
  REQUIRE(first);
  CHECK_FALSE(frontier.lease(kStart + seconds(5)).lease);  // one request is open
  give_back(frontier, *first, kStart + seconds(5));
  Ids others;
  for (int second = 5; second < 11; ++second) {
    const Ids found = lease_all(frontier, kStart + seconds(second));
    CHECK(found.size() == (second % 2 == 1 ? 1 : 0));
    others.insert(others.end(), found.begin(), found.end());
  }
  CHECK(others.size() == 3);

  SECTION("a rest that one asks for is the other's, too") {
    frontier.offer({candidate(5, 1), secure(6)});
    const base::Instant later = kStart + minutes(1);
    const auto lease = frontier.lease(later).lease;
    REQUIRE(lease);
    frontier.release(*lease, {.mood = model::HostAdvice::Mood::throttle, .retry_after = minutes(2)},
                     {}, later);
    frontier.settled(*lease, true);
    CHECK(lease_all(frontier, later + minutes(2) - seconds(1)).empty());
    CHECK(lease_all(frontier, later + minutes(2)).size() == 1);
  }
  SECTION("what came to no contact takes no time of the other") {
    frontier.offer({candidate(5, 1), secure(6)});
    const base::Instant later = kStart + minutes(1);
    const auto lease = frontier.lease(later).lease;
    REQUIRE(lease);
    frontier.release(*lease, {.contacted = false}, {}, later);
    frontier.settled(*lease, false);
    CHECK(lease_all(frontier, later).size() == 1);
  }
  SECTION("one that is dead holds up the other by no more than the delay") {
    frontier.offer({candidate(5, 1), secure(6)});
    const base::Instant later = kStart + minutes(1);
    const auto lease = frontier.lease(later).lease;
    REQUIRE(lease);
    frontier.close_host_until(lease->host_id, later + minutes(60));
    frontier.release(*lease, {.mood = model::HostAdvice::Mood::trouble}, {}, later);
    frontier.settled(*lease, false);
    CHECK(lease_all(frontier, later + seconds(2)).size() == 1);
  }
}

TEST_CASE("a server at another port is another host") {
  SiteSettings site = eager_site();
  site.politeness.delay = seconds(2);
  LocalFrontier frontier({site}, {});
  add_host(frontier, 1);
  frontier.add_host({.id = 2, .origin = "https://h1.test:8443"});
  Candidate other = candidate(2, 2);
  other.request.url = *model::Url::parse("https://h1.test:8443/");
  frontier.offer({candidate(1, 1), other});
  CHECK(frontier.lease(kStart).lease);
  CHECK(frontier.lease(kStart).lease);
}

TEST_CASE("robots.txt is asked before the first page of a site that obeys it") {
  SiteSettings obeying = eager_site();
  obeying.obey_robots = true;
  LocalFrontier frontier({eager_site(), obeying}, {});
  share_host(frontier);
  frontier.offer({candidate(1, 1, 0), candidate(2, 1, 1)});
  const auto first = frontier.lease(kStart).lease;
  REQUIRE(first);
  CHECK(first->url_id == 1);
  give_back(frontier, *first);
  const auto second = frontier.lease(kStart).lease;
  REQUIRE(second);
  CHECK(second->request.purpose == model::Purpose::robots);
}

TEST_CASE("where sites meet at a host the longer delay holds") {
  SiteSettings patient = eager_site();
  patient.politeness.delay = seconds(10);
  LocalFrontier frontier({eager_site(), patient}, {});
  share_host(frontier);
  frontier.offer({candidate(1, 1, 0), candidate(2, 1, 1)});
  CHECK(lease_all(frontier) == Ids{1});
  CHECK(lease_all(frontier, kStart + seconds(9)).empty());
  CHECK(lease_all(frontier, kStart + seconds(10)) == Ids{2});
}

TEST_CASE("whose turn it is at a host follows what is held, withdrawn and asked for in between") {
  const std::vector<SiteSettings> sites(5, eager_site());
  LocalFrontier frontier(sites, {});
  share_host(frontier);
  std::vector<Candidate> all;
  for (model::UrlId site = 0; site < 5; ++site) {
    all.push_back(candidate(10 * site + 1, 1, static_cast<model::SiteId>(site)));
    all.push_back(candidate(10 * site + 2, 1, static_cast<model::SiteId>(site)));
  }
  frontier.offer(std::move(all));
  const auto next = [&] {
    const auto lease = frontier.lease(kStart).lease;
    REQUIRE(lease);
    give_back(frontier, *lease);
    return lease->url_id;
  };

  CHECK(next() == 1);
  frontier.pause_site(1, true);
  CHECK(next() == 21);
  frontier.pause_site(1, false);
  CHECK(next() == 11);
  frontier.withdraw({31});
  CHECK(next() == 32);
  std::vector<frontier::SitePace> paces(5);
  paces[4].off = true;
  frontier.set_paces(paces);
  CHECK(next() == 2);
  frontier.set_paces(std::vector<frontier::SitePace>(5));
  CHECK(next() == 41);
  frontier.hold_for_login(2, true);
  CHECK(next() == 12);
  frontier.hold_for_login(2, false);
  frontier.offer({candidate(3, 1, 0)});
  std::vector<SiteSettings> reloaded = sites;
  reloaded[4].priority = 5;
  frontier.set_sites(reloaded);
  CHECK(next() == 22);  // the eighth turn, which goes to who waited longest
  CHECK(next() == 42);
  CHECK(next() == 3);
  CHECK(frontier.idle());
}

TEST_CASE("the most patient of many sites at a host sets its pace, whoever came last") {
  std::vector<SiteSettings> sites(4, eager_site());
  sites[1].politeness.delay = seconds(10);
  sites[2].politeness.concurrency = 3;
  LocalFrontier frontier(sites, {});
  share_host(frontier);
  frontier.offer({candidate(1, 1, 1), candidate(2, 1, 2), candidate(3, 1, 3)});
  CHECK(lease_all(frontier).size() == 1);
  CHECK(lease_all(frontier, kStart + seconds(9)).empty());
  CHECK(lease_all(frontier, kStart + seconds(10)).size() == 1);
}

}  // namespace
}  // namespace crawld::tests
