// The one thing of a DNS message that c-ares does not read out for us.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

namespace crawld::fetch {

// How long a "no such name" or "no such record" may be believed: the smaller of
// the TTL and the MINIMUM of the SOA record in the authority section (RFC 2308
// section 5). Nothing when there is no such record or the message is damaged.
std::optional<std::chrono::seconds> negative_ttl(std::span<const std::uint8_t> message);

}  // namespace crawld::fetch
