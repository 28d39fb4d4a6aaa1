// Whose turn it is among the hosts that may be contacted now.
#include "crawler/frontier/ready_hosts.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace crawld;
using frontier::kept_for_quick;
using frontier::most_with_strangers;
using frontier::ReadyHosts;
using model::HostRecord;
using Hosts = std::vector<model::HostId>;

namespace {

constexpr std::size_t kTransfers = 16;
constexpr base::Instant kNow{std::chrono::hours(1)};

// All that may be taken, in turn.
Hosts take_all(ReadyHosts& ready) {
  Hosts taken;
  while (const auto host = ready.take(kNow)) taken.push_back(*host);
  return taken;
}

// Opens as many transfers with hosts that are no quick ones as there are for them.
void fill_with_others(ReadyHosts& ready) {
  for (std::size_t i = kept_for_quick(kTransfers); i < kTransfers; ++i) {
    ready.started(HostRecord::known, kNow);
  }
}

}  // namespace

TEST_CASE("hosts of one site come in the order in which they became ready") {
  ReadyHosts ready(0);
  for (const model::HostId host : {3, 1, 2}) ready.add(host, {.site = 0});
  CHECK(take_all(ready) == Hosts{3, 1, 2});
}

TEST_CASE("a site with many ready hosts has one turn in a round") {
  ReadyHosts ready(0);
  for (const model::HostId host : {1, 2, 3}) ready.add(host, {.site = 0});
  ready.add(11, {.site = 1});
  ready.add(21, {.site = 2});
  CHECK(take_all(ready) == Hosts{1, 11, 21, 2, 3});
}

TEST_CASE("a site that had its turn goes behind those that became ready meanwhile") {
  ReadyHosts ready(0);
  for (const model::HostId host : {1, 2}) ready.add(host, {.site = 0});
  CHECK(ready.take(kNow) == 1);
  ready.add(11, {.site = 1});
  ready.add(3, {.site = 0});
  CHECK(take_all(ready) == Hosts{2, 11, 3});
}

TEST_CASE("hosts of a higher priority come first, whenever they became ready") {
  ReadyHosts ready(0);
  ready.add(1, {.site = 0, .priority = -1});
  ready.add(2, {.site = 1});
  ready.add(3, {.site = 2, .priority = 7});
  ready.add(4, {.site = 2, .priority = 7});
  CHECK(take_all(ready) == Hosts{3, 4, 2, 1});
}

TEST_CASE("quick hosts have every other turn among equals") {
  ReadyHosts ready(kTransfers);
  for (const model::HostId host : {1, 2, 3, 4}) ready.add(host, {.site = 0});
  for (const model::HostId host : {11, 12})
    ready.add(host, {.site = 0, .record = HostRecord::quick});
  CHECK(take_all(ready) == Hosts{11, 1, 12, 2, 3, 4});
}

TEST_CASE("priority goes before quickness") {
  ReadyHosts ready(kTransfers);
  ready.add(1, {.site = 0, .record = HostRecord::quick});
  ready.add(2, {.site = 1, .priority = 1});
  ready.add(3, {.site = 1, .priority = 1});
  CHECK(take_all(ready) == Hosts{2, 3, 1});
}

TEST_CASE("the last transfers go to quick hosts only, of whatever priority") {
  ReadyHosts ready(kTransfers);
  fill_with_others(ready);
  ready.add(1, {.site = 0, .priority = 1});
  CHECK_FALSE(ready.has_next());
  CHECK_FALSE(ready.take(kNow));
  CHECK(ready.size() == 1);
  ready.add(2, {.site = 1, .record = HostRecord::quick});
  CHECK(ready.has_next());
  CHECK(take_all(ready) == Hosts{2});

  SECTION("a transfer that ends goes to whom waited") {
    ready.ended(HostRecord::known, kNow);
    CHECK(ready.has_next());
    CHECK(take_all(ready) == Hosts{1});
  }
  SECTION("what is one too many waits for two") {
    ready.started(HostRecord::known, kNow);
    ready.ended(HostRecord::known, kNow);
    CHECK_FALSE(ready.has_next());
  }
}

TEST_CASE("strangers that stall use half of the transfers, and hosts that are known go on") {
  ReadyHosts ready(kTransfers);
  for (std::size_t i = 0; i < most_with_strangers(kTransfers); ++i) {
    ready.started(HostRecord::stranger, kNow + std::chrono::milliseconds(i));
  }
  const base::Instant stalled = kNow + std::chrono::milliseconds(7) + frontier::kStall;
  ready.add(1, {.site = 0, .priority = 1});
  ready.add(2, {.site = 0, .priority = 1});
  ready.add(3, {.site = 0, .record = HostRecord::known});
  CHECK(ready.take(stalled - std::chrono::milliseconds(1)) == 1);  // the last may still answer
  CHECK(ready.take(stalled) == 3);
  CHECK_FALSE(ready.take(stalled));
  CHECK_FALSE(ready.has_next());
  ready.ended(HostRecord::stranger, kNow + std::chrono::milliseconds(3));
  CHECK(ready.has_next());
  CHECK(ready.take(stalled) == 2);
}

TEST_CASE("where too many strangers stalled, others do not take their place all at once") {
  ReadyHosts ready(kTransfers);
  for (std::size_t i = 0; i < 10; ++i) ready.started(HostRecord::stranger, kNow);
  const base::Instant stalled = kNow + frontier::kStall;
  for (model::HostId host = 1; host <= 20; ++host) ready.add(host, {.site = 0});
  REQUIRE_FALSE(ready.take(stalled));
  const auto open_all = [&](base::Instant now) {
    std::size_t open = 0;
    for (; ready.take(now); ++open) ready.started(HostRecord::stranger, now);
    for (std::size_t i = 0; i < open; ++i) ready.ended(HostRecord::stranger, now);
    return open;
  };
  for (std::size_t i = 0; i < 10; ++i) ready.ended(HostRecord::stranger, kNow);
  CHECK(open_all(stalled + frontier::kWary - std::chrono::milliseconds(1)) == 8);
  CHECK(open_all(stalled + frontier::kWary) == 12);  // all that are left
}

TEST_CASE("strangers that answer soon have all transfers but those kept for quick hosts") {
  ReadyHosts ready(kTransfers);
  std::size_t open = 0;
  for (model::HostId host = 1; host <= kTransfers; ++host) {
    ready.add(host, {.site = 0});
    const base::Instant now = kNow + host * std::chrono::milliseconds(100);
    if (!ready.take(now)) break;
    ready.started(HostRecord::stranger, now);
    ++open;
  }
  CHECK(open == kTransfers - kept_for_quick(kTransfers));
}

TEST_CASE("known hosts and strangers take turns among equals") {
  ReadyHosts ready(kTransfers);
  for (const model::HostId host : {1, 2, 3}) ready.add(host, {.site = 0});
  for (const model::HostId host : {11, 12}) {
    ready.add(host, {.site = 0, .record = HostRecord::known});
  }
  CHECK(take_all(ready) == Hosts{11, 1, 12, 2, 3});
}

TEST_CASE("one transfer is a stranger's, too") {
  CHECK(most_with_strangers(1) == 1);
  CHECK(most_with_strangers(2) == 1);
  CHECK(most_with_strangers(3) == 2);
  CHECK(most_with_strangers(64) == 32);
}

TEST_CASE("where the number of transfers is not known none is kept for quick hosts") {
  ReadyHosts ready(0);
  fill_with_others(ready);
  ready.add(1, {.site = 0});
  CHECK(take_all(ready) == Hosts{1});
}

TEST_CASE("an eighth of the transfers is kept for quick hosts, sixteen at most") {
  CHECK(kept_for_quick(7) == 0);
  CHECK(kept_for_quick(64) == 8);
  CHECK(kept_for_quick(128) == 16);
  CHECK(kept_for_quick(1'000) == 16);
}
