// HTTP dates (RFC 9110 section 5.6.7): the preferred form and the two obsolete ones.
#pragma once

#include <optional>
#include <string_view>

#include "crawler/base/clock.h"

namespace crawld::policy {

std::optional<base::WallTime> parse_http_date(std::string_view text);

}  // namespace crawld::policy
