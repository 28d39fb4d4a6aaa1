#include "parsers/worker/sandbox_trial.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace crawld::parsers {
namespace {

struct Trial {
  std::string_view name;
  void (*attempt)();
};

// Raw system calls: what the library would check first must not hide the answer.
constexpr Trial kTrials[] = {
    {"open", [] { ::syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY); }},
    {"socket", [] { ::syscall(SYS_socket, AF_INET, SOCK_STREAM, 0); }},
    {"connect", [] { ::syscall(SYS_connect, 3, nullptr, 0); }},
    {"fork", [] { ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }},
    {"exec", [] { ::syscall(SYS_execve, "/bin/true", nullptr, nullptr); }},
    {"ptrace", [] { ::syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0); }},
    {"mprotect",
     [] {
       void* page =
           ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
       ::syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC);
     }},
    {"kill", [] { ::syscall(SYS_kill, ::getppid(), 0); }},
};

}  // namespace

std::span<const std::string_view> sandbox_trials() {
  static constexpr auto kNames = [] {
    std::array<std::string_view, std::size(kTrials)> names;
    std::transform(std::begin(kTrials), std::end(kTrials), names.begin(),
                   [](const Trial& trial) { return trial.name; });
    return names;
  }();
  return kNames;
}

bool attempt_forbidden(std::string_view name) {
  const auto* trial = std::find_if(std::begin(kTrials), std::end(kTrials),
                                   [&](const Trial& t) { return t.name == name; });
  if (trial == std::end(kTrials)) return false;
  trial->attempt();
  return true;
}

}  // namespace crawld::parsers
