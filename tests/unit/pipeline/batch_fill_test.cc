// When the open batch is worth a write.
#include "crawler/pipeline/batch_fill.h"

#include <catch2/catch.hpp>

using namespace crawld;
using pipeline::BatchFill;
using std::chrono::milliseconds;

namespace {

constexpr base::Instant kStart{std::chrono::hours(1)};
constexpr pipeline::BatchLimits kLimits{.worth = 3,
                                        .delay = milliseconds(20),
                                        .settled = 10,
                                        .bytes = 1'000,
                                        .longest = milliseconds(200)};

}  // namespace

TEST_CASE("a batch that nothing came for is never due") {
  const BatchFill fill(kLimits);
  CHECK_FALSE(fill.is_open());
  CHECK_FALSE(fill.is_due(kStart + milliseconds(500), 10, 0));
  CHECK_FALSE(fill.due_at());
}

TEST_CASE("a batch is as old as the first that came for it") {
  BatchFill fill(kLimits);
  fill.begin(kStart);
  fill.begin(kStart + milliseconds(15));
  CHECK(fill.due_at() == kStart + milliseconds(20));
  CHECK_FALSE(fill.is_due(kStart + milliseconds(19), 2, 0));
  CHECK(fill.is_due(kStart + milliseconds(20), 2, 0));
  CHECK_FALSE(fill.is_due(kStart + milliseconds(199), 2, 1));
  CHECK(fill.is_due(kStart + milliseconds(200), 2, 1));
}

TEST_CASE("a batch that is worth a write waits for what is behind it, a full one does not") {
  BatchFill fill(kLimits);
  fill.begin(kStart);
  CHECK(fill.is_due(kStart, 3, 0));
  CHECK_FALSE(fill.is_due(kStart, 3, 1));
  CHECK(fill.is_due(kStart, 10, 1));
  fill.add_bytes(999);
  CHECK_FALSE(fill.is_due(kStart, 3, 1));
  fill.add_bytes(1);
  CHECK(fill.is_due(kStart, 3, 1));
}

TEST_CASE("what was written counts no more towards the next batch") {
  BatchFill fill(kLimits);
  fill.begin(kStart);
  fill.add_bytes(1'000);
  fill.written();
  CHECK_FALSE(fill.is_open());
  fill.begin(kStart + milliseconds(500));
  CHECK_FALSE(fill.is_due(kStart + milliseconds(500), 1, 0));
  CHECK(fill.due_at() == kStart + milliseconds(520));
}
