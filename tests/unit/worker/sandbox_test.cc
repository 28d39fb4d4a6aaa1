#include "parsers/worker/sandbox.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>

#include "parsers/worker/sandbox_trial.h"
#include "parsers/worker/worker_exit.h"
#include "tests/support/folder.h"
#include "tests/unit/worker/worker_fixture.h"

using namespace crawld;
using namespace crawld::parsers;
using namespace crawld::test;
using namespace std::chrono_literals;

namespace {

// The wait status of a worker that ran this self-test.
int run_self_test(std::string_view trial) {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  const base::Fd ours(ends[0]);
  const base::Fd theirs(ends[1]);
  const auto pid = real_worker()->start({"--self-test=" + std::string(trial)}, theirs.get());
  REQUIRE(pid.ok());
  int status = 0;
  REQUIRE(::waitpid(*pid, &status, 0) == *pid);
  return status;
}

std::string output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe))
    out.append(buffer, got);
  ::pclose(pipe);
  return out;
}

std::string status_line(pid_t pid, const std::string& key) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key + ":"))
      return line.substr(line.find_first_not_of(" \t", key.size() + 1));
  }
  return {};
}

}  // namespace

TEST_CASE("a sandboxed worker dies of each forbidden thing it tries") {
  if (!sandbox_possible()) return;
  for (const std::string_view trial : sandbox_trials()) {
    CAPTURE(trial);
    const int status = run_self_test(trial);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGSYS);
  }
  const int status = run_self_test("none");
  CHECK(WIFEXITED(status));  // it is the attempt that kills, not the sandbox
  CHECK(WEXITSTATUS(status) == kExitDone);
}

TEST_CASE("the self-test that the daemon runs at its start passes here and fails on a leak") {
  if (!sandbox_possible()) {
    CHECK_FALSE(prove_sandbox(*real_worker()).ok());
    return;
  }
  CHECK(prove_sandbox(*real_worker()).ok());
  const auto leaky = WorkerProgram::open("/bin/true");
  REQUIRE(leaky.ok());
  const auto status = prove_sandbox(**leaky);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().message.find("fails its self-test") != std::string::npos);
}

TEST_CASE(
    "a self-test that somebody kills is tried once more, and is not held against the sandbox") {
  if (!sandbox_possible()) return;
  const tests::Folder folder;
  const std::string runs = folder.file("runs");
  const auto proves = GENERATE(true, false);
  const std::string script = folder.file("worker");
  std::ofstream(script) << "#!/bin/sh\necho >> " << runs << "\n"
                        << (proves ? "[ $(wc -l < " + runs + ") = 2 ] && exit 70\n" : "")
                        << "kill -9 $$\n";
  REQUIRE(::chmod(script.c_str(), 0755) == 0);
  const auto program = WorkerProgram::open(script);
  REQUIRE(program.ok());
  const auto prove = GENERATE(&prove_sandbox, &prove_converter_sandbox);
  const auto status = prove(**program, kSelfTestPatience);
  CHECK(output_of("wc -l < " + runs) == "2\n");
  CHECK(status.ok() == proves);
  if (!proves) {
    CHECK(status.error().message.find("killed twice") != std::string::npos);
    CHECK(status.error().message.find("sandbox: off") == std::string::npos);
  }
}

TEST_CASE("a self-test that hangs is ended and told of as that") {
  if (!sandbox_possible()) return;
  const tests::Folder folder;
  const std::string script = folder.file("worker");
  std::ofstream(script) << "#!/bin/sh\nsleep 20 &\nwait\n";
  REQUIRE(::chmod(script.c_str(), 0755) == 0);
  const auto program = WorkerProgram::open(script);
  REQUIRE(program.ok());
  const auto prove = GENERATE(&prove_build, &prove_sandbox, &prove_converter_sandbox);
  const auto status = prove(**program, 50ms);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().message.find("the self-test of " + script + " did not end within 50 ms") ==
        0);
}

TEST_CASE("of what a worker that does not start says one line is told") {
  if (!sandbox_possible()) return;
  const tests::Folder folder;
  const std::string script = folder.file("worker");
  std::ofstream(script) << "#!/bin/sh\necho 'lacks a library' >&2\n"
                        << "while [ $((n += 1)) -le 300 ]; do echo x >&2; done\nexit 127\n";
  REQUIRE(::chmod(script.c_str(), 0755) == 0);
  const auto program = WorkerProgram::open(script);
  REQUIRE(program.ok());
  const auto prove = GENERATE(&prove_build, &prove_sandbox, &prove_converter_sandbox);
  const auto status = prove(**program, kSelfTestPatience);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().message.find("lacks a library; ") != std::string::npos);
}

TEST_CASE("a worker has no privileges, no descriptors, no environment, and a filter") {
  if (!sandbox_possible()) return;
  WorkerProcess worker(real_options());
  REQUIRE(std::holds_alternative<model::ParsedPage>(
      worker.parse({.url = "http://a.test/", .body = "x"}, in(20s))));
  const pid_t pid = worker.pid();
  CHECK(status_line(pid, "Seccomp") == "2");
  CHECK(status_line(pid, "NoNewPrivs") == "1");
  CHECK(status_line(pid, "CapEff") == "0000000000000000");
  CHECK(status_line(pid, "CapPrm") == "0000000000000000");
  CHECK(status_line(pid, "Threads") == "1");
  CHECK(status_line(pid, "Name") == "crawld-parse");
  const std::string proc = "/proc/" + std::to_string(pid);
  if (::access((proc + "/fd").c_str(), R_OK | X_OK) != 0) {
    WARN("not proved: only root may list the descriptors of a process that cannot be traced");
  } else {
    CHECK(output_of("ls " + proc + "/fd") == "0\n1\n2\n3\n");
    CHECK(output_of("cat " + proc + "/environ").empty());
    CHECK(output_of("cat " + proc + "/oom_score_adj") == "1000\n");
    CHECK(output_of("cat " + proc +
                    "/limits | grep -c -E "
                    "'(file size|core file size|processes) +0 +0'") == "3\n");
  }
}

TEST_CASE("a worker takes no more memory than its limit, and the page is booked as that") {
  if (!sandbox_possible()) return;
  auto options = real_options();
  options.page_memory = 24ULL << 20;
  WorkerProcess worker(options);
  const std::string body(64 << 20, 'x');
  const auto failure = failure_of(worker.parse({.url = "http://a.test/", .body = body}, in(20s)));
  CHECK(failure.kind == model::ParseFailureKind::memory);
  CHECK(failure.detail == "out of its 24 MiB");
}

TEST_CASE("crawld-parse links no curl, no SQLite, no YAML") {
  const std::string libraries = output_of("ldd " + build_folder() + "/crawld-parse");
  REQUIRE(libraries.find("libc.so") != std::string::npos);
  for (const char* hostile : {"curl", "sqlite", "yaml", "ssl", "cares", "psl"}) {
    CAPTURE(hostile);
    CHECK(libraries.find(hostile) == std::string::npos);
  }
}

TEST_CASE("kill -9 of the parent ends its worker within two seconds") {
  // A child of this test is the parent; it tells its worker's pid over a pipe. This process
  // becomes the reaper of orphans, so it can wait for the worker's end.
  REQUIRE(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
  const auto options = real_options();
  int tell[2];
  REQUIRE(::pipe(tell) == 0);
  const pid_t parent = ::fork();
  REQUIRE(parent >= 0);
  if (parent == 0) {
    WorkerProcess worker(options);
    (void)worker.parse({.url = "http://a.test/", .body = "x"}, in(20s));
    const pid_t pid = worker.pid();
    if (::write(tell[1], &pid, sizeof pid) != sizeof pid) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  pid_t worker = 0;
  REQUIRE(::read(tell[0], &worker, sizeof worker) == sizeof worker);
  REQUIRE(worker > 0);
  const auto killed = std::chrono::steady_clock::now();
  ::kill(parent, SIGKILL);
  REQUIRE(::waitpid(parent, nullptr, 0) == parent);
  int status = 0;
  while (::waitpid(worker, &status, WNOHANG) == 0) {
    REQUIRE(std::chrono::steady_clock::now() - killed < 60s);
    ::poll(nullptr, 0, 5);
  }
  CHECK((WIFSIGNALED(status) || WIFEXITED(status)));
  ::close(tell[0]);
  ::close(tell[1]);
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}
