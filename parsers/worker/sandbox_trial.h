// Proof from inside: tries what the sandbox forbids.
#pragma once

#include <span>
#include <string_view>

namespace crawld::parsers {

// Each ends a sandboxed process with SIGSYS: "open", "socket", "connect", "fork", "exec",
// "ptrace", "mprotect", "kill".
std::span<const std::string_view> sandbox_trials();

// Makes the forbidden attempt. Coming back from it means that the sandbox leaks. False when
// there is no trial of this name.
bool attempt_forbidden(std::string_view trial);

}  // namespace crawld::parsers
