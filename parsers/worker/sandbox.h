// enter_sandbox(): from here on this process can compute, use its memory, talk over the
// descriptors it holds, and end. Nothing else.
//
// What a compromised parser must not be able to do is refused several times over: no
// descriptor but its own is open and none can be opened (RLIMIT_NOFILE), Landlock takes away
// the file system and TCP, capabilities are dropped, and seccomp ends the process at any
// system call that is not on the list in sandbox_calls.cc. It dies with its parent
// (PR_SET_PDEATHSIG), cannot be traced or dumped, and is the OOM killer's first choice.
//
// Everything that needs a file, a thread or an unusual call must have happened before:
// locale, time zone, ICU data, lazily built tables. The caller warms up first.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "crawler/base/result.h"

namespace crawld::parsers {

// What holds after enter_sandbox(), as bits.
enum Defence : std::uint32_t {
  kLimits = 1,    // rlimits
  kNoFiles = 2,   // Landlock; the only one that a kernel may lack
  kFewCalls = 4,  // seccomp
};

struct SandboxLimits {
  int descriptor = 3;                   // the only one that stays open, besides 0, 1 and 2
  pid_t parent = 0;                     // this process ends when that one does
  std::uint64_t memory = 256ULL << 20;  // bytes of address space beyond what is in use now
  std::uint32_t cpu_seconds = 600;      // of the whole life of the process
};

// Sanitizers reserve terabytes of address space and make calls of their own: in such a
// build the sandbox cannot work and callers must run without it, and say so.
inline constexpr bool kSandboxPossible =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
    false;
#else
    true;
#endif
#else
    true;
#endif

// Before anything else, sandboxed or not: closes every descriptor above `descriptor`, asks to
// die with `parent`, volunteers for the OOM killer, takes SIGPIPE's place by EPIPE.
// Fails when the parent is gone already.
base::Status leave_parent(const SandboxLimits& limits);

// Gives back the Defence bits that hold. An error leaves the process half shut in: end it.
// Needs: leave_parent() before; one thread only. Threads: covers the calling one.
base::Result<std::uint32_t> enter_sandbox(const SandboxLimits& limits);

}  // namespace crawld::parsers
