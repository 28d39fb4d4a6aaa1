#include "parsers/sandbox_calls.h"

#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>

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

class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_KILL_PROCESS), &seccomp_release) {
    if (!context_) result_ = -ENOMEM;
    keep(seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
  }

  void allow(int call, std::initializer_list<scmp_arg_cmp> where = {}) {
    keep(seccomp_rule_add_array(context_.get(), SCMP_ACT_ALLOW, call,
                                static_cast<unsigned>(where.size()), where.begin()));
  }
  int load() {
    if (result_ == 0) keep(seccomp_load(context_.get()));
    return result_;
  }

 private:
  // The first failure is the one to tell.
  void keep(int result) {
    if (result_ == 0) result_ = result;
  }

  std::unique_ptr<void, decltype(&seccomp_release)> context_;
  int result_ = 0;
};

}  // namespace

base::Status allow_few_calls(int descriptor) {
  const auto fd = static_cast<scmp_datum_t>(descriptor);
  Filter filter;
  filter.allow(SCMP_SYS(read), {SCMP_A0_32(SCMP_CMP_EQ, fd)});
  filter.allow(SCMP_SYS(write), {SCMP_A0_32(SCMP_CMP_EQ, fd)});
  filter.allow(SCMP_SYS(write), {SCMP_A0_32(SCMP_CMP_EQ, STDERR_FILENO)});
  // Memory: anonymous and never executable; there is no mprotect to make it so later.
  filter.allow(SCMP_SYS(mmap), {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                                SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)});
  for (const int call : kPlainCalls) filter.allow(call);
  for (const int call : kAbortCalls) filter.allow(call);
  filter.allow(SCMP_SYS(tgkill), {SCMP_A0_32(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid())),
                                  SCMP_A2_32(SCMP_CMP_EQ, SIGABRT)});
  if (const int result = filter.load(); result != 0) {
    return base::Error{
        base::Error::Code::io,
        std::string("sandbox: cannot load the seccomp filter: ") + std::strerror(-result)};
  }
  return base::Done{};
}

}  // namespace crawld::parsers
