#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <thread>

#include "parsers/worker/converter_trial.h"
#include "parsers/worker/worker_converter.h"
#include "tests/unit/worker/worker_fixture.h"

using namespace crawld;
using namespace crawld::parsers;
using namespace crawld::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

namespace {

constexpr std::uint64_t kMost = 1U << 20;

ConverterOptions options(std::chrono::milliseconds timeout = 20s) {
  return {.program = real_worker(), .sandbox = kSandboxPossible, .timeout = timeout};
}

std::vector<std::string> shell(const std::string& script) { return {"/bin/sh", "-c", script}; }

std::string print_of(const std::vector<std::string>& command, const std::string& body = "x") {
  ConverterProcess converter(options());
  const auto print = converter.convert(command, body, kMost);
  return print ? *print : "error: " + print.error().message;
}

bool no_children() { return ::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD; }

}  // namespace

TEST_CASE("a program gets the body, also a large one, and its print comes back") {
  CHECK(print_of({"/bin/cat"}, "some body") == "some body");
  CHECK(print_of({"/usr/bin/wc", "-c"}, std::string(20 << 20, 'x')) == "20971520\n");
  CHECK(print_of({"/bin/cat"}, "").empty());
}

TEST_CASE("a program that does not read its input is as good as one that does") {
  CHECK(print_of({"/bin/echo", "hello"}, std::string(4 << 20, 'x')) == "hello\n");
  CHECK(no_children());
}

TEST_CASE("a program can seek in the body and cannot write it") {
  const auto perl = [](const std::string& script) {
    return print_of({"/usr/bin/perl", "-e", script}, "a body");
  };
  CHECK(perl("seek(STDIN, 2, 0); print <STDIN>; seek(STDIN, 0, 0); print <STDIN>;") ==
        "bodya body");
  // By the seal, or earlier by its limit of files' sizes.
  CHECK_THAT(perl("open(my $f, '>&=', 0); syswrite($f, 'more') or die 'no'; print 'leak';"),
             StartsWith("error: converter /usr/bin/perl "));
}

TEST_CASE("a program that fails is told with its status and the last line of its complaint") {
  CHECK(print_of(shell("echo one >&2; echo 'two\033[1m' >&2; echo >&2; exit 3")) ==
        "error: converter /bin/sh ended with status 3: two\\x1b[1m");
  CHECK(print_of({"/bin/false"}) == "error: converter /bin/false ended with status 1");
  CHECK(print_of(shell("kill -SEGV $$")) == "error: converter /bin/sh was killed by signal 11");
  CHECK_THAT(print_of({"/nonexistent/program"}),
             Contains("converter /nonexistent/program") && Contains("No such file"));
}

TEST_CASE("a program that sleeps, also with its output closed, is killed at its time limit") {
  for (const char* script : {"exec /bin/sleep 100", "exec >&- 2>&-; exec /bin/sleep 100"}) {
    ConverterProcess converter(options(300ms));
    const auto print = converter.convert(shell(script), "x", kMost);
    REQUIRE_FALSE(print.ok());
    CHECK(print.error().message ==
          "converter /bin/sh was killed after 300 ms (parse.convert_timeout)");
    CHECK(no_children());
  }
}

TEST_CASE("a program that prints, or complains, for ever is ended") {
  ConverterProcess converter(options(5s));
  const auto print = converter.convert(shell("while :; do echo spam; done"), "x", 100'000);
  REQUIRE_FALSE(print.ok());
  CHECK(print.error().message == "converter /bin/sh printed more than 100000 bytes");
  ConverterProcess patient(options(300ms));
  const auto complaint = patient.convert(shell("while :; do echo spam >&2; done"), "x", 100'000);
  REQUIRE_FALSE(complaint.ok());
  CHECK_THAT(complaint.error().message, Contains("parse.convert_timeout"));
}

TEST_CASE("a program that is interrupted ends at once, and so does each later one") {
  ConverterProcess converter(options(60s));
  std::thread other([&] { converter.interrupt(); });
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 2; ++i) {
    const auto print = converter.convert({"/bin/sleep", "100"}, "x", kMost);
    REQUIRE_FALSE(print.ok());
    CHECK(print.error().code == base::Error::Code::busy);
  }
  CHECK(std::chrono::steady_clock::now() - start < 30s);
  CHECK(no_children());
  other.join();
}

TEST_CASE("a program takes no more memory than its limit") {
  if (!sandbox_possible()) return;
  auto small = options();
  small.memory = 64U << 20;
  ConverterProcess converter(small);
  const std::vector<std::string> command = {"/usr/bin/perl", "-e",
                                            "$n = 200_000_000; $x = 'x' x $n;"};
  const auto print = converter.convert(command, "x", kMost);
  REQUIRE_FALSE(print.ok());
  CHECK_THAT(print.error().message, Contains("Out of memory"));
}

TEST_CASE("a confined program reads no other file, starts no other program, sees no environment") {
  if (!sandbox_possible()) return;
  CHECK_THAT(print_of({"/bin/cat", "/etc/passwd"}), EndsWith("Permission denied"));
  CHECK_THAT(print_of({"/bin/ls", "/"}), EndsWith("Permission denied"));
  CHECK_THAT(print_of({"/bin/cat", "/proc/self/maps"}), EndsWith("Permission denied"));
  CHECK_THAT(print_of(shell("/bin/true; echo out")), EndsWith("Cannot fork"));
  CHECK_THAT(print_of({"/bin/chmod", "700", "/tmp"}), EndsWith("Operation not permitted"));
  CHECK_THAT(print_of({"/usr/bin/perl", "-MSocket", "-e",
                       "socket(my $s, AF_INET, SOCK_STREAM, 0) or die \"$!\\n\""}),
             EndsWith("Operation not permitted"));
  CHECK(print_of({"/usr/bin/env"}) == "PATH=/usr/local/bin:/usr/bin:/bin\nLANG=C.UTF-8\n");
}

TEST_CASE("the proof of the converters' sandbox passes here and fails on a leak") {
  if (!sandbox_possible()) return;
  CHECK(prove_converter_sandbox(*real_worker()).ok());
  const auto leaky = WorkerProgram::open("/bin/true");
  REQUIRE(leaky.ok());
  const auto status = prove_converter_sandbox(**leaky);
  REQUIRE_FALSE(status.ok());
  CHECK_THAT(status.error().message, Contains("fails its self-test"));
  CHECK(first_converter_leak() == 0);  // outside, the first attempt succeeds
}

TEST_CASE("kill -9 of the parent ends its converter") {
  REQUIRE(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
  const auto forever = options(600s);
  const pid_t parent = ::fork();
  REQUIRE(parent >= 0);
  if (parent == 0) {
    ConverterProcess converter(forever);
    (void)converter.convert({"/bin/sleep", "600"}, "x", kMost);
    ::_exit(0);
  }
  // Where it is: the child of the parent that is called so by now.
  const std::string children =
      "/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children";
  const auto start = std::chrono::steady_clock::now();
  const auto first_number = [&] {
    FILE* file = std::fopen(children.c_str(), "r");
    int pid = 0;
    if (file != nullptr && std::fscanf(file, "%d", &pid) != 1) pid = 0;
    if (file != nullptr) std::fclose(file);
    return pid;
  };
  const auto runs = [&](pid_t pid) {
    char name[32] = {};
    FILE* file = std::fopen(("/proc/" + std::to_string(pid) + "/comm").c_str(), "r");
    if (file != nullptr && std::fgets(name, sizeof name, file) == nullptr) name[0] = 0;
    if (file != nullptr) std::fclose(file);
    return std::string(name) == "sleep\n";
  };
  pid_t child = 0;
  while (!runs(child = first_number())) {
    REQUIRE(std::chrono::steady_clock::now() - start < 60s);
    ::poll(nullptr, 0, 5);
  }
  ::kill(parent, SIGKILL);
  REQUIRE(::waitpid(parent, nullptr, 0) == parent);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);  // would wait for ten minutes
  CHECK(WIFSIGNALED(status));
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}
