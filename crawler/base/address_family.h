// Which of a host's addresses connections go to.
//
// Here because the configuration checks what fetching uses.
#pragma once

#include <cstdint>

namespace crawld::base {

enum class AddressFamily : std::uint8_t {
  any,  // in the order in which they are told; name servers: IPv4 first
  prefer_ipv4,
  prefer_ipv6,  // the others after them
  ipv4,
  ipv6  // and no others
};

}  // namespace crawld::base
