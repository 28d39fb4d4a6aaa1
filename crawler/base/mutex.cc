#include "crawler/base/mutex.h"

#include <cassert>

namespace crawld::base {
namespace {

#ifndef NDEBUG
thread_local int locks_held = 0;
void note_acquired() {
  assert(locks_held == 0 && "a thread holds at most one of our locks");
  ++locks_held;
}
void note_released() { --locks_held; }
#else
void note_acquired() {}
void note_released() {}
#endif

}  // namespace

void Mutex::lock() CRAWL_NO_ANALYSIS {
  note_acquired();
  mutex_.lock();
}

void Mutex::unlock() CRAWL_NO_ANALYSIS {
  mutex_.unlock();
  note_released();
}

void CondVar::wait(Mutex& mutex) CRAWL_NO_ANALYSIS {
  std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
  condition_.wait(lock);
  lock.release();
}

bool CondVar::wait_until(Mutex& mutex,
                         std::chrono::steady_clock::time_point until) CRAWL_NO_ANALYSIS {
  std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
  const auto status = condition_.wait_until(lock, until);
  lock.release();
  return status == std::cv_status::no_timeout;
}

}  // namespace crawld::base
