// What a site allows at the moment: its user's pause, the hour, its login, its limits.
#include "crawler/frontier/site_gates.h"

#include <catch2/catch.hpp>

#include "tests/unit/frontier/frontier_fixture.h"

using namespace crawld;
using namespace crawld::tests;
using frontier::SiteGates;
using frontier::SitePace;

namespace {

constexpr model::SiteId kDocs = 0;
constexpr model::SiteId kShop = 1;

}  // namespace

TEST_CASE("a site is held while its user, the hour or its login says so", "[site_gates]") {
  SiteGates gates({eager_site(), eager_site()});
  CHECK_FALSE(gates.is_held(kDocs));

  gates.pause(kDocs, true);
  CHECK(gates.is_paused(kDocs));
  CHECK(gates.is_stopped(kDocs));
  CHECK_FALSE(gates.is_held(kShop));
  gates.pause(kDocs, false);
  CHECK_FALSE(gates.is_held(kDocs));

  CHECK(gates.set_pace(kDocs, {.delay = {}, .off = true}));
  CHECK(gates.is_stopped(kDocs));
  CHECK(gates.set_pace(kDocs, {}));
  CHECK_FALSE(gates.is_held(kDocs));

  gates.hold_for_login(kDocs);
  CHECK(gates.is_held(kDocs));
  CHECK_FALSE(gates.is_stopped(kDocs));  // or it could not log in
  gates.release_from_login(kDocs);
  CHECK_FALSE(gates.is_held(kDocs));
}

TEST_CASE("a pace that holds already is no change", "[site_gates]") {
  SiteGates gates({eager_site()});
  CHECK_FALSE(gates.set_pace(kDocs, {}));
  const SitePace slow{.delay = std::chrono::seconds(9), .off = false};
  CHECK(gates.set_pace(kDocs, slow));
  CHECK_FALSE(gates.set_pace(kDocs, slow));
  CHECK(gates.politeness(kDocs).delay == std::chrono::seconds(9));
  CHECK(gates.set_pace(kDocs, {}));
  CHECK(gates.politeness(kDocs).delay == eager_site().politeness.delay);
}

TEST_CASE("a site wants its login once a URL of it waits", "[site_gates]") {
  SiteGates gates({eager_site(), eager_site()});
  gates.note_url(kDocs);
  CHECK_FALSE(gates.any_wants_login());
  gates.hold_for_login(kDocs);
  CHECK_FALSE(gates.wants_login(kDocs));
  gates.note_url(kShop);
  CHECK_FALSE(gates.any_wants_login());
  gates.note_url(kDocs);
  CHECK(gates.wants_login(kDocs));
  gates.release_from_login(kDocs);
  CHECK_FALSE(gates.any_wants_login());
}

TEST_CASE("pages of a site count up to its limit, and those taken back do not", "[site_gates]") {
  SiteSettings small = eager_site();
  small.page_limit = 2;
  SiteGates gates({small, eager_site()});
  gates.restore_pages(kDocs, 1);
  CHECK_FALSE(gates.has_all_its_pages(kDocs));
  gates.count_page(kDocs, 1);
  CHECK(gates.has_all_its_pages(kDocs));
  gates.count_page(kDocs, -1);
  CHECK_FALSE(gates.has_all_its_pages(kDocs));
  gates.count_page(kShop, 1);
  CHECK_FALSE(gates.has_all_its_pages(kShop));  // it has no limit
}

TEST_CASE("a site that is not configured has the defaults, and is closed by name only",
          "[site_gates]") {
  SiteGates gates({eager_site()});
  CHECK_FALSE(gates.is_configured(7));
  CHECK(gates.settings(7).concurrency_per_ip == SiteSettings{}.concurrency_per_ip);
  CHECK(gates.closed_because(kDocs) == nullptr);
  gates.close(kDocs, "limits.bytes");
  REQUIRE(gates.closed_because(kDocs) != nullptr);
  CHECK(*gates.closed_because(kDocs) == "limits.bytes");
  gates.open(kDocs);
  CHECK(gates.closed_because(kDocs) == nullptr);
}
