#include "crawler/pipeline/prune_turns.h"

#include <catch2/catch.hpp>
#include <vector>

#include "storage/memory_store.h"
#include "tests/support/scripted_web.h"

using namespace crawld;
using namespace crawld::pipeline;
using std::chrono::milliseconds;

namespace {

// Has `work` rows to take away, each of which takes `row_time`.
class PrunedStore final : public storage::MemoryStore {
 public:
  explicit PrunedStore(tests::ManualClock& clock) : clock_(clock) {}

  base::Result<bool> prune(storage::Millis, std::size_t rows) override {
    slices.push_back(rows);
    const std::size_t taken = std::min(work, rows);
    work -= taken;
    clock_.advance(transaction_time + row_time * static_cast<int>(taken));
    return work > 0;
  }

  std::size_t work = 0;
  milliseconds row_time{0};
  milliseconds transaction_time{0};
  std::vector<std::size_t> slices;

 private:
  tests::ManualClock& clock_;
};

using Writer = PruneTurns::Writer;

}  // namespace

TEST_CASE("a slice gets fewer rows where they take long, and more where they do not") {
  tests::ManualClock clock;
  PrunedStore store(clock);
  store.work = 10'000;
  store.row_time = milliseconds(1);
  PruneTurns turns(store, clock);
  for (int i = 0; i < 8; ++i) REQUIRE(turns.turn().ok());
  CHECK(store.slices.back() == 8);
  store.row_time = milliseconds(0);
  REQUIRE(turns.finish([] { return false; }).ok());
  CHECK(store.slices.back() == 128);
  CHECK(store.work == 0);
}

TEST_CASE("a disk on which each transaction is slow does not leave a row to a slice") {
  tests::ManualClock clock;
  PrunedStore store(clock);
  store.work = 10'000;
  store.transaction_time = milliseconds(12);
  PruneTurns turns(store, clock);
  for (int i = 0; i < 20; ++i) REQUIRE(turns.turn().ok());
  CHECK(store.slices.back() == 8);
}

TEST_CASE("between two slices the writer has four times as long for what there is to put") {
  tests::ManualClock clock;
  PrunedStore store(clock);
  store.work = 10'000;
  store.row_time = milliseconds(1);
  PruneTurns turns(store, clock);
  REQUIRE(turns.turn().ok());  // 64 ms
  CHECK_FALSE(turns.due(clock.now() + milliseconds(255), Writer::idle));
  CHECK(turns.due(clock.now() + milliseconds(256), Writer::idle));
  CHECK(turns.next() == clock.now() + milliseconds(256));
}

TEST_CASE("a writer that is never idle takes a slice a second all the same") {
  tests::ManualClock clock;
  PrunedStore store(clock);
  store.work = 10'000;
  PruneTurns turns(store, clock);
  REQUIRE(turns.turn().ok());
  CHECK(turns.due(clock.now() + milliseconds(5), Writer::idle));
  CHECK_FALSE(turns.due(clock.now() + milliseconds(1'000), Writer::busy));
  CHECK(turns.due(clock.now() + milliseconds(1'005), Writer::busy));
}

TEST_CASE("whoever waits for the end of it may leave the rest after any slice") {
  tests::ManualClock clock;
  PrunedStore store(clock);
  store.work = 10'000;
  PruneTurns turns(store, clock);
  REQUIRE(turns.finish([&] { return store.slices.size() == 3; }).ok());
  CHECK(store.slices.size() == 3);
  CHECK(store.work > 0);
}
