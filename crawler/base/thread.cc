#include "crawler/base/thread.h"

#include <sched.h>

#include <csignal>
#include <cstring>
#include <ctime>
#include <memory>
#include <utility>

namespace crawld::base {
namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec used{};
  if (clock_gettime(clock, &used) != 0) return {};
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

// Most of what wakes a thread is one page. As a batch thread it takes its turn then; as a normal
// one it cuts into the page that a worker is reading, at a switch of the core a page. Another
// policy is the operator's choice (chrt, CPUSchedulingPolicy=) and stays.
void take_turns() {
  if (::sched_getscheduler(0) != SCHED_OTHER) return;
  const sched_param none{};
  ::sched_setscheduler(0, SCHED_BATCH, &none);
}

}  // namespace

struct Thread::Start {
  std::string name;
  std::function<void()> body;
  std::shared_ptr<Cpu> cpu;
};

void* Thread::run(void* argument) {
  const std::unique_ptr<Start> start(static_cast<Start*>(argument));
  pthread_setname_np(pthread_self(), start->name.substr(0, 15).c_str());
  clockid_t clock{};
  take_turns();
  if (pthread_getcpuclockid(pthread_self(), &clock) == 0) start->cpu->clock = clock;
  start->body();
  start->cpu->total = read_clock(CLOCK_THREAD_CPUTIME_ID).count();
  return nullptr;
}

Result<Thread> Thread::start(std::string name, std::size_t stack_bytes,
                             std::function<void()> body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  auto cpu = std::make_shared<Cpu>();
  auto start = std::make_unique<Start>(Start{std::move(name), std::move(body), cpu});
  // Signals are the main thread's business.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  Thread thread;
  const int failed = pthread_create(&thread.handle_, &attributes, run, start.get());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (failed != 0) {
    return Error{Error::Code::io,
                 "cannot start thread " + start->name + ": " + std::strerror(failed)};
  }
  (void)start.release();  // the thread owns it now
  thread.joinable_ = true;
  thread.cpu_ = std::move(cpu);
  return thread;
}

Thread::Thread(Thread&& other) noexcept
    : handle_(other.handle_),
      cpu_(std::move(other.cpu_)),
      joinable_(std::exchange(other.joinable_, false)) {}

Thread& Thread::operator=(Thread&& other) noexcept {
  if (this != &other) {
    join();
    handle_ = other.handle_;
    cpu_ = std::move(other.cpu_);
    joinable_ = std::exchange(other.joinable_, false);
  }
  return *this;
}

Thread::~Thread() { join(); }

void Thread::join() {
  if (std::exchange(joinable_, false)) pthread_join(handle_, nullptr);
}

std::chrono::nanoseconds Thread::cpu_time() const {
  if (!cpu_) return {};
  const std::int64_t total = cpu_->total.load();
  return total >= 0 ? std::chrono::nanoseconds(total) : read_clock(cpu_->clock.load());
}

}  // namespace crawld::base
