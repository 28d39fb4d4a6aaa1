// Mutex and CondVar with Clang thread-safety annotations.
//
// Lock rule: a thread holds at most one of our locks. Debug builds abort when a
// second one is taken; Clang's -Wthread-safety checks that guarded fields are
// touched only under their lock.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define CRAWL_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define CRAWL_THREAD_ATTRIBUTE(x)
#endif

#define CRAWL_CAPABILITY(x) CRAWL_THREAD_ATTRIBUTE(capability(x))
#define CRAWL_SCOPED_CAPABILITY CRAWL_THREAD_ATTRIBUTE(scoped_lockable)
#define CRAWL_GUARDED_BY(x) CRAWL_THREAD_ATTRIBUTE(guarded_by(x))
#define CRAWL_REQUIRES(...) CRAWL_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define CRAWL_ACQUIRE(...) CRAWL_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define CRAWL_RELEASE(...) CRAWL_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define CRAWL_EXCLUDES(...) CRAWL_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define CRAWL_NO_ANALYSIS CRAWL_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace crawld::base {

class CRAWL_CAPABILITY("mutex") Mutex {
 public:
  void lock() CRAWL_ACQUIRE();
  void unlock() CRAWL_RELEASE();

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class CRAWL_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) CRAWL_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() CRAWL_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

class CondVar {
 public:
  // Both return with `mutex` held again; wake-ups may be spurious.
  void wait(Mutex& mutex) CRAWL_REQUIRES(mutex);
  // False when `until` passed without a wake-up.
  bool wait_until(Mutex& mutex, std::chrono::steady_clock::time_point until) CRAWL_REQUIRES(mutex);
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace crawld::base
