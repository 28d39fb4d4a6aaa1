// Numbers and times as people read them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace crawld::base {

// 12345678 -> "12,345,678".
std::string grouped(std::uint64_t number);
// "1 URL", "12,345 URLs".
std::string counted(std::uint64_t number, std::string_view one, std::string_view many);
// "1h 02m", "3m 10s", "12.3s".
std::string human_time(std::chrono::milliseconds time);

}  // namespace crawld::base
