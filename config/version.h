// The version of the program. CHANGELOG.md says what each one brought.
#pragma once

#include <string_view>

namespace crawld::config {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace crawld::config
