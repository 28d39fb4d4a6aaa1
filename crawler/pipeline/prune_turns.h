// When the store may take away what is not to be kept: while there is nothing to put, in slices
// that take some milliseconds, with pauses four times as long. Where there is always something to
// put, a slice a second all the same, or a busy crawl would never make room.
//
// Threads: one, the commit thread's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "crawler/base/clock.h"
#include "crawler/base/result.h"
#include "storage/page_store.h"

namespace crawld::pipeline {

class PruneTurns {
 public:
  // Both outlive it.
  PruneTurns(storage::PageStore& store, const base::Clock& clock) : store_(store), clock_(clock) {}

  enum class Writer : std::uint8_t { idle, busy };
  bool due(base::Instant now, Writer writer) const;
  // When due() becomes true for an idle writer.
  base::Instant next() const { return next_; }
  // One slice. Errors as PageStore::prune.
  base::Status turn();
  // All there is to do, or what is done before `stop` says so, which is asked between slices: for
  // the end of a one-shot crawl.
  base::Status finish(const std::function<bool()>& stop);

 private:
  base::Result<bool> slice();

  storage::PageStore& store_;
  const base::Clock& clock_;
  std::size_t rows_ = 64;  // of a slice: as many as the last ones made worth their time
  base::Instant next_{};
};

}  // namespace crawld::pipeline
