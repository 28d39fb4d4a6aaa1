#include "parsers/worker/worker_process.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "parsers/bytes/pack.h"
#include "parsers/worker/wire_limits.h"
#include "parsers/worker/worker_death.h"

namespace crawld::parsers {
namespace {

using namespace std::chrono_literals;
using model::ParseFailure;
using model::ParseOutcome;
using Kind = model::ParseFailureKind;
using Event = WorkerChannel::Event;
using std::chrono::nanoseconds;

// A frame holds the body and what is told about it: URL, headers.
constexpr std::size_t kMaxBody = kMaxJobFrame - (16U << 20);

constexpr auto kFirstPause = 100ms;
// Of workers that end before their hello: no page has a part in it, so only time can help.
constexpr auto kLongestPause = 5'000ms;
// What pages do must not hold up other pages for long.
constexpr auto kLongestPauseAfterPage = 200ms;

nanoseconds to_duration(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

std::string seconds_text(nanoseconds time) {
  const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(time).count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

}  // namespace

WorkerProcess::WorkerProcess(WorkerOptions options) : options_(std::move(options)) {
  assert(options_.program != nullptr);
}

WorkerProcess::~WorkerProcess() {
  if (pid() != 0) bury(Ending::recycled);
}

WorkerCounters WorkerProcess::counters() const {
  const auto read = [](const auto& counter) { return counter.load(std::memory_order_relaxed); };
  return {.pages = read(pages_),
          .started = read(started_),
          .recycled = read(recycled_),
          .died = read(died_),
          .timeouts = read(timeouts_),
          .bad_replies = read(bad_replies_),
          .cpu = nanoseconds(read(cpu_of_dead_) + read(cpu_of_living_))};
}

ParseOutcome WorkerProcess::parse(const ParseJob& job, Instant deadline) {
  const ParseJob* const next = std::exchange(announced_, nullptr);
  if (job.body.size() > kMaxBody) {
    return ParseFailure{Kind::too_large, "larger than a worker is given"};
  }
  encode_job(job, ++sequence_, head_);
  // What was announced is not what is asked for: a reload came in between.
  if (!ahead_.empty() && ahead_ != head_) bury(Ending::recycled);
  if (options_.rule_book && pid() != 0 && job.rule_set > rules_of_worker_) bury(Ending::recycled);
  if (job.fresh_worker && pid() != 0 && pages_of_worker_ > 0) bury(Ending::recycled);
  while (true) {
    if (auto failure = make_ready(deadline)) return std::move(*failure);
    if (auto outcome = ask(job, next, deadline)) return std::move(*outcome);
  }
}

// --- a worker that is ready --------------------------------------------------------------------

std::optional<ParseFailure> WorkerProcess::make_ready(Instant deadline) {
  if (pid() != 0) return std::nullopt;
  // A short pause is waited for here, a long one by the caller, who may have to end meanwhile.
  const Instant patience = std::chrono::steady_clock::now() + kLongestPauseAfterPage;
  if (not_before_ > std::min(deadline, patience)) return not_started(why_not_started_);
  if (channel_.pause(not_before_) == Event::interrupted) {
    return ParseFailure{Kind::timeout, "interrupted"};
  }
  return start(deadline);
}

std::optional<ParseFailure> WorkerProcess::start(Instant deadline) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    delay_next_start(kLongestPause);
    return not_started(std::strerror(errno));
  }
  channel_.connect(base::Fd(ends[0]));
  const base::Fd theirs(ends[1]);
  const auto child =
      options_.program->start({"--parent=" + std::to_string(::getpid())}, theirs.get());
  if (!child) {
    delay_next_start(kLongestPause);
    return not_started(child.error().message);
  }
  pid_.store(*child, std::memory_order_relaxed);
  clockid_t clock{};
  cpu_clock_.reset();
  if (::clock_getcpuclockid(*child, &clock) == 0) cpu_clock_ = clock;
  started_.fetch_add(1, std::memory_order_relaxed);
  pages_of_worker_ = 0;
  taught_.clear();
  greeted_ = false;
  return greet(deadline);
}

// Tells the new worker its limits and rules, and hears whether it is ready.
std::optional<ParseFailure> WorkerProcess::greet(Instant deadline) {
  std::vector<RuleSet> rules = options_.rule_book ? options_.rule_book->sets() : options_.rule_sets;
  rules_of_worker_ = rules.size();
  encode_setup(
      {.sandbox = options_.sandbox == SandboxUse::required,
       .memory = options_.page_memory,
       .cpu_seconds = static_cast<std::uint32_t>(
           (options_.recycle_cpu + 2 * ceil<std::chrono::seconds>(options_.page_cpu)).count()),
       .rule_sets = std::move(rules)},
      setup_);
  channel_.send(setup_, {});
  Frame frame;
  switch (channel_.receive(frame, deadline)) {
    case Event::frame:
      return refuse_hello(frame);
    case Event::timeout:
      return not_started(bury(Ending::timeout, "no hello in time").detail);
    case Event::interrupted:
      return bury(Ending::interrupted);
    case Event::closed:
      return not_started(bury(Ending::by_itself).detail);
    case Event::refused:
      return not_started(bury(Ending::bad_reply, "its hello is none").detail);
  }
  return std::nullopt;
}

// Nothing when the hello is as it should be.
std::optional<ParseFailure> WorkerProcess::refuse_hello(const Frame& frame) {
  const auto hello = frame.type == FrameType::hello ? decode_hello(frame.payload) : std::nullopt;
  if (!hello) return not_started(bury(Ending::bad_reply, "its hello is none").detail);
  if (!hello->error.empty()) return not_started(bury(Ending::bad_reply, hello->error).detail);
  greeted_ = hello->build_id == wire_build_id();
  cpu_of_living_.store(cpu_now().count(), std::memory_order_relaxed);
  if (greeted_) return std::nullopt;
  return not_started(bury(Ending::bad_reply, "it is of another build; restart crawld").detail);
}

ParseFailure WorkerProcess::not_started(std::string why) {
  why_not_started_ = std::move(why);
  return {Kind::no_worker, "cannot start a parse worker: " + why_not_started_};
}

void WorkerProcess::delay_next_start(std::chrono::milliseconds longest) {
  // The first failure costs nothing: most come alone.
  const auto pause = failures_ == 0 ? 0ms : kFirstPause * (1 << std::min(failures_ - 1, 10U));
  ++failures_;
  not_before_ = std::chrono::steady_clock::now() + std::min<nanoseconds>(pause, longest);
}

// --- one job -----------------------------------------------------------------------------------

// Nothing when the worker turns out to have been dead before: another one may try.
std::optional<ParseOutcome> WorkerProcess::ask(const ParseJob& job, const ParseJob* next,
                                               Instant deadline) {
  const nanoseconds cpu_before(cpu_of_living_.load(std::memory_order_relaxed));
  const bool was_ahead = !ahead_.empty();
  if (!was_ahead) send(job);
  ahead_.clear();
  if (next != nullptr) send_ahead(*next);
  auto look_again = std::chrono::steady_clock::now() + options_.page_cpu;
  while (true) {
    Frame frame;
    switch (channel_.receive(frame, std::min(deadline, look_again))) {
      case Event::frame:
        return take_answer(frame);
      case Event::timeout:
        if (auto failure = over_limit(cpu_before, deadline, look_again)) return failure;
        break;
      case Event::interrupted:
        return bury(Ending::interrupted);
      case Event::closed: {
        auto failure = bury(Ending::by_itself);
        // It may have gone while it was idle, with the job in its socket.
        if (was_ahead || channel_.untouched()) return std::nullopt;
        return failure;
      }
      case Event::refused:
        return bury(Ending::bad_reply, "not a frame");
    }
  }
}

void WorkerProcess::send(const ParseJob& job) {
  if (was_taught(job)) return channel_.send(head_, job.body);
  encode_dictionary({.slot = slot_for(job.dictionary->id),
                     .id = job.dictionary->id,
                     .bytes = job.dictionary->bytes},
                    lesson_);
  lesson_ += head_;
  channel_.send(lesson_, job.body);
}

// Whether the worker has the dictionary that the job names, if any.
bool WorkerProcess::was_taught(const ParseJob& job) {
  if (!job.dictionary) return true;
  for (Taught& taught : taught_) {
    if (taught.dictionary != job.dictionary->id) continue;
    taught.last_job = sequence_;
    return true;
  }
  return false;
}

// Takes the place of the one that no job has named for the longest time, where all are taken.
std::uint32_t WorkerProcess::slot_for(std::uint64_t dictionary) {
  auto place = taught_.end();
  if (taught_.size() < Packer::kMostDictionaries) {
    place = taught_.emplace(taught_.end());
  } else {
    place = std::min_element(taught_.begin(), taught_.end(), [](const Taught& a, const Taught& b) {
      return a.last_job < b.last_job;
    });
  }
  *place = {dictionary, sequence_};
  return static_cast<std::uint32_t>(place - taught_.begin());
}

// The worker finds it when it is done with the job under way, and need not be woken for it. It
// goes down with the worker, and parse() sends it anew then.
void WorkerProcess::send_ahead(const ParseJob& job) {
  constexpr std::size_t kLargest = 256U << 10;  // what the socket's buffer does not hold is copied
  if (job.fresh_worker || job.body.size() > kLargest || !channel_.all_sent()) return;
  if (options_.rule_book && job.rule_set > rules_of_worker_) return;
  if (!was_taught(job)) return;
  encode_job(job, sequence_ + 1, ahead_);
  channel_.send_after(ahead_, job.body);
}

// Wall time is never less than the CPU time of a single thread, so the CPU clock needs a
// look only once as much wall time has passed as CPU time was left.
std::optional<ParseFailure> WorkerProcess::over_limit(nanoseconds cpu_before, Instant deadline,
                                                      Instant& look_again) {
  const auto used = cpu_now() - cpu_before;
  if (used >= options_.page_cpu) return bury(Ending::cpu, "used " + seconds_text(used));
  const auto now = std::chrono::steady_clock::now();
  if (now >= deadline) return bury(Ending::timeout, "no answer in time");
  look_again = now + (options_.page_cpu - used);
  return std::nullopt;
}

ParseOutcome WorkerProcess::take_answer(const Frame& frame) {
  if (!channel_.sent()) return bury(Ending::bad_reply, "answered before it had read the job");
  if (frame.sequence != sequence_) return bury(Ending::bad_reply, "answered another job");
  std::string why;
  auto reply = decode_reply(frame.type, frame.payload, why);
  if (!reply) return bury(Ending::bad_reply, std::move(why));
  channel_.drop_frame();
  count_page(reply->heap);
  return std::move(reply->outcome);
}

void WorkerProcess::count_page(std::uint64_t heap) {
  failures_ = 0;
  ++pages_of_worker_;
  pages_.fetch_add(1, std::memory_order_relaxed);
  const auto cpu = cpu_now();
  cpu_of_living_.store(cpu.count(), std::memory_order_relaxed);
  if (pages_of_worker_ >= options_.recycle_pages || heap >= options_.recycle_heap ||
      cpu >= options_.recycle_cpu) {
    bury(Ending::recycled);
  }
}

// --- the end of a worker -----------------------------------------------------------------------

// CPU time of the living worker, all its pages together.
nanoseconds WorkerProcess::cpu_now() const {
  timespec time{};
  if (!cpu_clock_ || ::clock_gettime(*cpu_clock_, &time) != 0) return 0ns;
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

// Ends the worker if it has not ended by itself, reaps it, and says what that means for the
// page it was given. Killing one that is ending already does not change its status.
ParseFailure WorkerProcess::bury(Ending ending, std::string detail) {
  const pid_t child = pid_.exchange(0, std::memory_order_relaxed);
  ahead_.clear();
  ::kill(child, SIGKILL);
  int status = 0;
  rusage usage{};
  while (::wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  channel_.disconnect();
  cpu_of_living_.store(0, std::memory_order_relaxed);
  cpu_of_dead_.fetch_add((to_duration(usage.ru_utime) + to_duration(usage.ru_stime)).count(),
                         std::memory_order_relaxed);
  if (ending == Ending::recycled) {
    recycled_.fetch_add(1, std::memory_order_relaxed);
    return {};
  }
  if (ending != Ending::interrupted) {
    died_.fetch_add(1, std::memory_order_relaxed);
    delay_next_start(greeted_ ? kLongestPauseAfterPage : kLongestPause);
  }
  switch (ending) {
    case Ending::timeout:
      timeouts_.fetch_add(1, std::memory_order_relaxed);
      return {Kind::timeout, std::move(detail)};
    case Ending::cpu:
      return {Kind::cpu, std::move(detail)};
    case Ending::bad_reply:
      bad_replies_.fetch_add(1, std::memory_order_relaxed);
      return {Kind::bad_reply, std::move(detail)};
    case Ending::interrupted:
      return {Kind::timeout, "interrupted"};
    case Ending::by_itself:
    case Ending::recycled:
      break;
  }
  return failure_of_death(status, options_.page_memory);
}

}  // namespace crawld::parsers
