// The dictionaries that bodies are packed with at the moment, by host, for the parse threads.
//
// There is room for as many as a parse worker keeps ready. Hosts that are visited by turns must
// not drive out each other's: each exchange costs every worker about as much as ten pages. So a
// host that finds no room gets the place of one that nobody asked for during a second, or none.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <unordered_map>

#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"
#include "crawler/model/packed_body.h"
#include "crawler/model/request.h"

namespace crawld::storage {

// Threads: any.
class DictionaryShelf {
 public:
  static constexpr std::size_t kMost = 64;
  static constexpr std::chrono::seconds kIdle{1};

  explicit DictionaryShelf(std::function<base::Instant()> now =
                               [] { return std::chrono::steady_clock::now(); })
      : now_(std::move(now)) {}

  // Null: none stands here.
  std::shared_ptr<const model::BodyDictionary> find(model::HostId host) CRAWL_EXCLUDES(mutex_);
  // The host's is not here, and put() would take it.
  bool misses(model::HostId host) const CRAWL_EXCLUDES(mutex_);
  // False: there is no room.
  bool put(model::HostId host, std::shared_ptr<const model::BodyDictionary> dictionary)
      CRAWL_EXCLUDES(mutex_);

 private:
  struct Place {
    std::shared_ptr<const model::BodyDictionary> dictionary;
    base::Instant asked_at;
  };
  using Places = std::unordered_map<model::HostId, Place>;
  Places::const_iterator longest_idle() const CRAWL_REQUIRES(mutex_);

  const std::function<base::Instant()> now_;
  mutable base::Mutex mutex_;
  Places places_ CRAWL_GUARDED_BY(mutex_);
};

}  // namespace crawld::storage
