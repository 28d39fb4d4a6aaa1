// Proof from inside: tries what a converter is refused.
#pragma once

#include <span>
#include <string_view>

namespace crawld::parsers {

// In order: "read", "list", "chmod", "socket", "fork", "ptrace", "kill",
// "own", "slow", "outlive".
std::span<const std::string_view> converter_trials();

// Makes each attempt after enter_converter_sandbox(). The number of the first that was not
// refused, or of trials where all were.
std::size_t first_converter_leak();

}  // namespace crawld::parsers
