#include "crawler/base/thread.h"

#include <sched.h>

#include <catch2/catch.hpp>
#include <chrono>

using crawld::base::Thread;

namespace {

constexpr std::size_t kStack = 128 << 10;

// Both run in threads, too, where Catch's macros may not: what fails gives -1 or false.

// The scheduling policy that a thread finds itself in.
int policy_of_new_thread() {
  int policy = -1;
  auto thread = Thread::start("policy", kStack, [&policy] { policy = ::sched_getscheduler(0); });
  if (thread) thread->join();
  return policy;
}

bool set_own_policy(int policy) {
  const sched_param none{};
  return ::sched_setscheduler(0, policy, &none) == 0;
}

}  // namespace

TEST_CASE("a thread that is woken does not cut into what runs") {
  REQUIRE(set_own_policy(SCHED_OTHER));
  CHECK(policy_of_new_thread() == SCHED_BATCH);
}

TEST_CASE("a crawl that was started with a policy of its own keeps it in its threads") {
  // A process cannot leave SCHED_IDLE everywhere, so a thread of its own goes in.
  int policy = -1;
  auto idle = Thread::start("idle", kStack, [&policy] {
    if (set_own_policy(SCHED_IDLE)) policy = policy_of_new_thread();
  });
  REQUIRE(idle);
  idle->join();
  CHECK(policy == SCHED_IDLE);
}

TEST_CASE("the CPU time of a thread stands after its end") {
  auto thread = Thread::start("busy", kStack, [] {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
    while (std::chrono::steady_clock::now() < end) {
    }
  });
  REQUIRE(thread);
  thread->join();
  CHECK(thread->cpu_time() > std::chrono::nanoseconds(0));
}
