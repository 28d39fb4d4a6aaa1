// Moments on the command line: "2026-11-21" or "2026-11-21T08:00:00Z", UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crawld::cli {

// Milliseconds since the epoch. A zone other than Z is "+01:00" or "-05:30"; without a
// zone it is UTC. Nothing when `text` is no such moment.
std::optional<std::int64_t> moment_from(std::string_view text);

// Sets `value` where `text` is not empty. False, with a message on standard error that
// names `flag`, when it cannot be read.
bool read_time(const char* flag, const std::string& text, std::int64_t& value);

}  // namespace crawld::cli
