// Which of the threads that wait wakes.
#include "crawler/frontier/idle_threads.h"

#include <catch2/catch.hpp>
#include <list>
#include <thread>
#include <vector>

using namespace crawld;
using base::Instant;
using base::MutexLock;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

Instant now() { return std::chrono::steady_clock::now(); }

// A thread that sleeps so long was not woken.
constexpr seconds kForEver{120};

struct Back {
  int name;
  Instant at;
};

class Idlers {
 public:
  ~Idlers() {
    {
      MutexLock lock(mutex_);
      idle_.call_all();
    }
    for (std::thread& thread : threads_) thread.join();
  }

  // Comes back once the thread sleeps: it lets go of the mutex nowhere else.
  void add(int name, std::optional<Instant> opening) {
    threads_.emplace_back([this, name, opening] {
      MutexLock lock(mutex_);
      ++asleep_;
      idle_.wait(mutex_, now() + kForEver, opening);
      back_.push_back({name, now()});
    });
    const std::size_t all = threads_.size();
    wait_until([&] { return asleep_ == all; });
  }

  void call(std::optional<Instant> opening) {
    MutexLock lock(mutex_);
    idle_.call(opening);
  }
  void call_all() {
    MutexLock lock(mutex_);
    idle_.call_all();
  }

  // The first `n` that came back.
  std::vector<Back> back(std::size_t n) {
    REQUIRE(wait_until([&] { return back_.size() >= n; }));
    MutexLock lock(mutex_);
    return back_;
  }

 private:
  template <class Condition>
  bool wait_until(const Condition& condition) {
    const Instant end = now() + kForEver / 2;
    while (now() < end) {
      {
        MutexLock lock(mutex_);
        if (condition()) return true;
      }
      std::this_thread::sleep_for(milliseconds(1));
    }
    return false;
  }

  base::Mutex mutex_;
  frontier::IdleThreads idle_;
  std::size_t asleep_ = 0;
  std::vector<Back> back_;
  std::list<std::thread> threads_;
};

}  // namespace

TEST_CASE("an opening wakes the thread that keeps the time, and it alone") {
  Idlers idlers;
  const Instant opening = now() + milliseconds(50);
  idlers.add(1, opening);
  for (int name = 2; name <= 4; ++name) idlers.add(name, std::nullopt);
  const auto back = idlers.back(1);
  CHECK(back.size() == 1);
  CHECK(back[0].name == 1);
  CHECK(back[0].at >= opening);
}

TEST_CASE("a sleeper is called where the one that kept the time has left") {
  Idlers idlers;
  idlers.add(1, now() + milliseconds(20));
  idlers.add(2, std::nullopt);
  idlers.back(1);
  idlers.call(Instant::min());
  CHECK(idlers.back(2)[1].name == 2);
}

TEST_CASE("of several sleepers the one is called that fell asleep last") {
  Idlers idlers;
  idlers.add(1, now() + milliseconds(50));
  for (int name = 2; name <= 5; ++name) idlers.add(name, std::nullopt);
  idlers.back(1);
  for (int name = 5; name >= 2; --name) {
    idlers.call(Instant::min());
    const auto back = idlers.back(static_cast<std::size_t>(7 - name));
    CHECK(back.back().name == name);
  }
}

TEST_CASE("an earlier opening wakes the thread that keeps the time") {
  Idlers idlers;
  idlers.add(1, now() + kForEver);
  SECTION("that somebody tells of") { idlers.call(now() + seconds(1)); }
  SECTION("that a thread brings along that goes to sleep") { idlers.add(2, Instant::min()); }
  CHECK(idlers.back(1)[0].name == 1);
}

TEST_CASE("a later opening, or none, wakes nobody") {
  Idlers idlers;
  const Instant opening = now() + milliseconds(50);
  idlers.add(1, opening);
  SECTION("a later one") { idlers.call(opening + milliseconds(1)); }
  SECTION("none") { idlers.call(std::nullopt); }
  CHECK(idlers.back(1)[0].at >= opening);
}

TEST_CASE("all threads wake when all are called") {
  Idlers idlers;
  for (int name = 1; name <= 8; ++name) idlers.add(name, std::nullopt);
  idlers.call_all();
  CHECK(idlers.back(8).size() == 8);
}
