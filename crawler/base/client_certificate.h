// A certificate and its private key, by which a client tells a TLS server who it is.
//
// Read of PEM files once and tried out at once, so that what is wrong with them is known before the
// first request. Here because the configuration checks what fetching uses.
// Threads: a value; const calls from any (OpenSSL counts and locks).
#pragma once

#include <memory>
#include <string>

#include "crawler/base/clock.h"
#include "crawler/base/result.h"

using X509 = struct x509_st;
using EVP_PKEY = struct evp_pkey_st;
using SSL_CTX = struct ssl_ctx_st;
struct stack_st_X509;

namespace crawld::base {

class ClientCertificate {
 public:
  struct Source {
    std::string certificate;  // PEM file; what follows the first one is its chain
    std::string private_key;  // PEM file; empty: it stands in that of the certificate
    std::string password;     // of the key; empty: it has none
    std::string ciphers;      // their @SECLEVEL says how small a key may be; may be empty

    auto operator<=>(const Source&) const = default;
  };

  // Reads two regular files, asks nobody. Errors begin with the setting that is to blame,
  // "certificate: " or "private_key: ", and hold no secrets.
  static Result<ClientCertificate> read(const Source& source);

  // To be sent where the server asks for one. False where OpenSSL does not take it under the
  // security level of `context`.
  bool install(SSL_CTX* context) const;

  // Past its notAfter (RFC 5280 section 4.1.2.5).
  bool has_expired(WallTime now) const;

 private:
  ClientCertificate() = default;
  Status read_key(const Source& source);
  Status try_out(const Source& source) const;

  std::shared_ptr<X509> certificate_;
  std::shared_ptr<stack_st_X509> chain_;
  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace crawld::base
