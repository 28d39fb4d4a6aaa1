// What waits of a site that is not in the run at hand.
#include <catch2/catch.hpp>

#include "tests/unit/pipeline/runs.h"

using namespace crawld;
using namespace crawld::tests;
using model::Verdict;

namespace {

const Run::Options kCheckpointAlways{.queue = {.checkpoint_urls = 1}};

}  // namespace

TEST_CASE("the queue of a site that is not in the run outlives the run's checkpoints") {
  storage::MemoryStore store;
  ManualClock clock;
  Run(store, clock, {"x", "y"}).inject("y.test", 300, 1);
  for (int run = 0; run < 2; ++run) {
    Run without(store, clock, {"x"}, kCheckpointAlways);
    CHECK(without.frontier.counts().waiting == 0);
    without.inject("x" + std::to_string(run) + ".test", 1, 0);
    CHECK(store.horizon() == static_cast<model::UrlId>(302 + run));
    CHECK(without.work_off() == 1);
  }
  Run with_it(store, clock, {"x", "y"}, kCheckpointAlways);
  CHECK(with_it.work_off() == 300);
}

TEST_CASE("URLs of two sites at one host wait each for a run that has its site") {
  storage::MemoryStore store;
  ManualClock clock;
  {
    Run both(store, clock, {"x", "y"}, kCheckpointAlways, 4);
    both.inject("a.test/of-y", 9, 1);
    both.inject("a.test/of-x", 9, 0);
  }
  {
    Run without(store, clock, {"x"}, kCheckpointAlways, 4);
    CHECK(without.work_off() == 9);
    without.inject("x.test", 1, 0);
  }
  Run with_it(store, clock, {"x", "y"}, kCheckpointAlways, 4);
  CHECK(with_it.work_off() == 10);
}

TEST_CASE("two sites with queues on disk share the turns of their host, over a restart too") {
  storage::MemoryStore store;
  ManualClock clock;
  {
    Run first(store, clock, {"x", "y"}, kCheckpointAlways, 4);
    first.inject("a.test/of-x", 60, 0);
    first.inject("a.test/of-y", 60, 1);
  }
  Run run(store, clock, {"x", "y"}, kCheckpointAlways, 4);
  int of_y = 0;
  for (int turn = 0; turn < 40; ++turn) {
    const model::Lease lease = run.lease();
    of_y += lease.request.site == 1 ? 1 : 0;
    run.settle(lease, Verdict::gone);
    REQUIRE(run.commit.flush());
  }
  CHECK(of_y == 20);
  CHECK(run.work_off() == 80);
}

TEST_CASE("a site that a reload brings back finds its queue") {
  storage::MemoryStore store;
  ManualClock clock;
  Run(store, clock, {"x", "y"}).inject("y.test", 300, 1);
  Run without(store, clock, {"x"}, kCheckpointAlways);
  without.inject("x.test", 1, 0);  // writes y's queue as chunks
  CHECK(without.work_off() == 1);
  const config::Config both = Run::with_sites({"x", "y"});
  without.sites.replace(*pipeline::compile_sites(both, {}));
  without.frontier.set_sites(pipeline::frontier_settings(both, {}));
  without.commit.add(pipeline::SiteNames{{"x", "y"}});
  CHECK(without.work_off() == 300);
}

TEST_CASE(
    "a URL whose transfer was aborted is there for the next run, whatever was written since") {
  storage::MemoryStore store;
  ManualClock clock;
  {
    Run run(store, clock, {"x"}, kCheckpointAlways);
    run.inject("x.test", 3, 0);
    run.settle(run.lease(), model::Verdict::queued);
    run.inject("late.test", 1, 0);
  }
  Run next(store, clock, {"x"}, kCheckpointAlways);
  CHECK(next.work_off() == 4);
}

TEST_CASE("a URL that was tried again and again waits once after a kill") {
  storage::MemoryStore store;
  ManualClock clock;
  {
    Run run(store, clock, {"x"}, kCheckpointAlways);
    run.inject("x.test", 12, 0);
    Run killed(store, clock, {"x"}, {}, 4);  // all of them stand below the horizon
    for (int attempt = 0; attempt < 3; ++attempt) {
      for (int page = 0; page < 4; ++page) {
        killed.settle(killed.lease(), model::Verdict::retry_later,
                      clock.wall() + std::chrono::seconds(5));
      }
      (void)killed.commit.flush();
      clock.advance(std::chrono::seconds(5));
      CHECK(killed.commit.take_due());
    }
  }
  Run next(store, clock, {"x"});
  for (int chunk = 0; chunk < 4; ++chunk) CHECK(next.commit.flush());
  CHECK(next.work_off() == 12);
  CHECK(next.frontier.counts().waiting == 0);
  CHECK(next.commit.finished());
}
