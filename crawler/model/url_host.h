// Host parsing and serializing (URL standard 3.5, 3.6).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace crawld::model {

enum class HostKind : std::uint8_t {
  special,  // of http, https, ws, wss, ftp, file: a domain or an address
  opaque    // of any other scheme
};

// Appends the serialized host to `out`. False, with `out` in any state, when
// `input` is no valid host. The empty input is valid for opaque hosts only.
bool append_host(std::string& out, std::string_view input, HostKind kind);

// A serialized host that is an IPv4 or a bracketed IPv6 address.
bool is_ip_address(std::string_view host);

// True when the last label is a number, so that the host must be an IPv4 address.
bool ends_in_a_number(std::string_view domain);

}  // namespace crawld::model
