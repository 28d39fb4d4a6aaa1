// Values of <input type=number, range, date, month, week, time, datetime-local>
// against their min and max (HTML 4.10.5.1, 4.10.5.3.7).
#pragma once

#include <optional>
#include <string_view>

namespace crawld::parsers {

enum class RangeVerdict { no_range, within, outside };

// `type` in lower case; null data of the others: attribute absent.
RangeVerdict judge_range(std::string_view type, std::optional<std::string_view> value,
                         std::optional<std::string_view> min, std::optional<std::string_view> max);

}  // namespace crawld::parsers
