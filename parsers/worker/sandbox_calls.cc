#include "parsers/worker/sandbox_calls.h"

#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <initializer_list>

#include "parsers/worker/call_filter.h"

namespace crawld::parsers {
namespace {

// What computing in memory and answering takes. clock_gettime is a call only where the
// vdso cannot serve it; expat and libxml2 salt their hash tables with getrandom.
constexpr int kPlainCalls[] = {
    SCMP_SYS(brk),          SCMP_SYS(munmap),        SCMP_SYS(mremap),
    SCMP_SYS(madvise),      SCMP_SYS(futex),         SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(clock_gettime), SCMP_SYS(getrandom)};

// abort() needs these. Without them a failed assertion would look like a break-in.
constexpr int kAbortCalls[] = {SCMP_SYS(rt_sigprocmask), SCMP_SYS(gettid), SCMP_SYS(getpid)};

}  // namespace

base::Status allow_few_calls(int descriptor) {
  const auto fd = static_cast<scmp_datum_t>(descriptor);
  CallFilter filter(SCMP_ACT_KILL_PROCESS);
  const auto allow = [&](int call, std::initializer_list<scmp_arg_cmp> where = {}) {
    filter.on(call, SCMP_ACT_ALLOW, where);
  };
  allow(SCMP_SYS(read), {SCMP_A0_32(SCMP_CMP_EQ, fd)});
  allow(SCMP_SYS(write), {SCMP_A0_32(SCMP_CMP_EQ, fd)});
  allow(SCMP_SYS(write), {SCMP_A0_32(SCMP_CMP_EQ, STDERR_FILENO)});
  // Memory: anonymous and never executable; there is no mprotect to make it so later.
  allow(SCMP_SYS(mmap), {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                         SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)});
  for (const int call : kPlainCalls) allow(call);
  for (const int call : kAbortCalls) allow(call);
  allow(SCMP_SYS(tgkill), {SCMP_A0_32(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid())),
                           SCMP_A2_32(SCMP_CMP_EQ, SIGABRT)});
  return filter.load();
}

}  // namespace crawld::parsers
