// What every kind of `crawld inspect` does with a line of its input.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crawld::cli {

// One JSON object in, one out; it has the same keys whether it could answer or not.
using Inspector = std::string (*)(std::string_view json_line);

// The largest page in base64 fits, and what asks for it.
inline constexpr std::size_t kLongestLine = 64U << 20;

// The answer of `inspect` under the line's own `id`: a number comes back as it was written, however
// many digits it has. A line that is longer than kLongestLine, or nested so deep that a copy of
// it would take the stack, is answered with an error. Never throws.
std::string answer_line(const std::string& line, Inspector inspect);

}  // namespace crawld::cli
