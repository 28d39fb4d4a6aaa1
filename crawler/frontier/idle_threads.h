// Threads with nothing to fetch: which of them wakes, and when.
//
// One keeps the time of the next opening; the others sleep until they are called, so that an
// opening wakes one thread and not all of them. A thread that wakes and finds work calls the
// next one for what is left. Called is who fell asleep last: what it needs is still in the
// processor's caches, and where eight threads have enough to do, the others' memory is not touched.
//
// Threads: any number; all calls with the mutex held under which what they wait for changes.
#pragma once

#include <optional>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"

namespace crawld::frontier {

class IdleThreads {
 public:
  // Sleeps until called or until `until`; whoever keeps the time until `opening` at most. That is
  // when there may be work, as far as is known; Instant::min() says now. Wake-ups may be spurious.
  void wait(base::Mutex& mutex, base::Instant until, std::optional<base::Instant> opening)
      CRAWL_REQUIRES(mutex);
  // Wakes one thread where one is needed: to take what is there, or to keep the time of an earlier
  // opening. Threads that are at work are not counted on, and nobody is woken twice.
  void call(std::optional<base::Instant> opening);
  // What all of them wait for has changed: a pause is over, or there will be no more.
  void call_all();

 private:
  bool has_timekeeper_ = false;
  base::Instant wakes_at_;  // the timekeeper; min(): it was called
  base::CondVar timekeeper_;

  // On the stack of the thread that sleeps; whoever calls it takes it off the list.
  struct Sleeper {
    base::CondVar woken;
    bool called = false;
  };
  void sleep(base::Mutex& mutex, base::Instant until) CRAWL_REQUIRES(mutex);
  std::vector<Sleeper*> sleepers_;  // in the order in which they fell asleep
  bool sleeper_called_ = false;     // one that has not come back yet
};

}  // namespace crawld::frontier
