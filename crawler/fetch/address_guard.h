// The one egress rule: only globally routable unicast addresses are dialled.
//
// Judged is the address that a socket is about to connect to, so neither a
// redirect, a name that changes its mind (DNS rebinding) nor an odd spelling of
// an address gets round it. Sources: the IANA special-purpose registries for IPv4
// and IPv6, RFC 6890, and the metadata services of the clouds.
// Threads: a value; const calls from any.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "crawler/fetch/ip_address.h"

namespace crawld::fetch {

class AddressGuard {
 public:
  // Refuses every address that is not globally routable.
  AddressGuard() = default;
  // Opens the given CIDRs besides. Fails on the first that is none.
  static base::Result<AddressGuard> with_allowed(const std::vector<std::string>& cidrs);

  // Why `address` must not be dialled ("loopback", "private use", ...), or empty
  // when it may be. The text lives for ever.
  std::string_view refusal(const IpAddress& address) const;
  // As above; other address families are refused.
  std::string_view refusal(const sockaddr& address) const;

 private:
  std::vector<Cidr> allowed_;
};

// The ports of other protocols that browsers refuse (Fetch standard, section 2.9
// "port blocking"), 0 included.
bool blocked_port(std::uint16_t port);

}  // namespace crawld::fetch
