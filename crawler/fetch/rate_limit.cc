#include "crawler/fetch/rate_limit.h"

#include <algorithm>
#include <chrono>

namespace crawld::fetch {
namespace {

base::Duration seconds_of(double seconds) {
  return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
}

// Until `due`, or until `stop`. False when stopped.
bool wait_until(base::Instant due, const std::stop_token& stop) {
  base::Mutex mutex;
  base::CondVar stopped;
  const std::stop_callback wake(stop, [&] {
    { base::MutexLock lock(mutex); }
    stopped.notify_all();
  });
  base::MutexLock lock(mutex);
  while (!stop.stop_requested()) {
    if (!stopped.wait_until(mutex, due)) break;
  }
  return !stop.stop_requested();
}

}  // namespace

RateLimit::RateLimit(double per_second, double burst)
    : per_second_(per_second),
      burst_(per_second > 0 ? seconds_of(burst / per_second) : base::Duration(0)),
      next_(std::chrono::steady_clock::now() - burst_) {}

bool RateLimit::take(double count, const std::stop_token& stop) {
  if (!capped()) return !stop.stop_requested();
  base::Instant due;
  {
    base::MutexLock lock(mutex_);
    const base::Instant now = std::chrono::steady_clock::now();
    next_ = std::max(next_, now - burst_) + seconds_of(count / per_second_);
    due = next_;
  }
  if (due <= std::chrono::steady_clock::now()) return !stop.stop_requested();
  waiting_.fetch_add(1, std::memory_order_relaxed);
  const bool go_on = wait_until(due, stop);
  waiting_.fetch_sub(1, std::memory_order_relaxed);
  return go_on;
}

}  // namespace crawld::fetch
