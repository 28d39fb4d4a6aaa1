#include "parsers/worker/converter_sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <utility>
#include <vector>

#include "parsers/worker/converter_calls.h"
#include "parsers/worker/sandbox.h"
#include "parsers/worker/sandbox_steps.h"

namespace crawld::parsers {
namespace {

using base::Error;
using base::Status;

constexpr rlim_t kDescriptors = 64;
// Threads and processes of the user, the daemon's among them, with which a converter starts no
// more: below what systemd gives a unit, so that some are left for the daemon. Not for root.
constexpr rlim_t kTasks = 4'096;

// Of /etc no more than the loader and fontconfig ask for: other files there hold secrets, the
// configuration of crawld among them.
constexpr FileGrant kSystem[] = {{"/usr", FileUse::run},
                                 {"/bin", FileUse::run},
                                 {"/sbin", FileUse::run},
                                 {"/lib", FileUse::run},
                                 {"/lib32", FileUse::run},
                                 {"/lib64", FileUse::run},
                                 {"/etc/ld.so.cache", FileUse::read},
                                 {"/etc/fonts", FileUse::read},
                                 {"/dev/null", FileUse::write},
                                 {"/dev/zero", FileUse::read},
                                 {"/dev/urandom", FileUse::read}};

Status set_converter_limits(const ConverterLimits& limits) {
  // A sanitizer needs terabytes of address space before main().
  const rlim_t memory = kSandboxPossible ? limits.memory : RLIM_INFINITY;
  const rlim_t cpu = limits.cpu_seconds;
  const std::pair<__rlimit_resource, rlimit> all[] = {
      {RLIMIT_AS, {memory, memory}},
      {RLIMIT_CPU, {cpu, cpu + 1}},  // SIGXCPU first: it tells the parent what happened
      {RLIMIT_NOFILE, {kDescriptors, kDescriptors}},
      {RLIMIT_NPROC, {kTasks, kTasks}},
      {RLIMIT_FSIZE, {0, 0}},
      {RLIMIT_CORE, {0, 0}},
      {RLIMIT_MEMLOCK, {0, 0}},
  };
  return set_limits(all);
}

Status forbid_other_files(const std::string& program) {
  std::vector<FileGrant> granted(std::begin(kSystem), std::end(kSystem));
  granted.push_back({program.c_str(), FileUse::run});
  const auto forbidden = forbid_files(granted);
  if (!forbidden) return forbidden.error();
  if (*forbidden) return base::Done{};
  // Without it the program could read the database and write it.
  return Error{Error::Code::io,
               "sandbox: the kernel has no Landlock, without which no converter is run"};
}

}  // namespace

Status enter_converter_sandbox(const ConverterLimits& limits) {
  if (limits.sandbox) {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
      return sandbox_refused("PR_SET_NO_NEW_PRIVS");
    }
    if (auto status = forbid_other_files(limits.program); !status) return status;
    if (auto status = drop_capabilities(); !status) return status;
    if (auto status = refuse_calls_to_converter(); !status) return status;
  }
  // Last: the walls took memory, and descriptors, of their own.
  return set_converter_limits(limits);
}

}  // namespace crawld::parsers
