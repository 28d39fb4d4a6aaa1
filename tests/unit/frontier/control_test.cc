// Pausing, stopping, reloading and restoring.
#include <catch2/catch.hpp>

#include "tests/unit/frontier/frontier_fixture.h"

using namespace crawld;
using namespace crawld::tests;
using Ids = std::vector<model::UrlId>;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("a paused frontier leases nothing and says why, and goes on where it was") {
  LocalFrontier frontier({eager_site()}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1), candidate(2, 1)});
  frontier.pause(true);
  CHECK(lease_all(frontier).empty());
  CHECK(frontier.holdup(kStart) == frontier::Holdup::paused);
  CHECK_FALSE(frontier.next_opening());
  frontier.pause(false);
  CHECK(lease_all(frontier) == Ids{1, 2});
}

TEST_CASE("a paused site waits while the others go on") {
  LocalFrontier frontier({eager_site(), eager_site()}, {});
  add_host(frontier, 1, 0);
  add_host(frontier, 2, 1);
  frontier.offer({candidate(1, 1, 0), candidate(2, 2, 1)});
  frontier.pause_site(0, true);
  CHECK(lease_all(frontier) == Ids{2});
  frontier.offer({candidate(3, 1, 0), candidate(4, 2, 1)});
  CHECK(lease_all(frontier) == Ids{4});
  frontier.pause_site(0, false);
  CHECK(lease_all(frontier) == Ids{1, 3});
}

TEST_CASE("a stopped frontier settles what is under way and leases nothing more") {
  LocalFrontier frontier({eager_site()}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1), candidate(2, 1)});
  const auto lease = frontier.lease(kStart).lease;
  REQUIRE(lease);
  frontier.stop_leasing();
  give_back(frontier, *lease);
  CHECK(lease_all(frontier).empty());
  CHECK(frontier.counts().outstanding == 0);
  CHECK(frontier.counts().waiting == 1);
}

TEST_CASE("a reload changes delays at once and keeps the clocks") {
  SiteSettings slow = eager_site();
  slow.politeness.delay = seconds(10);
  LocalFrontier frontier({slow}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1), candidate(2, 1), candidate(3, 1)});
  CHECK(lease_all(frontier) == Ids{1});
  SiteSettings quick = eager_site();
  quick.politeness.delay = seconds(1);
  frontier.set_sites({quick});
  // The gap that was promised at the start of the last request still holds.
  CHECK(lease_all(frontier, kStart + seconds(9)).empty());
  CHECK(lease_all(frontier, kStart + seconds(10)) == Ids{2});
  CHECK(lease_all(frontier, kStart + seconds(11)) == Ids{3});
}

TEST_CASE("a host comes back with its clock, its troubles and its page count") {
  SiteSettings site = eager_site();
  site.pages_per_host = 10;
  LocalFrontier frontier({site}, {});
  frontier.add_host({.id = 1,
                     .origin = "http://h1.test",
                     .site = 0,
                     .opens_at = kStart + seconds(30),
                     .troubles = 2,
                     .pages = 9});
  frontier.offer({candidate(1, 1), candidate(2, 1)});
  CHECK(lease_all(frontier, kStart + milliseconds(29'999)).empty());
  const auto host = frontier.host(1);
  REQUIRE(host);
  CHECK(host->troubles == 2);
  CHECK(host->waiting == 2);
  // One page is left of its budget.
  CHECK(lease_all(frontier, kStart + seconds(30)) == Ids{1});
}

TEST_CASE("a closed frontier gives nothing and tells waiters to go") {
  LocalFrontier frontier({eager_site()}, {});
  add_host(frontier, 1);
  frontier.offer({candidate(1, 1)});
  frontier.close();
  CHECK(lease_all(frontier).empty());
  CHECK_FALSE(frontier.wait(base::Instant::max()));
}

TEST_CASE("the busiest hosts are shown first, and none that has nothing to do") {
  LocalFrontier frontier({eager_site()}, {});
  for (model::HostId host = 1; host <= 4; ++host) add_host(frontier, host);
  frontier.offer({candidate(1, 1), candidate(2, 2), candidate(3, 2), candidate(4, 2),
                  candidate(5, 3), candidate(6, 3)});
  const auto hosts = frontier.busiest_hosts(2);
  REQUIRE(hosts.size() == 2);
  CHECK(hosts[0].id == 2);
  CHECK(hosts[0].waiting == 3);
  CHECK(hosts[1].id == 3);
  CHECK(frontier.busiest_hosts(10).size() == 3);
}

TEST_CASE("a site that waits for its login leases the login alone") {
  LocalFrontier frontier({eager_site(), eager_site()}, {});
  add_host(frontier, 1, 0);
  add_host(frontier, 2, 1);
  frontier.hold_for_login(0, true);
  CHECK_FALSE(frontier.wants_login(0));
  frontier.offer({candidate(1, 1, 0), candidate(2, 2, 1), candidate(3, 2, 0)});
  CHECK(frontier.wants_login(0));
  CHECK_FALSE(frontier.wants_login(1));
  CHECK(lease_all(frontier) == Ids{2});
  CHECK(frontier.holdup(kStart) == frontier::Holdup::login);
  CHECK(frontier.only_logins_wait());

  frontier.log_in(2, {.site = 0, .url = *model::Url::parse("http://h2.test/login")});
  CHECK_FALSE(frontier.only_logins_wait());
  const auto lease = frontier.lease(kStart).lease;
  REQUIRE(lease);
  CHECK(lease->url_id == 0);
  CHECK(lease->request.purpose == model::Purpose::login_form);
  CHECK(lease->request.site == 0);
  give_back(frontier, *lease);
  CHECK(lease_all(frontier).empty());

  frontier.hold_for_login(0, false);
  CHECK(lease_all(frontier) == Ids{1, 3});
  CHECK(frontier.idle());
}

TEST_CASE("a paused site does not even log in") {
  LocalFrontier frontier({eager_site()}, {});
  add_host(frontier, 1, 0);
  frontier.hold_for_login(0, true);
  frontier.offer({candidate(1, 1, 0)});
  frontier.pause_site(0, true);
  frontier.log_in(1, {.site = 0, .url = *model::Url::parse("http://h1.test/login")});
  CHECK_FALSE(frontier.lease(kStart).lease);
  CHECK_FALSE(frontier.only_logins_wait());
  frontier.pause_site(0, false);
  CHECK(frontier.lease(kStart).lease);
}

TEST_CASE("a site that goes on finds its URLs at a host that another site came upon") {
  LocalFrontier frontier({eager_site(), eager_site()}, {});
  add_host(frontier, 1, 0);
  frontier.pause_site(0, true);
  frontier.pause_site(1, true);
  frontier.offer({candidate(1, 1, 0), candidate(2, 1, 1)});
  CHECK(lease_all(frontier).empty());
  frontier.pause_site(1, false);
  CHECK(lease_all(frontier) == Ids{2});
}

TEST_CASE("a site that goes on logs in at a host where nothing else of it waits") {
  LocalFrontier frontier({eager_site(), eager_site()}, {});
  add_host(frontier, 1, 0);
  frontier.pause_site(0, true);
  frontier.pause_site(1, true);
  frontier.hold_for_login(1, true);
  frontier.log_in(1, {.site = 1, .url = *model::Url::parse("http://h1.test/login")});
  CHECK_FALSE(frontier.lease(kStart).lease);
  frontier.pause_site(1, false);
  const auto lease = frontier.lease(kStart).lease;
  REQUIRE(lease);
  CHECK(lease->request.site == 1);
}

TEST_CASE("a login that waits at a host makes its site want none for others' URLs there") {
  LocalFrontier frontier({eager_site(), eager_site()}, {});
  add_host(frontier, 1, 0);
  frontier.offer({candidate(1, 1, 0)});
  frontier.log_in(1, {.site = 1, .url = *model::Url::parse("http://h1.test/login")});
  frontier.hold_for_login(1, true);
  CHECK_FALSE(frontier.wants_login(1));
  frontier.hold_for_login(0, true);
  CHECK(frontier.wants_login(0));
}

TEST_CASE("the hour's pace of a site holds at each host where it has URLs") {
  SiteSettings patient = eager_site();
  patient.politeness.jitter = 0;
  LocalFrontier frontier({patient, patient}, {});
  add_host(frontier, 1, 0);
  add_host(frontier, 2, 1);
  frontier.offer({candidate(1, 1, 0), candidate(2, 1, 1), candidate(3, 2, 1)});
  const frontier::SitePace usual;
  const frontier::SitePace off{.delay = {}, .off = true};
  frontier.set_paces({usual, {.delay = std::chrono::seconds(9), .off = false}});
  CHECK(frontier.host(1)->gap == std::chrono::seconds(9));
  CHECK(frontier.host(2)->gap == std::chrono::seconds(9));
  frontier.set_paces({usual, usual});
  CHECK(frontier.host(1)->gap < std::chrono::seconds(9));
  frontier.set_paces({off, off});
  CHECK(lease_all(frontier).empty());
  frontier.set_paces({off, usual});
  CHECK(lease_all(frontier) == Ids{2, 3});
}
