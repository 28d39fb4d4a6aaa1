// The system calls that a sandboxed parser may make.
#pragma once

#include "crawler/base/result.h"

namespace crawld::parsers {

// Loads the seccomp filter; every call outside of the list ends the process with SIGSYS.
// Reads and writes are allowed on `descriptor` only, and writes on standard error.
// Needs: PR_SET_NO_NEW_PRIVS.
base::Status allow_few_calls(int descriptor);

}  // namespace crawld::parsers
