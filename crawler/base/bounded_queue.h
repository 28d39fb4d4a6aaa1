// The queue between two stages: bounded by items and by bytes.
//
// A few huge pages cannot eat the machine, and a full queue holds the faster
// side back. One item is always admitted to an empty queue, however large, so a
// page above the byte bound cannot block for ever.
//
// Threads: any number on either side. After close(), push() refuses and pop()
// drains what is left, then returns nothing. Items still queued at destruction
// are dropped.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "crawler/base/mutex.h"

namespace crawld::base {

// What became of an item that was handed to a queue without waiting.
enum class Handed { taken, full, closed };

template <class T>
class BoundedQueue {
 public:
  struct Bounds {
    std::size_t items;
    std::size_t bytes;
  };
  struct Depth {
    std::size_t items;
    std::size_t bytes;
    std::size_t waiting_pushers;  // > 0: the far side is the limit
  };

  explicit BoundedQueue(Bounds bounds) : bounds_(bounds) {}
  BoundedQueue(const BoundedQueue&) = delete;
  BoundedQueue& operator=(const BoundedQueue&) = delete;

  // Waits for room. False, with `item` untouched, once the queue is closed.
  bool push(T&& item, std::size_t bytes) CRAWL_EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      ++waiting_pushers_;
      ++holding_;
      while (!closed_ && !has_room(bytes)) room_.wait(mutex_);
      --holding_;
      --waiting_pushers_;
      if (closed_) return false;
      items_.push_back({std::move(item), bytes});
      bytes_ += bytes;
      ran_full_ = ran_full_ || !has_room(1);
      call_pusher();
    }
    filled_.notify_one();
    return true;
  }

  // Never waits, and takes up to `beyond` items more than the bounds: for the few that must not
  // wait behind the many. `item` is untouched unless it is taken.
  Handed try_push(T&& item, std::size_t bytes, std::size_t beyond) CRAWL_EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      if (closed_) return Handed::closed;
      if (items_.size() >= bounds_.items + beyond) return Handed::full;
      items_.push_back({std::move(item), bytes});
      bytes_ += bytes;
      ran_full_ = ran_full_ || !has_room(1);
    }
    filled_.notify_one();
    return Handed::taken;
  }

  // Returns once an item may well find room: at once unless the queue ran full, else when half of
  // it is free. Reserves nothing. False once the queue is closed.
  bool wait_for_room() CRAWL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    ++waiting_pushers_;
    while (!closed_ && ran_full_) half_free_.wait(mutex_);
    --waiting_pushers_;
    return !closed_;
  }

  // Returns once an item may well find room, to one caller after the other: many can wait here
  // with little in hand, where in push() each would hold its item. At `until` in any case.
  void wait_for_place(std::chrono::steady_clock::time_point until) CRAWL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    ++waiting_pushers_;
    while (!closed_ && (holding_ > 0 || !has_room(0))) {
      if (!place_.wait_until(mutex_, until)) break;
    }
    --waiting_pushers_;
  }

  // Takes an item that was popped in again, before all others. Never waits, whatever the
  // bounds. False, with `item` untouched, once the queue is closed.
  bool put_back(T&& item, std::size_t bytes) CRAWL_EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      if (closed_) return false;
      items_.push_front({std::move(item), bytes});
      bytes_ += bytes;
    }
    filled_.notify_one();
    return true;
  }

  // Waits for an item. Nothing once the queue is closed and empty.
  std::optional<T> pop() CRAWL_EXCLUDES(mutex_) {
    std::optional<T> item;
    {
      MutexLock lock(mutex_);
      while (items_.empty() && !closed_) filled_.wait(mutex_);
      item = take();
      call_pusher();
    }
    return item;
  }

  // As pop(), but returns nothing at `until` as well; ask finished() to tell.
  std::optional<T> pop_until(std::chrono::steady_clock::time_point until) CRAWL_EXCLUDES(mutex_) {
    std::optional<T> item;
    {
      MutexLock lock(mutex_);
      while (items_.empty() && !closed_) {
        if (!filled_.wait_until(mutex_, until)) break;
      }
      item = take();
      call_pusher();
    }
    return item;
  }

  // As pop(), but returns nothing after `most` as well.
  std::optional<T> pop_within(std::chrono::steady_clock::duration most) CRAWL_EXCLUDES(mutex_) {
    return pop_until(std::chrono::steady_clock::now() + most);
  }

  // Never waits.
  std::optional<T> try_pop() CRAWL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    std::optional<T> item = take();
    call_pusher();
    return item;
  }

  void close() CRAWL_EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      closed_ = true;
    }
    room_.notify_all();
    place_.notify_all();
    half_free_.notify_all();
    filled_.notify_all();
  }

  // Closed and drained: no item will ever come out again.
  bool finished() const CRAWL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return closed_ && items_.empty();
  }

  Depth depth() const CRAWL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return {items_.size(), bytes_, waiting_pushers_};
  }

 private:
  struct Entry {
    T item;
    std::size_t bytes;
  };

  bool has_room(std::size_t bytes) const CRAWL_REQUIRES(mutex_) {
    return items_.empty() || (items_.size() < bounds_.items && bytes_ + bytes <= bounds_.bytes);
  }
  // One at a time: a thousand may wait for the room of one, and who finds more than it needs
  // calls the next. Who finds too little waits on; at the latest the emptied queue has room.
  void call_pusher() CRAWL_REQUIRES(mutex_) {
    if (waiting_pushers_ == 0 || !has_room(0)) return;
    if (holding_ > 0)
      room_.notify_one();
    else
      place_.notify_one();
  }
  std::optional<T> take() CRAWL_REQUIRES(mutex_) {
    if (items_.empty()) return std::nullopt;
    Entry entry = std::move(items_.front());
    items_.pop_front();
    bytes_ -= entry.bytes;
    if (ran_full_ && items_.size() <= bounds_.items / 2 && bytes_ <= bounds_.bytes / 2) {
      ran_full_ = false;
      half_free_.notify_all();
    }
    return std::move(entry.item);
  }

  const Bounds bounds_;
  mutable Mutex mutex_;
  std::deque<Entry> items_ CRAWL_GUARDED_BY(mutex_);
  std::size_t bytes_ CRAWL_GUARDED_BY(mutex_) = 0;
  std::size_t waiting_pushers_ CRAWL_GUARDED_BY(mutex_) = 0;
  std::size_t holding_ CRAWL_GUARDED_BY(mutex_) = 0;  // of them those in push()
  bool closed_ CRAWL_GUARDED_BY(mutex_) = false;
  bool ran_full_ CRAWL_GUARDED_BY(mutex_) = false;  // and is more than half full since
  CondVar filled_;
  CondVar room_;
  CondVar place_;
  CondVar half_free_;
};

}  // namespace crawld::base
