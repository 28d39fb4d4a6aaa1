#include "parsers/worker/worker_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "crawler/base/ascii.h"
#include "parsers/worker/converter_trial.h"
#include "parsers/worker/sandbox.h"
#include "parsers/worker/sandbox_trial.h"
#include "parsers/worker/wire.h"
#include "parsers/worker/worker_exit.h"

namespace crawld::parsers {
namespace {

using base::Error;
using base::Fd;

constexpr int kSocket = 3;
constexpr int kProgram = 4;      // while it is being started
constexpr int kFirstUnused = 5;  // from here on all is closed

Error io_error(const std::string& what, int code) {
  return Error{Error::Code::io, what + ": " + std::strerror(code)};
}

base::Result<std::string> folder_of_this_program() {
  std::string path(4096, '\0');
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  if (size <= 0) {
    return io_error("cannot read /proc/self/exe (workers are not started without /proc)", errno);
  }
  path.resize(static_cast<std::size_t>(size));
  return path.substr(0, path.rfind('/'));
}

// A copy of `fd` above the numbers that the child's own descriptors will take.
Fd out_of_the_way(int fd) { return Fd(::fcntl(fd, F_DUPFD_CLOEXEC, kFirstUnused)); }

class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    // A session of its own: Ctrl-C at the terminal is for crawld, which drains in peace.
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  void place(int fd, int as) { keep(::posix_spawn_file_actions_adddup2(&actions_, fd, as)); }
  void close_from(int fd) { keep(::posix_spawn_file_actions_addclosefrom_np(&actions_, fd)); }
  // The error number, or 0.
  int run(pid_t& pid, const char* program, char* const* arguments) {
    char* const no_environment[] = {nullptr};
    if (error_ == 0) {
      keep(::posix_spawn(&pid, program, &actions_, &attributes_, arguments, no_environment));
    }
    return error_;
  }

 private:
  void keep(int error) {
    if (error_ == 0) error_ = error;
  }

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
  int error_ = 0;
};

constexpr std::string_view kNoTrial = "all";

// The trial that a self-test with this wait status ended at.
std::string_view failed_trial(int status, std::span<const std::string_view> trials) {
  const int number = WIFEXITED(status) ? WEXITSTATUS(status) - kExitTrial : -1;
  const bool known = number >= 0 && static_cast<std::size_t>(number) < trials.size();
  return known ? trials[static_cast<std::size_t>(number)] : kNoTrial;
}

}  // namespace

base::Result<std::shared_ptr<const WorkerProgram>> WorkerProgram::open(const std::string& path) {
  std::vector<std::string> places{path};
  if (path.empty()) {
    const auto here = folder_of_this_program();
    if (!here) return here.error();
    places = {*here + "/crawld-parse", *here + "/../libexec/crawld/crawld-parse"};
  }
  for (const auto& place : places) {
    Fd file(::open(place.c_str(), O_PATH | O_CLOEXEC));
    if (!file.open()) continue;
    Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null.open()) return io_error("cannot open /dev/null", errno);
    return std::shared_ptr<const WorkerProgram>(
        new WorkerProgram(place, std::move(file), std::move(null)));
  }
  return Error{Error::Code::not_found, "cannot find the parse worker at " + places.front() +
                                           "; it is installed together with crawld"};
}

base::Result<pid_t> WorkerProgram::start(const std::vector<std::string>& arguments,
                                         int socket) const {
  const int null = null_.get();
  const std::pair<int, int> placed[] = {{null, 0}, {null, 1}, {null, 2}, {socket, kSocket}};
  return launch(arguments, placed);
}

base::Result<pid_t> WorkerProgram::start(const std::vector<std::string>& arguments,
                                         const Streams& streams) const {
  const std::pair<int, int> placed[] = {{streams.in, 0}, {streams.out, 1}, {streams.error, 2}};
  return launch(arguments, placed);
}

base::Result<pid_t> WorkerProgram::launch(const std::vector<std::string>& arguments,
                                          std::span<const std::pair<int, int>> placed) const {
  SpawnPlan plan;
  std::vector<Fd> copies;
  const auto place = [&](int fd, int as) {
    copies.push_back(out_of_the_way(fd));
    if (copies.back().open()) plan.place(copies.back().get(), as);
    return copies.back().open();
  };
  for (const auto& [fd, as] : placed) {
    if (!place(fd, as)) return io_error("cannot hand a child its files", errno);
  }
  if (!place(file_.get(), kProgram)) return io_error("cannot hand a child its files", errno);
  plan.close_from(kFirstUnused);

  std::vector<std::string> words = arguments;
  words.insert(words.begin(), "crawld-parse");
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  const std::string program = "/proc/self/fd/" + std::to_string(kProgram);
  pid_t pid = 0;
  if (const int error = plan.run(pid, program.c_str(), pointers.data()); error != 0) {
    return io_error("cannot start " + path_, error);
  }
  return pid;
}

namespace {

using Patience = std::chrono::milliseconds;

// The wait status of a self-test that has ended or, after `patience`, is killed: one that hangs
// must not hold up a start, which nothing else ends.
base::Result<int> status_of(const WorkerProgram& program, pid_t pid, Patience patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  const Fd ended(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  int status = 0;
  while (::waitpid(pid, &status, WNOHANG) != pid) {
    const auto left = std::chrono::ceil<Patience>(until - std::chrono::steady_clock::now()).count();
    if (left <= 0) {
      ::kill(-pid, SIGKILL);  // it leads a session of its own
      while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
      }
      return Error{Error::Code::io, "the self-test of " + program.path() + " did not end within " +
                                        std::to_string(patience.count()) +
                                        " ms; install crawld anew, or see what stops its worker"};
    }
    // Without a descriptor its end is found with the next look.
    pollfd end{ended.get(), POLLIN, 0};
    ::poll(&end, 1, static_cast<int>(ended.open() ? left : std::min<long>(left, 10)));
  }
  return status;
}

// The first line that a self-test wrote to its standard error, and how it ended.
struct SelfTest {
  std::string said;
  int status = 0;
  bool proved() const { return WIFEXITED(status) && WEXITSTATUS(status) == kExitProved; }
};

base::Result<SelfTest> run_self_test(const WorkerProgram& program, const std::string& trial,
                                     Patience patience) {
  int ends[2];
  // What it started may hold the other end for longer than it lives.
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return io_error("cannot make a pipe", errno);
  const Fd ours(ends[0]);
  Fd theirs(ends[1]);
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const auto pid = program.start({"--self-test=" + trial},
                                 {.in = null.get(), .out = null.get(), .error = theirs.get()});
  if (!pid) return pid.error();
  theirs.reset();
  const auto status = status_of(program, *pid, patience);
  if (!status) return status.error();
  SelfTest test{.said = std::string(512, '\0'), .status = *status};
  const ssize_t size = ::read(ours.get(), test.said.data(), test.said.size());
  test.said.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  // A loader, or what is no worker of ours, may go on for pages.
  const std::string_view said = base::trim(test.said);
  test.said = std::string(base::trim(said.substr(0, said.find('\n'))));
  return test;
}

// Of the worker's self-test: its wait status.
base::Result<int> run_all_trials(const WorkerProgram& program, Patience patience) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return io_error("cannot make a socket pair", errno);
  }
  const Fd ours(ends[0]);
  const Fd theirs(ends[1]);
  const auto pid = program.start({"--self-test=all"}, theirs.get());
  if (!pid) return pid.error();
  return status_of(program, *pid, patience);
}

// Nothing in a self-test ends so: it was somebody outside, who says nothing of the sandbox.
bool was_killed(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }

bool is_code_of_ours(int status) {
  return !WIFEXITED(status) ||
         (WEXITSTATUS(status) >= kExitUsage && WEXITSTATUS(status) <= kExitNotRun);
}

// It did not come as far as its own exit codes: the loader told which library it lacks.
Error not_loaded(const WorkerProgram& program, const std::string& said) {
  return {Error::Code::io, "cannot start " + program.path() + ": " + said +
                               "; install what it lacks, or crawld anew"};
}

Error killed_twice(const WorkerProgram& program) {
  return {Error::Code::io, "the self-test of " + program.path() +
                               " was killed twice (SIGKILL), mostly for want of memory: see the "
                               "kernel's log (dmesg), and start again"};
}

}  // namespace

base::Status prove_build(const WorkerProgram& program, Patience patience) {
  auto test = run_self_test(program, "build", patience);
  if (test && was_killed(test->status)) test = run_self_test(program, "build", patience);
  if (!test) return std::move(test).error();
  if (was_killed(test->status)) return killed_twice(program);
  if (test->proved() && test->said == wire_build_id()) return base::Done{};
  if (!is_code_of_ours(test->status) && !test->said.empty()) return not_loaded(program, test->said);
  return Error{Error::Code::io, "the parse worker " + program.path() +
                                    " is of another build than this crawld; install both anew"};
}

base::Status prove_sandbox(const WorkerProgram& program, Patience patience) {
  if (!kSandboxPossible) {
    return Error{Error::Code::invalid,
                 "a sanitizer build has no sandbox; set sandbox: off to run without"};
  }
  auto ended = run_all_trials(program, patience);
  if (ended && was_killed(*ended)) ended = run_all_trials(program, patience);
  if (!ended) return std::move(ended).error();
  const int status = *ended;
  if (was_killed(status)) return killed_twice(program);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitProved) return base::Done{};
  const std::string failed(failed_trial(status, sandbox_trials()));
  if (failed == kNoTrial && !is_code_of_ours(status)) {
    const auto again = run_self_test(program, "all", patience);
    if (again && !again->said.empty()) return not_loaded(program, again->said);
  }
  return Error{Error::Code::io,
               "the sandbox of " + program.path() + " fails its self-test \"" + failed +
                   "\"; fix what keeps it from seccomp, or set sandbox: off at your own risk"};
}

base::Status prove_converter_sandbox(const WorkerProgram& program, Patience patience) {
  auto test = run_self_test(program, "converter", patience);
  if (test && was_killed(test->status)) test = run_self_test(program, "converter", patience);
  if (!test) return std::move(test).error();
  if (test->proved()) return base::Done{};
  if (was_killed(test->status)) return killed_twice(program);
  const std::string failed(failed_trial(test->status, converter_trials()));
  return Error{Error::Code::io,
               "the sandbox of converters: " +
                   (test->said.empty() ? "it fails its self-test \"" + failed + "\"" : test->said) +
                   "; take out parse.convert, or set sandbox: off at your own risk"};
}

}  // namespace crawld::parsers
