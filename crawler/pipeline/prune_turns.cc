#include "crawler/pipeline/prune_turns.h"

#include <algorithm>

namespace crawld::pipeline {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSliceWorth{4};
constexpr milliseconds kSliceAtMost{8};
constexpr std::size_t kMostRows = 128;  // a walk that finds nothing is quick, what it finds is not
// Where a transaction alone takes longer than a slice should, fewer rows make it no shorter.
constexpr std::size_t kFewestRows = 8;
constexpr int kPause = 4;  // times the slice before it
constexpr milliseconds kShortestPause{5};
constexpr milliseconds kNothingToDo{1'000};
constexpr milliseconds kBusyAtMost{1'000};

}  // namespace

bool PruneTurns::due(base::Instant now, Writer writer) const {
  return now >= next_ + (writer == Writer::idle ? milliseconds(0) : kBusyAtMost);
}

base::Result<bool> PruneTurns::slice() {
  const base::Instant started = clock_.now();
  auto more = store_.prune(base::to_millis(clock_.wall()), rows_);
  const auto took = clock_.now() - started;
  if (took > kSliceAtMost) {
    rows_ = std::max(kFewestRows, rows_ / 2);
  } else if (took < kSliceWorth) {
    rows_ = std::min(kMostRows, rows_ * 2);
  }
  const bool nothing = !more || !*more;
  next_ =
      started + took +
      (nothing ? kNothingToDo : std::max<base::Instant::duration>(kShortestPause, kPause * took));
  return more;
}

base::Status PruneTurns::turn() {
  auto more = slice();
  if (!more) return std::move(more).error();
  return base::Done{};
}

base::Status PruneTurns::finish(const std::function<bool()>& stop) {
  while (!stop()) {
    auto more = slice();
    if (!more) return std::move(more).error();
    if (!*more) break;
  }
  return base::Done{};
}

}  // namespace crawld::pipeline
