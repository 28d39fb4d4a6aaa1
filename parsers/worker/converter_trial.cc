#include "parsers/worker/converter_trial.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace crawld::parsers {
namespace {

struct Trial {
  std::string_view name;
  int refusal;  // errno
  long (*attempt)();
};

// Raw system calls: what the library would check first must not hide the answer.
constexpr Trial kTrials[] = {
    {"read", EACCES, [] { return ::syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY); }},
    {"list", EACCES, [] { return ::syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY | O_DIRECTORY); }},
    {"chmod", EPERM, [] { return ::syscall(SYS_fchmodat, AT_FDCWD, "/", 0755); }},
    {"socket", EPERM, [] { return ::syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0); }},
    {"fork", EPERM, [] { return ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }},
    {"ptrace", EPERM, [] { return ::syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0); }},
    {"kill", EPERM, [] { return ::syscall(SYS_kill, ::getppid(), 0); }},
    {"own", EPERM, [] { return ::syscall(SYS_fcntl, STDIN_FILENO, F_SETOWN, ::getppid()); }},
    {"slow", EPERM,
     [] {
       const unsigned long first_core = 1;
       return ::syscall(SYS_sched_setaffinity, ::getppid(), sizeof first_core, &first_core);
     }},
    {"outlive", EPERM, [] { return ::syscall(SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0); }},
};

}  // namespace

std::span<const std::string_view> converter_trials() {
  static constexpr auto kNames = [] {
    std::array<std::string_view, std::size(kTrials)> names;
    std::transform(std::begin(kTrials), std::end(kTrials), names.begin(),
                   [](const Trial& trial) { return trial.name; });
    return names;
  }();
  return kNames;
}

std::size_t first_converter_leak() {
  const auto* leak = std::find_if(std::begin(kTrials), std::end(kTrials), [](const Trial& trial) {
    errno = 0;
    return trial.attempt() >= 0 || errno != trial.refusal;
  });
  return static_cast<std::size_t>(leak - std::begin(kTrials));
}

}  // namespace crawld::parsers
