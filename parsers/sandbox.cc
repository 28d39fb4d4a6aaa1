#include "parsers/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "crawler/base/fd.h"
#include "parsers/sandbox_calls.h"

namespace crawld::parsers {
namespace {

using base::Done;
using base::Error;
using base::Fd;
using base::Status;

Error refused(std::string_view what) {
  return Error{Error::Code::io, "sandbox: " + std::string(what) + ": " + std::strerror(errno)};
}

// Bytes of address space in use. The limit counts from here: program and libraries map
// some 70 MB before the first page.
base::Result<std::uint64_t> address_space() {
  const Fd file(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  char text[64] = {};
  if (!file.open() || ::read(file.get(), text, sizeof text - 1) <= 0) {
    return refused("cannot read /proc/self/statm");
  }
  unsigned long long pages = 0;
  if (std::sscanf(text, "%llu", &pages) != 1) return refused("odd /proc/self/statm");
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

Status set_limits(const SandboxLimits& limits, std::uint64_t in_use) {
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
  for (auto [resource, limit] : all) {
    rlimit given{};  // a limit that holds for the daemon is not raised
    if (::getrlimit(resource, &given) != 0) return refused("getrlimit");
    limit.rlim_max = std::min(limit.rlim_max, given.rlim_max);
    limit.rlim_cur = std::min(limit.rlim_cur, limit.rlim_max);
    if (::setrlimit(resource, &limit) != 0) return refused("setrlimit");
  }
  return Done{};
}

Status drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (::syscall(SYS_capset, &header, none) != 0) return refused("capset");
  return Done{};
}

// All rights that this kernel's Landlock knows are handled and none is granted.
// True when it holds, false when the kernel has no Landlock or may not use it.
base::Result<bool> forbid_files() {
  struct Ruleset {  // landlock_ruleset_attr as of ABI 6; older kernels take a front part of it
    std::uint64_t handled_access_fs;
    std::uint64_t handled_access_net;
    std::uint64_t scoped;
  };
  const long abi =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return false;
  Ruleset attributes{(1ULL << 13) - 1, 0, 0};
  std::size_t size = sizeof attributes.handled_access_fs;
  if (abi >= 2) attributes.handled_access_fs |= 1ULL << 13;  // refer
  if (abi >= 3) attributes.handled_access_fs |= 1ULL << 14;  // truncate
  if (abi >= 5) attributes.handled_access_fs |= 1ULL << 15;  // ioctl of devices
  if (abi >= 4) {
    attributes.handled_access_net = 3;  // bind and connect of TCP
    size += sizeof attributes.handled_access_net;
  }
  if (abi >= 6) {
    attributes.scoped = 3;  // abstract sockets and signals of others
    size += sizeof attributes.scoped;
  }
  const Fd rules(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0)));
  if (!rules.open()) return refused("landlock_create_ruleset");
  if (::syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0) {
    return refused("landlock_restrict_self");
  }
  return true;
}

// Best effort: without /proc the process is merely not the OOM killer's favourite.
void volunteer_for_oom_killer() {
  const Fd file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (file.open() && ::write(file.get(), "1000", 4) != 4) return;
}

}  // namespace

Status leave_parent(const SandboxLimits& limits) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return refused("PR_SET_PDEATHSIG");
  // The parent may have ended before the call above could take effect.
  if (limits.parent != 0 && ::getppid() != limits.parent) {
    return Error{Error::Code::not_found, "sandbox: the parent is gone"};
  }
  if (::close_range(static_cast<unsigned>(limits.descriptor) + 1, ~0U, 0) != 0) {
    return refused("close_range");
  }
  ::signal(SIGPIPE, SIG_IGN);
  volunteer_for_oom_killer();
  return Done{};
}

base::Result<std::uint32_t> enter_sandbox(const SandboxLimits& limits) {
  std::uint32_t defences = kLimits | kFewCalls;
  const auto in_use = address_space();
  if (!in_use) return in_use.error();
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return refused("PR_SET_DUMPABLE");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("PR_SET_NO_NEW_PRIVS");
  const auto no_files = forbid_files();
  if (!no_files) return no_files.error();
  if (*no_files) defences |= kNoFiles;
  if (auto status = set_limits(limits, *in_use); !status) return status.error();
  if (auto status = drop_capabilities(); !status) return status.error();
  if (auto status = allow_few_calls(limits.descriptor); !status) return status.error();
  return defences;
}

}  // namespace crawld::parsers
