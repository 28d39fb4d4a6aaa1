#include "crawler/base/bounded_queue.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <thread>
#include <vector>

namespace base = crawld::base;
using crawld::base::BoundedQueue;

TEST_CASE("what is put back comes out first, whatever the bounds") {
  BoundedQueue<int> queue({.items = 1, .bytes = 10});
  int one = 1;
  int two = 2;
  REQUIRE(queue.push(std::move(one), 10));
  REQUIRE(queue.put_back(std::move(two), 10));
  CHECK(queue.depth().items == 2);
  CHECK(queue.depth().bytes == 20);
  CHECK(queue.pop() == 2);
  CHECK(queue.pop() == 1);
}

TEST_CASE("a closed queue takes nothing back and gives out what it has") {
  BoundedQueue<int> queue({.items = 4, .bytes = 10});
  int one = 1;
  int two = 2;
  REQUIRE(queue.push(std::move(one), 1));
  queue.close();
  CHECK_FALSE(queue.put_back(std::move(two), 1));
  CHECK(two == 2);
  CHECK(queue.pop() == 1);
  CHECK_FALSE(queue.pop());
  CHECK(queue.finished());
}

TEST_CASE("what may not wait goes a little beyond the bounds, behind all others") {
  BoundedQueue<int> queue({.items = 2, .bytes = 100});
  REQUIRE(queue.push(1, 60));
  REQUIRE(queue.push(2, 40));
  CHECK(queue.try_push(3, 10, 1) == base::Handed::taken);
  CHECK(queue.try_push(4, 10, 1) == base::Handed::full);
  CHECK(queue.depth().items == 3);
  for (const int item : {1, 2, 3}) CHECK(queue.try_pop() == item);
  CHECK(queue.try_push(4, 10, 0) == base::Handed::taken);
  queue.close();
  CHECK(queue.try_push(5, 10, 1) == base::Handed::closed);
  CHECK(queue.try_pop() == 4);
}

TEST_CASE("who waits for room is let through at once, after a full queue when half of it is free") {
  BoundedQueue<int> queue({.items = 4, .bytes = 100});
  for (int n = 0; n < 4; ++n) {
    CHECK(queue.wait_for_room());
    REQUIRE(queue.push(int(n), 1));
  }
  std::atomic<bool> through = false;
  std::thread waiter([&] { through = queue.wait_for_room(); });
  while (queue.depth().waiting_pushers == 0) std::this_thread::yield();
  (void)queue.pop();
  CHECK_FALSE(through);
  (void)queue.pop();
  waiter.join();
  CHECK(through);
  queue.close();
  CHECK_FALSE(queue.wait_for_room());
}

TEST_CASE("who waits for a place goes on when there is one, or when its time is over") {
  using Clock = std::chrono::steady_clock;
  BoundedQueue<int> queue({.items = 1, .bytes = 100});
  const auto never = Clock::now() + std::chrono::hours(1);
  queue.wait_for_place(never);
  REQUIRE(queue.push(1, 1));
  queue.wait_for_place(Clock::now());
  std::atomic<int> through = 0;
  std::vector<std::thread> waiters;
  for (int n = 0; n < 3; ++n) {
    waiters.emplace_back([&] {
      queue.wait_for_place(never);
      ++through;
    });
  }
  while (queue.depth().waiting_pushers < 3) std::this_thread::yield();
  CHECK(through == 0);
  (void)queue.pop();
  while (through == 0) std::this_thread::yield();
  queue.close();
  for (std::thread& waiter : waiters) waiter.join();
  CHECK(through == 3);
}

TEST_CASE("all who wait for a place get through") {
  BoundedQueue<int> queue({.items = 4, .bytes = 100});
  constexpr int kWaiters = 200;
  for (int n = 0; n < 4; ++n) REQUIRE(queue.push(int(n), 1));
  std::vector<std::thread> waiters;
  for (int n = 0; n < kWaiters; ++n) {
    waiters.emplace_back([&queue, n] {
      queue.wait_for_place(std::chrono::steady_clock::now() + std::chrono::hours(1));
      (void)queue.push(int(n), 1);
    });
  }
  while (queue.depth().waiting_pushers < kWaiters) std::this_thread::yield();
  for (int n = 0; n < 4 + kWaiters; ++n) CHECK(queue.pop());
  for (std::thread& waiter : waiters) waiter.join();
  CHECK(queue.depth().items == 0);
}

TEST_CASE("many who wait for room all get through, large items among small ones") {
  BoundedQueue<int> queue({.items = 2, .bytes = 10});
  constexpr int kPushers = 50;
  std::vector<std::thread> pushers;
  for (int n = 0; n < kPushers; ++n) {
    pushers.emplace_back([&queue, n] {
      const std::size_t bytes = n % 5 == 0 ? 100 : 4;  // 100: more than there ever is room for
      for (int turn = 0; turn < 20; ++turn) {
        int item = n;
        if (!queue.push(std::move(item), bytes)) return;
      }
    });
  }
  std::map<int, int> came;
  for (int n = 0; n < kPushers * 20; ++n) ++came[queue.pop().value_or(-1)];
  for (std::thread& pusher : pushers) pusher.join();
  CHECK(came.size() == kPushers);
  CHECK(came.count(-1) == 0);
  CHECK(queue.depth().items == 0);
  CHECK(queue.depth().waiting_pushers == 0);
}
