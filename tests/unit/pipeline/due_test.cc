// Retries, revisits, and what is asked for once more.
#include <catch2/catch.hpp>

#include "tests/unit/pipeline/runs.h"

using namespace crawld;
using namespace crawld::tests;
using model::Verdict;
using std::chrono::seconds;

namespace {

const Run::Options kDaemon{.recurring = true};

// Pages of a site that were visited and are long due.
void put_due_pages(storage::MemoryStore& store, std::size_t pages, model::SiteId site) {
  storage::CommitBatch batch;
  for (model::UrlId id = 1; id <= pages; ++id) {
    const std::string url = "http://y.test/old/" + std::to_string(id);
    batch.new_urls.push_back({.id = id,
                              .hash = storage::url_hash(url),
                              .host = 1,
                              .site = site,
                              .url = url,
                              .state = Verdict::done,
                              .due_at = 1});
  }
  batch.hosts.push_back({.id = 1, .origin = "http://y.test"});
  (void)store.put(batch);
}

model::Lease lease_of(Run& run, const ManualClock& clock) {
  auto turn = run.frontier.lease(clock.now());
  REQUIRE(turn.lease);
  run.frontier.release(*turn.lease, {}, {}, clock.now());
  return *turn.lease;
}

}  // namespace

TEST_CASE("due pages of a site that is not in the run hold up nobody's visits") {
  storage::MemoryStore store;
  ManualClock clock;
  put_due_pages(store, 10'001, 1);
  Run run(store, clock, {"x"}, kDaemon);
  run.inject("x.test", 1, 0);
  run.settle(lease_of(run, clock), Verdict::done, clock.wall() + seconds(5));
  REQUIRE(run.commit.flush());
  for (int turn = 0; turn < 2; ++turn) CHECK(run.commit.take_due());
  CHECK(run.commit.next_due() == clock.wall() + seconds(5));
  clock.advance(seconds(5));
  CHECK(run.commit.take_due());
  CHECK(run.frontier.counts().waiting == 1);
}

TEST_CASE("a crawl that takes no revisits finds its retry behind the pages that are due") {
  storage::MemoryStore store;
  ManualClock clock;
  put_due_pages(store, 10'001, 0);
  Run run(store, clock, {"x"});
  run.inject("x.test", 1, 0);
  run.settle(lease_of(run, clock), Verdict::retry_later, clock.wall() + seconds(5));
  REQUIRE(run.commit.flush());
  for (int turn = 0; turn < 2; ++turn) CHECK(run.commit.take_due());
  CHECK_FALSE(run.commit.finished());
  clock.advance(seconds(5));
  CHECK(run.commit.take_due());
  CHECK(run.work_off(clock) == 1);
  CHECK(run.commit.finished());
}

TEST_CASE("a crawl does not wait for the retries of sites that are not in it") {
  storage::MemoryStore store;
  ManualClock clock;
  {
    Run both(store, clock, {"x", "y"});
    both.inject("y.test", 1, 1);
    both.settle(lease_of(both, clock), Verdict::retry_later, clock.wall() + seconds(5));
    REQUIRE(both.commit.flush());
    CHECK_FALSE(both.commit.finished());
  }
  Run without(store, clock, {"x"});
  CHECK(without.commit.finished());
  without.inject("x.test", 1, 0);
  without.settle(lease_of(without, clock), Verdict::retry_later, clock.wall() + seconds(5));
  CHECK_FALSE(without.commit.finished());
}

TEST_CASE("a known URL that is asked for once more is fetched once more, and the crawl ends") {
  storage::MemoryStore store;
  ManualClock clock;
  Run run(store, clock, {"x"});
  run.inject("x.test", 1, 0);
  CHECK(run.work_off(clock) == 1);
  run.ask_again("http://x.test/0");
  CHECK_FALSE(run.commit.finished());
  CHECK(run.commit.take_due());
  CHECK(run.work_off(clock) == 1);
  CHECK(run.commit.states().at("retry_later") == 0);
  CHECK(run.commit.finished());
}

TEST_CASE("a URL that waits or is under way is not fetched twice for being asked for") {
  storage::MemoryStore store;
  ManualClock clock;
  Run run(store, clock, {"x"});
  run.inject("x.test", 2, 0);
  const model::Lease under_way = lease_of(run, clock);
  run.ask_again("http://x.test/0");
  run.ask_again("http://x.test/1");
  CHECK(run.commit.take_due());
  CHECK(run.frontier.counts().waiting == 1);
  run.settle(under_way, Verdict::done);
  CHECK(run.work_off(clock) == 1);
  CHECK(run.commit.finished());
}

TEST_CASE("a URL of a site that is not in the run belongs to the site that asks for it") {
  storage::MemoryStore store;
  ManualClock clock;
  Run(store, clock, {"x", "y"}).inject("y.test", 2, 1);
  Run run(store, clock, {"x"});
  run.ask_again("http://y.test/0");
  CHECK_FALSE(run.commit.finished());
  CHECK(run.commit.take_due());
  CHECK(run.work_off(clock) == 1);
  CHECK(run.commit.finished());
}
