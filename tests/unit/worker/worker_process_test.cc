#include "parsers/worker/worker_process.h"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/unit/bytes/deflated.h"
#include "tests/unit/worker/worker_fixture.h"

using namespace crawld;
using namespace crawld::parsers;
using namespace crawld::test;
using namespace std::chrono_literals;
using Kind = model::ParseFailureKind;

namespace {

// Nobody's child is left behind as a zombie.
bool no_children() { return ::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD; }

const model::ParsedPage* page_of(const model::ParseOutcome& outcome) {
  return std::get_if<model::ParsedPage>(&outcome);
}

}  // namespace

TEST_CASE("a page comes back through a real worker as it would from a parser in this process") {
  WorkerProcess worker(real_options());
  const std::string body = "<title>Hello</title><p>World";
  const auto outcome = worker.parse(
      {.url = "http://a.test/", .headers = {.content_type = "text/html"}, .body = body}, in(20s));
  const auto* page = page_of(outcome);
  REQUIRE(page != nullptr);
  CHECK(page->body_size == body.size());
  CHECK(page->content_hash.size() == 32);
  CHECK_FALSE(page->packed_body.empty());
  CHECK(worker.counters().pages == 1);
}

TEST_CASE("a body of 10 MiB crosses the wall") {
  WorkerProcess worker(real_options());
  std::string body(10 << 20, '\0');
  std::uint32_t state = 1;
  for (char& c : body) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  const auto outcome = worker.parse({.url = "http://a.test/x.bin",
                                     .headers = {.content_type = "application/octet-stream"},
                                     .body = body},
                                    in(20s));
  REQUIRE(page_of(outcome) != nullptr);
  CHECK(page_of(outcome)->body_size == body.size());
}

TEST_CASE("one worker serves many pages") {
  WorkerProcess worker(real_options());
  for (int i = 0; i < 50; ++i) {
    CHECK(page_of(worker.parse({.url = "http://a.test/", .body = "<p>x"}, in(20s))) != nullptr);
  }
  CHECK(worker.counters().started == 1);
}

TEST_CASE("a worker that ends by a signal is a crash that names the signal") {
  WorkerProcess worker(bad_options());
  CHECK(failure_of(ask_for(worker, "segv")).kind == Kind::crashed);
  CHECK(failure_of(ask_for(worker, "segv")).detail == "signal 11 (SIGSEGV)");
  CHECK(failure_of(ask_for(worker, "kill")).detail == "signal 9 (SIGKILL)");
  CHECK(failure_of(ask_for(worker, "sys")).detail ==
        "signal 31 (SIGSYS): made a forbidden system call");
  CHECK(failure_of(ask_for(worker, "exit")).detail == "exit status 7");
  CHECK(failure_of(ask_for(worker, "half")).detail == "exit status 0");
}

TEST_CASE("a worker that is out of CPU time or memory is booked as that") {
  WorkerProcess worker(bad_options());
  CHECK(failure_of(ask_for(worker, "xcpu")).kind == Kind::cpu);
  CHECK(failure_of(ask_for(worker, "memory")).kind == Kind::memory);
}

TEST_CASE("a page that makes a worker loop ends at its CPU limit, long before its deadline") {
  auto options = bad_options();
  options.page_cpu = 150ms;
  WorkerProcess worker(options);
  const auto start = std::chrono::steady_clock::now();
  const auto failure = failure_of(ask_for(worker, "loop", 120s));
  CHECK(failure.kind == Kind::cpu);
  CHECK(std::chrono::steady_clock::now() - start < 60s);
  CHECK(worker.counters().cpu >= 150ms);
}

TEST_CASE("a worker that hangs without using CPU is killed at the deadline") {
  WorkerProcess worker(bad_options());
  for (const char* how : {"hang", "half-and-hang", "large"}) {
    CAPTURE(how);
    REQUIRE(page_of(ask_for(worker, "fine")) != nullptr);  // it has started
    const auto failure = failure_of(ask_for(worker, how, 200ms));
    CHECK(failure.kind == Kind::timeout);
  }
  CHECK(worker.counters().timeouts == 3);
  CHECK(worker.pid() == 0);
  CHECK(no_children());
}

TEST_CASE("a worker that stops reading does not hold up the parent past the deadline") {
  WorkerProcess worker(bad_options());
  REQUIRE(page_of(ask_for(worker, "fine")) != nullptr);
  ::kill(worker.pid(), SIGSTOP);
  const std::string body(8 << 20, 'x');  // far more than a socket holds
  const auto outcome = worker.parse({.url = "http://bad.test/fine", .body = body}, in(200ms));
  CHECK(failure_of(outcome).kind == Kind::timeout);
}

TEST_CASE("a lying, odd or endless answer is refused and costs the worker its life") {
  WorkerProcess worker(bad_options());
  for (const char* how : {"garbage", "flood", "huge", "other-job", "not-utf8", "hello-again"}) {
    CAPTURE(how);
    const auto failure = failure_of(ask_for(worker, how));
    CAPTURE(failure.detail);
    CHECK(failure.kind == Kind::bad_reply);
    CHECK(worker.pid() == 0);
  }
  CHECK(worker.counters().bad_replies == 6);
}

TEST_CASE("after a death the next page gets a new worker") {
  WorkerProcess worker(bad_options());
  CHECK(failure_of(ask_for(worker, "segv")).kind == Kind::crashed);
  CHECK(page_of(ask_for(worker, "fine")) != nullptr);
  CHECK(worker.counters().started == 2);
  CHECK(worker.counters().died == 1);
}

TEST_CASE("a worker that died while it was idle is not held against the next page") {
  WorkerProcess worker(bad_options());
  REQUIRE(page_of(ask_for(worker, "fine")) != nullptr);
  ::kill(worker.pid(), SIGKILL);
  siginfo_t info;  // wait for the death, not for the reaping, which is the worker's own
  ::waitid(P_PID, static_cast<id_t>(worker.pid()), &info, WEXITED | WNOWAIT);
  CHECK(page_of(ask_for(worker, "fine")) != nullptr);
}

namespace {

ParseJob job_of(const std::string& how, std::string_view body = {}) {
  return {.url = "http://bad.test/" + how, .body = body};
}

model::ParseOutcome ask_for(WorkerProcess& worker, const ParseJob& job, const ParseJob& next) {
  worker.announce(&next);
  return worker.parse(job, in(20s));
}

}  // namespace

TEST_CASE("jobs announced one ahead are answered as others are, whatever their size") {
  WorkerProcess worker(real_options());
  std::vector<std::string> bodies;
  for (const std::size_t size : {10, 100'000, 20, 250'000, 250'001, 600'000, 30}) {
    bodies.push_back("<title>" + std::to_string(size) + "</title>" + std::string(size, 'x'));
  }
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const std::string& after = bodies[std::min(i + 1, bodies.size() - 1)];
    const auto outcome =
        ask_for(worker, job_of(std::to_string(i), bodies[i]), job_of(std::to_string(i + 1), after));
    REQUIRE(page_of(outcome) != nullptr);
    CHECK(page_of(outcome)->body_size == bodies[i].size());
    CHECK(bodies[i].starts_with("<title>" + page_of(outcome)->title + "</title>"));
  }
  CHECK(worker.counters().started == 1);
  CHECK(worker.counters().pages == bodies.size());
}

TEST_CASE("a job other than the announced one is answered all the same") {
  WorkerProcess worker(real_options());
  const auto first = ask_for(worker, job_of("a", "<title>a"), job_of("b", "<title>b"));
  REQUIRE(page_of(first) != nullptr);
  const auto other = worker.parse(job_of("c", "<title>c"), in(20s));
  REQUIRE(page_of(other) != nullptr);
  CHECK(page_of(other)->title == "c");
  CHECK(worker.counters().died == 0);
}

TEST_CASE("what a page does to its worker is not held against the announced one, nor the reverse") {
  WorkerProcess worker(bad_options());
  CHECK(failure_of(ask_for(worker, job_of("segv"), job_of("fine"))).kind == Kind::crashed);
  CHECK(page_of(ask_for(worker, job_of("fine"), job_of("segv"))) != nullptr);
  CHECK(failure_of(ask_for(worker, job_of("segv"), job_of("fine"))).kind == Kind::crashed);
  CHECK(page_of(worker.parse(job_of("fine"), in(20s))) != nullptr);
}

TEST_CASE("a worker that died with an announced job in its socket is not held against it") {
  WorkerProcess worker(bad_options());
  REQUIRE(page_of(ask_for(worker, job_of("fine"), job_of("fine"))) != nullptr);
  ::kill(worker.pid(), SIGKILL);
  siginfo_t info;
  ::waitid(P_PID, static_cast<id_t>(worker.pid()), &info, WEXITED | WNOWAIT);
  CHECK(page_of(worker.parse(job_of("fine"), in(20s))) != nullptr);
}

TEST_CASE("a worker is replaced on time although it had a job announced") {
  auto options = bad_options();
  options.recycle_pages = 10;
  WorkerProcess worker(options);
  for (int i = 0; i < 30; ++i) {
    REQUIRE(page_of(ask_for(worker, job_of("fine"), job_of("fine"))) != nullptr);
  }
  CHECK(worker.counters().recycled == 3);
  CHECK(worker.counters().died == 0);
}

TEST_CASE("a job that asks for a fresh worker gets one that has read nothing") {
  WorkerProcess worker(bad_options());
  const ParseJob job{.url = "http://a.test/fine", .body = "fine", .fresh_worker = true};
  CHECK(page_of(worker.parse(job, in(20s))) != nullptr);
  CHECK(worker.counters().started == 1);
  CHECK(page_of(worker.parse(job, in(20s))) != nullptr);
  CHECK(worker.counters().started == 2);
  CHECK(worker.counters().died == 0);
}

TEST_CASE("a worker is replaced after so many pages") {
  auto options = bad_options();
  options.recycle_pages = 10;
  WorkerProcess worker(options);
  for (int i = 0; i < 30; ++i) REQUIRE(page_of(ask_for(worker, "fine")) != nullptr);
  CHECK(worker.counters().recycled == 3);
  CHECK(worker.counters().died == 0);
}

TEST_CASE("a worker that has grown is replaced after its page") {
  if (!kSandboxPossible) {
    WARN("not proved: a sanitizer's allocator does not grow the heap that is measured");
    return;
  }
  auto options = real_options();
  options.recycle_heap = 4ULL << 20;
  WorkerProcess worker(options);
  const std::string small = "<p>a</p>";
  std::string large;
  while (large.size() < (4U << 20)) large += "<p><b>some</b> <i>words</i></p>\n";
  const auto read = [&](const std::string& html) {
    const ParseJob job{
        .url = "http://a.test/", .headers = {.content_type = "text/html"}, .body = html};
    return page_of(worker.parse(job, in(60s))) != nullptr;
  };
  REQUIRE(read(small));
  CHECK(worker.counters().recycled == 0);
  REQUIRE(read(large));
  CHECK(worker.counters().recycled == 1);
  CHECK(read(small));
  CHECK(worker.counters().died == 0);
}

TEST_CASE("pages that kill worker after worker slow down, but never stop, the others") {
  WorkerProcess worker(bad_options());
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 6; ++i) CHECK(failure_of(ask_for(worker, "segv")).kind == Kind::crashed);
  const auto spent = std::chrono::steady_clock::now() - start;
  CHECK(spent > 500ms);  // a pause before each start but the first two
  CHECK(spent < 60s);
  CHECK(page_of(ask_for(worker, "fine")) != nullptr);
}

TEST_CASE("a program that is no worker is a failure with a reason, and is not started in a loop") {
  auto program = WorkerProgram::open("/bin/true");
  REQUIRE(program.ok());
  WorkerProcess worker({.program = *program, .sandbox = SandboxUse::off});
  std::uint64_t pages = 0;
  for (const auto end = in(1s); std::chrono::steady_clock::now() < end; ++pages) {
    const auto failure = failure_of(ask_for(worker, "fine", 50ms));
    CHECK(failure.detail.find("cannot start a parse worker") == 0);
  }
  CHECK(worker.counters().started <= 6);
}

TEST_CASE("a missing worker program is named") {
  const auto program = WorkerProgram::open("/nowhere/crawld-parse");
  REQUIRE_FALSE(program.ok());
  CHECK(program.error().message.find("/nowhere/crawld-parse") != std::string::npos);
}

TEST_CASE("an interrupt ends the wait for a worker at once") {
  WorkerProcess worker(bad_options());
  std::thread other([&] {
    while (worker.pid() == 0) std::this_thread::yield();
    worker.interrupt();
  });
  CHECK(failure_of(ask_for(worker, "hang", 60s)).detail == "interrupted");
  other.join();
  CHECK(failure_of(ask_for(worker, "fine", 60s)).detail == "interrupted");
}

TEST_CASE("no worker outlives its WorkerProcess, and none is left as a zombie") {
  {
    WorkerProcess worker(bad_options());
    REQUIRE(page_of(ask_for(worker, "fine")) != nullptr);
  }
  CHECK(no_children());
}

namespace {

parsers::ParseJob job_with(const std::string& body, std::uint64_t dictionary) {
  return {.url = "http://a.test/",
          .headers = {.content_type = "text/html"},
          .body = body,
          .dictionary = std::make_shared<const model::BodyDictionary>(model::BodyDictionary{
              .id = dictionary, .bytes = "\n" + std::to_string(dictionary) + body})};
}

// The outcome is a page that was packed with the job's dictionary.
void check_packed(const model::ParseOutcome& outcome, const ParseJob& job) {
  const auto* page = page_of(outcome);
  REQUIRE(page != nullptr);
  CHECK(page->packed_with_dictionary);
  CHECK(page->packed_body.bytes.size() < 60);
  CHECK(model::unpack({.bytes = page->packed_body.bytes, .dictionary = job.dictionary}, 1 << 20) ==
        job.body);
}

std::string page_like(int number) {
  std::string body = "<title>" + std::to_string(number) + "</title>";
  for (int i = 0; i < 200; ++i) body += "<b>" + std::to_string(i * (number + 7919) % 9973);
  return body;
}

}  // namespace

TEST_CASE("bodies are packed with the dictionary of their job, however many there are") {
  WorkerProcess worker(real_options());
  for (int turn = 0; turn < 2; ++turn) {
    for (int i = 1; i <= 80; ++i) {
      const std::string body = page_like(i);
      const ParseJob job = job_with(body, static_cast<std::uint64_t>(i));
      check_packed(worker.parse(job, in(20s)), job);
    }
  }
  CHECK(worker.counters().started == 1);
}

TEST_CASE("a worker that is started anew is taught the dictionaries again") {
  WorkerProcess worker(real_options());
  const std::string body = page_like(1);
  ParseJob job = job_with(body, 1);
  check_packed(worker.parse(job, in(20s)), job);
  job.fresh_worker = true;
  check_packed(worker.parse(job, in(20s)), job);
  CHECK(worker.counters().started == 2);
}

TEST_CASE("a page that is announced may bring a dictionary that the worker does not know") {
  WorkerProcess worker(real_options());
  std::vector<std::string> bodies;
  for (int i = 0; i < 12; ++i) bodies.push_back(page_like(i));
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const ParseJob job = job_with(bodies[i], 1 + i / 3);
    const ParseJob next = job_with(bodies[(i + 1) % bodies.size()], 1 + (i + 1) / 3);
    worker.announce(&next);
    const auto outcome = worker.parse(job, in(20s));
    REQUIRE(page_of(outcome) != nullptr);
    CHECK(page_of(outcome)->packed_with_dictionary);
  }
  CHECK(worker.counters().started == 1);
  CHECK(worker.counters().recycled == 0);
}

TEST_CASE("what is no HTML is packed without a dictionary") {
  WorkerProcess worker(real_options());
  const std::string body = page_like(1);
  ParseJob job = job_with(body, 1);
  job.headers.content_type = "text/plain";
  const auto outcome = worker.parse(job, in(20s));
  REQUIRE(page_of(outcome) != nullptr);
  CHECK_FALSE(page_of(outcome)->packed_with_dictionary);
  CHECK(model::unpack(page_of(outcome)->packed_body, 1 << 20) == body);
}

TEST_CASE(
    "a gzipped body is kept as it was sent, or packed with the dictionary where time allows") {
  WorkerProcess worker(real_options());
  const std::string body = page_like(1);
  const std::string sent = tests::deflated(body, tests::Wrap::gzip);
  ParseJob job = job_with(body, 1);
  job.body = sent;
  job.headers.content_encoding = "gzip";
  const auto kept = worker.parse(job, in(20s));
  REQUIRE(page_of(kept) != nullptr);
  CHECK(page_of(kept)->kept_as_sent);
  CHECK_FALSE(page_of(kept)->packed_with_dictionary);
  job.wants.repack = true;
  const auto packed = worker.parse(job, in(20s));
  REQUIRE(page_of(packed) != nullptr);
  CHECK_FALSE(page_of(packed)->kept_as_sent);
  CHECK(model::unpack({.bytes = page_of(packed)->packed_body.bytes, .dictionary = job.dictionary},
                      1 << 20) == body);
  job.dictionary = nullptr;
  CHECK(page_of(worker.parse(job, in(20s)))->kept_as_sent);
}
