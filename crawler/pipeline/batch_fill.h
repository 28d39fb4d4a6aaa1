// How full and how old the open batch is, and so when it is worth a write.
//
// A slow disk gets few large batches and a fast one many small ones: while more waits behind a
// batch it grows on, and what is not written is fetched again after a kill.
// Pure. Threads: as a value.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "crawler/base/clock.h"

namespace crawld::pipeline {

struct BatchLimits {
  // With nothing behind it: URLs settled that are worth a write, and the most that one waits.
  std::size_t worth = 24;
  std::chrono::milliseconds delay{20};
  // Whatever waits behind it: the most that it holds, and the longest that it is open.
  std::size_t settled = 200;
  std::size_t bytes = 16U << 20;
  std::chrono::milliseconds longest{200};
};

class BatchFill {
 public:
  explicit BatchFill(BatchLimits limits) : limits_(limits) {}

  // Something for the batch came. The first since the last write opens it.
  void begin(base::Instant now) {
    if (!since_) since_ = now;
  }
  void add_bytes(std::size_t bytes) { bytes_ += bytes; }
  // It was written, and all that it held with it.
  void written() {
    since_.reset();
    bytes_ = 0;
  }

  bool is_open() const { return since_.has_value(); }
  // `settled`: URLs in the batch. `behind`: items that wait to be added.
  bool is_due(base::Instant now, std::size_t settled, std::size_t behind) const;
  // When it becomes due by age with nothing behind; nothing unless it is open.
  std::optional<base::Instant> due_at() const;

 private:
  const BatchLimits limits_;
  std::optional<base::Instant> since_;
  std::size_t bytes_ = 0;
};

}  // namespace crawld::pipeline
