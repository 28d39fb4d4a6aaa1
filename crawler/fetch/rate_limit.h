// A cap over all threads: tokens refill at a steady rate, takers wait their turn.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <stop_token>

#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"

namespace crawld::fetch {

class RateLimit {
 public:
  // `per_second` tokens; 0: no cap. A pause saves up at most `burst` tokens.
  RateLimit(double per_second, double burst);

  bool capped() const { return per_second_ > 0; }

  // Takes `count` tokens and waits until they are due: who comes first, waits
  // least. False, tokens gone, when `stop` came first. Threads: any.
  bool take(double count, const std::stop_token& stop) CRAWL_EXCLUDES(mutex_);

  // Threads that wait in take() now.
  std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

 private:
  const double per_second_;
  const base::Duration burst_;

  std::atomic<std::size_t> waiting_{0};
  base::Mutex mutex_;
  base::Instant next_ CRAWL_GUARDED_BY(mutex_);  // when all that was taken is paid for
};

}  // namespace crawld::fetch
