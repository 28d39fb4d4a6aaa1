#include "crawler/daemon/exec_hook.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iterator>

#include "crawler/base/fd.h"

extern char** environ;

namespace crawld::daemon {
namespace {

using base::Error;
using base::Fd;
using base::Status;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kLook{20};  // how often it is looked whether we are to stop

Error cannot(const std::string& program, int code) {
  return {Error::Code::io, "cannot run " + program + ": " + std::strerror(code)};
}

// Starts it with `in` as its stdin. The signal mask of our threads is not its own.
base::Result<pid_t> start(const std::vector<std::string>& command, int in) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int error = posix_spawn(&child, command.front().c_str(), &actions, &attributes,
                                arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return cannot(command.front(), error);
  return child;
}

// Writes what there is room for. False once the reader is gone.
bool write_some(int fd, const std::string& text, std::size_t& written) {
  const ssize_t n = ::write(fd, text.data() + written, text.size() - written);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  written += static_cast<std::size_t>(n);
  return true;
}

Status judge(const std::string& program, int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return base::Done{};
  const bool exited = WIFEXITED(status);
  return Error{Error::Code::io,
               program + (exited ? " ended with status " : " was killed by signal ") +
                   std::to_string(exited ? WEXITSTATUS(status) : WTERMSIG(status))};
}

}  // namespace

Status run_with_stdin(const std::vector<std::string>& command, const std::string& text,
                      milliseconds timeout, const std::stop_token& stop) {
  // A program that reads less than it is given must not take us along; write() tells.
  static const bool ignored = std::signal(SIGPIPE, SIG_IGN) != SIG_ERR;
  if (!ignored) return cannot(command.front(), errno);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return cannot(command.front(), errno);
  Fd out(ends[1]);
  pid_t child = 0;
  {
    const Fd in(ends[0]);
    auto started = start(command, in.get());
    if (!started) return std::move(started).error();
    child = *started;
  }
  ::fcntl(out.get(), F_SETFL, O_NONBLOCK);
  // Readable once it has ended. Where there is none its end is found with the next look.
  const Fd ended(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  const auto until = Clock::now() + timeout;
  std::size_t written = 0;
  while (true) {
    const bool taken = !out.open() || write_some(out.get(), text, written);
    if (!taken || written == text.size()) out.reset();  // end of file for the reader
    int status = 0;
    if (::waitpid(child, &status, WNOHANG) == child) return judge(command.front(), status);
    if (Clock::now() >= until || stop.stop_requested()) break;
    // poll() passes over a descriptor below zero.
    pollfd waits[] = {{out.open() ? out.get() : -1, POLLOUT, 0}, {ended.get(), POLLIN, 0}};
    ::poll(waits, std::size(waits), static_cast<int>(kLook.count()));
  }
  ::kill(-child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return Error{Error::Code::busy, command.front() + " took longer than " +
                                      std::to_string(timeout.count()) + " ms and was killed"};
}

}  // namespace crawld::daemon
