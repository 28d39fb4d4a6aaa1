// The walk over what is due, and the steps of the clocks that its plans hang on.
#include "crawler/pipeline/due_walk.h"

#include <catch2/catch.hpp>

#include "crawler/pipeline/clock_steps.h"
#include "crawler/pipeline/state_counts.h"
#include "tests/support/scripted_web.h"

using namespace crawld;
using base::from_millis;
using model::Verdict;
using pipeline::ClockSteps;
using pipeline::DueWalk;
using pipeline::StateCounts;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("the earliest plan is the next one") {
  DueWalk walk;
  CHECK_FALSE(walk.next());
  CHECK_FALSE(walk.is_due(from_millis(INT64_MAX)));
  walk.plan(from_millis(500));
  walk.plan(from_millis(900));
  CHECK(walk.next() == from_millis(500));
  CHECK_FALSE(walk.is_due(from_millis(499)));
  CHECK(walk.is_due(from_millis(500)));
}

TEST_CASE("a plan behind the walk begins it anew, one before it does not") {
  DueWalk walk;
  walk.went(storage::DueCursor{.at = 700, .id = 3}, 900);
  CHECK(walk.next() == from_millis(900));
  walk.plan(from_millis(800));
  CHECK(walk.taken_up_to().at == 700);
  walk.plan(from_millis(700));  // as what was taken last, with another id perhaps
  CHECK(walk.taken_up_to().at == storage::DueCursor{}.at);
  CHECK(walk.next() == from_millis(700));
}

TEST_CASE("a walk that found nothing stays where it was") {
  DueWalk walk;
  walk.went(storage::DueCursor{.at = 700, .id = 3}, 700);
  walk.went({}, {});
  CHECK(walk.taken_up_to().at == 700);
  CHECK_FALSE(walk.next());
}

TEST_CASE("plans move with the wall clock, and are walked over anew") {
  DueWalk walk;
  walk.went(storage::DueCursor{.at = 700, .id = 3}, 900);
  walk.move(milliseconds(-100));
  CHECK(walk.next() == from_millis(800));
  CHECK(walk.taken_up_to().at == storage::DueCursor{}.at);
}

TEST_CASE("a clock that was set is told until the step is taken") {
  tests::ManualClock clock;
  ClockSteps steps(clock);
  CHECK(steps.step() == milliseconds(0));
  clock.set_wall(seconds(-90));
  CHECK(steps.step() == seconds(-90));
  CHECK(steps.step() == seconds(-90));
  steps.take(seconds(-90));
  CHECK(steps.step() == milliseconds(0));
}

TEST_CASE("a clock that drifts is never set, however far it gets") {
  tests::ManualClock clock;
  ClockSteps steps(clock);
  for (int turn = 0; turn < 100; ++turn) {
    clock.advance(seconds(1));
    clock.set_wall(milliseconds(1'999));
    CHECK(steps.step() == milliseconds(0));
  }
}

TEST_CASE("a machine that slept has set no clock") {
  tests::ManualClock clock;
  ClockSteps steps(clock);
  const base::Instant awake = clock.now();
  clock.sleep(seconds(3'600));
  clock.advance(seconds(1));
  CHECK(steps.step() == milliseconds(0));
  const ClockSteps::Sleep sleep = steps.take_sleep();
  CHECK(sleep.time == seconds(3'600));
  CHECK(sleep.fell_asleep_after == awake);
  CHECK(steps.take_sleep().time == base::Duration{});
}

TEST_CASE("a run does not wait for retries of sites that are not in it") {
  StateCounts states;
  states.load({{"retry_later", 3}});
  states.set_foreign_retries(2);
  CHECK(states.any_retry_is_planned());
  states.move(Verdict::retry_later, Verdict::done);
  CHECK_FALSE(states.any_retry_is_planned());
  states.foreign_retry_joined();
  CHECK(states.any_retry_is_planned());
  CHECK(states.of(Verdict::done) == 1);
}
