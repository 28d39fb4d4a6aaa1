// Several sites may have their pages on one host: each keeps its own rules.
#include <catch2/catch.hpp>

#include "tests/unit/frontier/frontier_fixture.h"

namespace crawld::tests {
namespace {

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

TEST_CASE("a page limit counts the pages of its own site") {
  SiteSettings limited = eager_site();
  limited.page_limit = 2;
  LocalFrontier frontier({eager_site(), limited}, {});
  share_host(frontier);
  frontier.offer({candidate(1, 1, 0), candidate(2, 1, 0), candidate(3, 1, 1), candidate(4, 1, 1),
                  candidate(5, 1, 1), candidate(6, 1, 0)});
  CHECK(lease_all(frontier) == Ids{1, 2, 3, 4, 6});
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

}  // namespace
}  // namespace crawld::tests
