// A joined thread with a name and a stack size of our choice.
//
// Thousands of threads wait on the network, so their stacks are small (128 to 256
// KiB), which std::thread cannot say. They wake without cutting into what runs (sched(7),
// SCHED_BATCH), and so do the processes that they start.
#pragma once

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "crawler/base/result.h"

namespace crawld::base {

class Thread {
 public:
  // Fails (Error::io) where the system gives no more threads. `name`: 15 characters show.
  static Result<Thread> start(std::string name, std::size_t stack_bytes,
                              std::function<void()> body);

  Thread() = default;
  Thread(Thread&& other) noexcept;
  Thread& operator=(Thread&& other) noexcept;
  // Joins.
  ~Thread();

  void join();
  // CPU time used so far, or in all once it has ended. Threads: any, also while another joins.
  std::chrono::nanoseconds cpu_time() const;

 private:
  struct Cpu {
    std::atomic<clockid_t> clock{-1};     // the thread's own; -1: not running yet
    std::atomic<std::int64_t> total{-1};  // ns, set at its end
  };

  struct Start;
  static void* run(void* start);

  pthread_t handle_{};
  std::shared_ptr<Cpu> cpu_;  // shared with the thread
  bool joinable_ = false;
};

}  // namespace crawld::base
