#include "parsers/worker/sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <initializer_list>
#include <utility>

#include "crawler/base/fd.h"
#include "parsers/worker/sandbox_calls.h"
#include "parsers/worker/sandbox_steps.h"

namespace crawld::parsers {
namespace {

using base::Done;
using base::Error;
using base::Fd;
using base::Status;

// Bytes of address space in use. The limit counts from here: program and libraries map
// some 70 MB before the first page.
base::Result<std::uint64_t> address_space() {
  const Fd file(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  char text[64] = {};
  if (!file.open() || ::read(file.get(), text, sizeof text - 1) <= 0) {
    return sandbox_refused("cannot read /proc/self/statm");
  }
  unsigned long long pages = 0;
  if (std::sscanf(text, "%llu", &pages) != 1) return sandbox_refused("odd /proc/self/statm");
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

Status set_worker_limits(const SandboxLimits& limits, std::uint64_t in_use) {
  const auto descriptors = static_cast<rlim_t>(limits.descriptor) + 1;
  const rlim_t cpu = limits.cpu_seconds;
  const std::initializer_list<std::pair<__rlimit_resource, rlimit>> all = {
      {RLIMIT_AS, {in_use + limits.memory, in_use + limits.memory}},
      {RLIMIT_CPU, {cpu, cpu + 1}},  // SIGXCPU first: it tells the parent what happened
      {RLIMIT_NOFILE, {descriptors, descriptors}},
      {RLIMIT_NPROC, {0, 0}},
      {RLIMIT_FSIZE, {0, 0}},
      {RLIMIT_CORE, {0, 0}},
      {RLIMIT_MEMLOCK, {0, 0}},
  };
  return set_limits({all.begin(), all.size()});
}

// Best effort: without /proc the process is merely not the OOM killer's favourite.
void volunteer_for_oom_killer() {
  const Fd file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (file.open() && ::write(file.get(), "1000", 4) != 4) return;
}

}  // namespace

Status leave_parent(const SandboxLimits& limits) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return sandbox_refused("PR_SET_PDEATHSIG");
  // The parent may have ended before the call above could take effect.
  if (limits.parent != 0 && ::getppid() != limits.parent) {
    return Error{Error::Code::not_found, "sandbox: the parent is gone"};
  }
  if (::close_range(static_cast<unsigned>(limits.descriptor) + 1, ~0U, 0) != 0) {
    return sandbox_refused("close_range");
  }
  ::signal(SIGPIPE, SIG_IGN);
  volunteer_for_oom_killer();
  return Done{};
}

base::Result<std::uint32_t> enter_sandbox(const SandboxLimits& limits) {
  std::uint32_t defences = kLimits | kFewCalls;
  const auto in_use = address_space();
  if (!in_use) return in_use.error();
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return sandbox_refused("PR_SET_DUMPABLE");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return sandbox_refused("PR_SET_NO_NEW_PRIVS");
  const auto no_files = forbid_files();
  if (!no_files) return no_files.error();
  if (*no_files) defences |= kNoFiles;
  if (auto status = set_worker_limits(limits, *in_use); !status) return status.error();
  if (auto status = drop_capabilities(); !status) return status.error();
  if (auto status = allow_few_calls(limits.descriptor); !status) return status.error();
  return defences;
}

}  // namespace crawld::parsers
