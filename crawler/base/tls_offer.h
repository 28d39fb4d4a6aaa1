// What a client may be told to offer in a TLS handshake.
//
// Here because the configuration checks what fetching uses. Threads: any.
#pragma once

#include <cstdint>
#include <string>

namespace crawld::base {

// The lowest version that is accepted, or the highest that is offered. `system` leaves it to
// OpenSSL and its openssl.cnf.
enum class TlsVersion : std::uint8_t { system, tls1_0, tls1_1, tls1_2, tls1_3 };

// Whether OpenSSL knows a cipher of this list, written as openssl-ciphers(1) has it. Of TLS 1.2
// and below: the ciphers of TLS 1.3 are all good and cannot be chosen here.
bool is_cipher_list(const std::string& ciphers);

}  // namespace crawld::base
