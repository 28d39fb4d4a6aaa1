// Numbers with units, as people write them: "1.5s", "10MiB", "50k", "10%".
//
// Pure. Each returns nothing for text that is no such number; ranges are the
// caller's business.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crawld::config {

// ms, s, m, h, d, w; a bare "0" needs no unit.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// As wget's options: a bare number counts seconds ("--wait 2").
std::optional<std::chrono::milliseconds> parse_duration_or_seconds(std::string_view text);
// B, KiB, MiB, GiB, TiB; kB, MB, GB count in thousands; k, m, g as wget's (1024); a bare "0" needs
// no unit.
std::optional<std::uint64_t> parse_bytes(std::string_view text);
// As wget's options: a bare number counts bytes ("--quota 5000").
std::optional<std::uint64_t> parse_bytes_or_bare(std::string_view text);
// k, M, G in thousands; bare numbers.
std::optional<std::uint64_t> parse_count(std::string_view text);
// "10%" -> 0.1
std::optional<double> parse_share(std::string_view text);

// "1.5s", "250ms", "2h": the shortest exact form.
std::string format_duration(std::chrono::milliseconds duration);
// "10MiB", "512KiB", "1.4GiB": for people.
std::string format_bytes(std::uint64_t bytes);

}  // namespace crawld::config
