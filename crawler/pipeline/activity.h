// What one thread does at the moment, for whoever asks (SIGQUIT, `crawld status --json`).
//
// Threads: set() by the thread itself, now() by any.
#pragma once

#include <string>
#include <string_view>

#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"

namespace crawld::pipeline {

class Activity {
 public:
  struct Now {
    std::string doing;   // "fetching", "waiting"
    std::string detail;  // a URL; may be empty
    base::Instant since{};
  };

  void set(std::string_view doing, std::string detail, base::Instant now) CRAWL_EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    now_.doing = doing;
    now_.detail = std::move(detail);
    now_.since = now;
  }
  Now now() const CRAWL_EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    return now_;
  }

 private:
  mutable base::Mutex mutex_;
  Now now_ CRAWL_GUARDED_BY(mutex_){.doing = "waiting", .detail = {}};
};

// One thread as a line of the state.
struct ThreadState {
  std::string name;  // "fetch-3"
  Activity::Now now;
};

}  // namespace crawld::pipeline
