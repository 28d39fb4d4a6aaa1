// Dials that take longer than a moment, many at a time and in one thread: a host that swallows
// what it is sent holds no fetch thread for the time that it takes to find out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/fd.h"
#include "crawler/base/mutex.h"
#include "crawler/base/thread.h"
#include "crawler/fetch/dialer.h"

namespace crawld::fetch {

// Threads: any.
class Connector {
 public:
  using Id = std::uint64_t;  // of a dial; 0: none

  // Holds at most so many dials at a time, those that are decided and not asked for included.
  explicit Connector(std::size_t most) : most_(most) {}
  // Whoever asked has let go by forget().
  ~Connector();
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

  // Who is told when a dial is decided, and of what settings it was made.
  struct Asker {
    const void* owner;
    // In the connector's thread; it must not call the connector.
    std::function<void(Id)> decided;
    std::uint64_t generation;
  };
  // Goes on with the dial, and leaves it where it is when there is no room, or no thread to be had:
  // 0. Else the asker is called once, perhaps before this returns.
  Id take(std::unique_ptr<Dial>& dial, Asker asker) CRAWL_EXCLUDES(mutex_);
  struct Outcome {
    Dialled dialled;
    std::uint64_t generation;  // the asker's
  };
  // What came of it, once. Nothing: it is not decided. Until it is asked for, it takes its place
  // and keeps the connection.
  std::optional<Outcome> outcome(Id id) CRAWL_EXCLUDES(mutex_);
  // Dials of earlier generations end now, as failures; they were made of settings that hold no
  // more.
  void end_before(std::uint64_t generation) CRAWL_EXCLUDES(mutex_);
  // None of its calls is made any more, nor under way.
  void forget(const void* owner) CRAWL_EXCLUDES(mutex_);

 private:
  struct Known {
    Asker asker;
    std::optional<Dialled> dialled{};
  };
  struct Incoming {
    Id id;
    std::unique_ptr<Dial> dial;
    std::uint64_t generation;
  };
  struct UnderWay {
    std::unique_ptr<Dial> dial;
    base::Instant due;
    std::uint64_t generation;
  };

  bool start() CRAWL_REQUIRES(mutex_);
  void run();
  void take_in(base::Instant now);
  void wait();
  void step(Id id, base::Instant now);
  void decide(Id id, Dialled dialled) CRAWL_EXCLUDES(mutex_);
  void watch(Id id, int fd);
  void end_old() CRAWL_EXCLUDES(mutex_);
  bool stopping() CRAWL_EXCLUDES(mutex_);

  const std::size_t most_;
  base::Fd epoll_;
  base::Fd wake_;

  base::Mutex mutex_;
  bool started_ CRAWL_GUARDED_BY(mutex_) = false;
  bool stopping_ CRAWL_GUARDED_BY(mutex_) = false;
  Id last_ CRAWL_GUARDED_BY(mutex_) = 0;
  std::vector<Incoming> incoming_ CRAWL_GUARDED_BY(mutex_);
  std::uint64_t generation_ CRAWL_GUARDED_BY(mutex_) = 0;  // the oldest that holds
  std::unordered_map<Id, Known> known_ CRAWL_GUARDED_BY(mutex_);
  bool telling_ CRAWL_GUARDED_BY(mutex_) = false;
  base::CondVar told_;

  // The thread's own.
  std::unordered_map<Id, UnderWay> under_way_;
  std::set<std::pair<base::Instant, Id>> timetable_;  // of those under way, by due
  std::vector<Id> called_;                            // whose sockets have something to say
  std::uint64_t oldest_ = 0;                          // that may be under way

  base::Thread thread_;
};

}  // namespace crawld::fetch
