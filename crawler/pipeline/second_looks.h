// Pages whose reader died, until they are read once more.
//
// Each waits a while: what is behind it is read first, and a fault that passes has passed. The body
// is held as it came, so nothing is fetched again. A kill of the daemon leaves the URL queued.
//
// Threads: any.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"
#include "crawler/model/response.h"

namespace crawld::pipeline {

class SecondLooks {
 public:
  struct Bounds {
    std::size_t pages = 32;
    std::size_t bytes = 16U << 20;
  };
  explicit SecondLooks(Bounds bounds) : bounds_(bounds) {}

  // False, with `page` untouched, when there is no room for it.
  bool put(model::Fetched& page, base::Instant due) CRAWL_EXCLUDES(mutex_);

  // One that is due by `now`.
  std::optional<model::Fetched> take(base::Instant now) CRAWL_EXCLUDES(mutex_);

 private:
  struct Entry {
    model::Fetched page;
    base::Instant due;
    std::size_t bytes;
  };

  const Bounds bounds_;
  mutable base::Mutex mutex_;
  std::deque<Entry> entries_
      CRAWL_GUARDED_BY(mutex_);  // the order of `due`, nearly: all wait alike
  std::size_t bytes_ CRAWL_GUARDED_BY(mutex_) = 0;
};

}  // namespace crawld::pipeline
