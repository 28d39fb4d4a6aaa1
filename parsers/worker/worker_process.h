// Parser over a child process: spawn, ask, deadline, kill, respawn with back-off.
//
// The page that a worker dies of gets a named failure and nobody else is disturbed; a new
// worker is started for the next page. Where none can be started the failure is `no_worker`,
// at once: the caller waits and asks again; the back-off is kept here. Whether a page is tried
// again is the caller's decision. A worker found dead that had not read the job is no fault of the
// job: another one gets it.
//
// Threads: one caller of parse() at a time; counters(), pid() and interrupt() from any. The
// worker dies with the thread that first called parse() after its last death
// (PR_SET_PDEATHSIG), so call it from a thread that lasts.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parsers/extract/rule_book.h"
#include "parsers/extract/rules.h"
#include "parsers/parser.h"
#include "parsers/worker/wire.h"
#include "parsers/worker/worker_channel.h"
#include "parsers/worker/worker_program.h"

namespace crawld::parsers {

enum class SandboxUse : std::uint8_t { required, off };

struct WorkerOptions {
  std::shared_ptr<const WorkerProgram> program;  // shared: one for all workers of a daemon
  SandboxUse sandbox = SandboxUse::required;
  std::chrono::milliseconds page_cpu{2'000};
  std::uint64_t page_memory = 256ULL << 20;  // bytes a page may add to a fresh worker
  std::vector<RuleSet> rule_sets;
  // In place of rule_sets where rules may be added while workers run: a worker that does not
  // know the rules of a job is replaced before it.
  std::shared_ptr<const RuleBook> rule_book;
  // A worker is replaced after so many pages, or when its heap or CPU has grown so far.
  std::uint32_t recycle_pages = 20'000;
  std::uint64_t recycle_heap = 40ULL << 20;
  std::chrono::seconds recycle_cpu{120};
};

struct WorkerCounters {
  std::uint64_t pages = 0;
  std::uint64_t started = 0;
  std::uint64_t recycled = 0;
  std::uint64_t died = 0;  // of a page, or by somebody's hand
  std::uint64_t timeouts = 0;
  std::uint64_t bad_replies = 0;
  std::chrono::nanoseconds cpu{0};  // of all workers so far, dead ones included
};

class WorkerProcess final : public Parser {
 public:
  // Starts nothing yet. Needs: options.program.
  explicit WorkerProcess(WorkerOptions options);
  ~WorkerProcess() override;
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  model::ParseOutcome parse(const ParseJob& job,
                            std::chrono::steady_clock::time_point deadline) override;
  void announce(const ParseJob* job) override { announced_ = job; }

  // Makes parse() under way, and every later one, give up at once with `timeout`.
  void interrupt() { channel_.interrupt(); }

  WorkerCounters counters() const;
  pid_t pid() const { return pid_.load(std::memory_order_relaxed); }  // 0: none runs

 private:
  using Instant = std::chrono::steady_clock::time_point;
  enum class Ending : std::uint8_t { by_itself, timeout, cpu, bad_reply, interrupted, recycled };

  std::optional<model::ParseFailure> make_ready(Instant deadline);
  std::optional<model::ParseFailure> start(Instant deadline);
  std::optional<model::ParseFailure> greet(Instant deadline);
  std::optional<model::ParseFailure> refuse_hello(const Frame& frame);
  std::optional<model::ParseOutcome> ask(const ParseJob& job, const ParseJob* next,
                                         Instant deadline);
  void send(const ParseJob& job);
  void send_ahead(const ParseJob& job);
  bool was_taught(const ParseJob& job);
  std::uint32_t slot_for(std::uint64_t dictionary);
  model::ParseOutcome take_answer(const Frame& frame);
  std::optional<model::ParseFailure> over_limit(std::chrono::nanoseconds cpu_before,
                                                Instant deadline, Instant& look_again);
  model::ParseFailure not_started(std::string why);
  void count_page(std::uint64_t heap);
  void delay_next_start(std::chrono::milliseconds longest);
  std::chrono::nanoseconds cpu_now() const;
  model::ParseFailure bury(Ending ending, std::string detail = {});

  const WorkerOptions options_;
  WorkerChannel channel_;
  std::string head_;  // of the job under way; kept for its memory
  std::string setup_;
  const ParseJob* announced_ = nullptr;
  std::string ahead_;   // head of the job that the worker has already, after the one under way
  std::string lesson_;  // a dictionary and the head of the job that is the first to name it
  struct Taught {
    std::uint64_t dictionary = 0;
    std::uint32_t last_job = 0;  // that named it
  };
  std::vector<Taught> taught_;  // what the living worker keeps, by slot
  std::uint32_t sequence_ = 0;
  std::uint32_t pages_of_worker_ = 0;
  std::size_t rules_of_worker_ = 0;  // rule sets that it was told
  bool greeted_ = false;             // it said a good hello
  std::uint32_t failures_ = 0;       // in a row
  Instant not_before_{};             // of the next start
  std::string why_not_started_;

  std::atomic<pid_t> pid_{0};
  std::optional<clockid_t> cpu_clock_;  // of the living worker
  std::atomic<std::uint64_t> pages_{0};
  std::atomic<std::uint64_t> started_{0};
  std::atomic<std::uint64_t> recycled_{0};
  std::atomic<std::uint64_t> died_{0};
  std::atomic<std::uint64_t> timeouts_{0};
  std::atomic<std::uint64_t> bad_replies_{0};
  std::atomic<std::int64_t> cpu_of_dead_{0};    // ns
  std::atomic<std::int64_t> cpu_of_living_{0};  // ns, as of its last page
};

}  // namespace crawld::parsers
