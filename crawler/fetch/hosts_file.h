// hosts(5): names that this machine gives addresses to by itself.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/fetch/ip_address.h"

namespace crawld::fetch {

// Lower-case name -> addresses in the order of the file.
using HostTable = std::map<std::string, std::vector<IpAddress>, std::less<>>;

// Lines that make no sense are passed over, as every resolver does.
HostTable parse_hosts(std::string_view text);

}  // namespace crawld::fetch
