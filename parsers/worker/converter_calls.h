// The system calls that a converter is refused.
#pragma once

#include "crawler/base/result.h"

namespace crawld::parsers {

// Loads the seccomp filter: what is refused fails with EPERM (clone3 with ENOSYS, so that
// programs fall back to clone, whose flags a filter can see). The rest is left to Landlock and
// to the limits. Needs: PR_SET_NO_NEW_PRIVS.
base::Status refuse_calls_to_converter();

}  // namespace crawld::parsers
