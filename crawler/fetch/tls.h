// Trust anchors that are read once, and an eye on how TLS connections end.
#pragma once

#include <memory>
#include <string>

#include "crawler/base/result.h"

using X509_STORE = struct x509_store_st;
using SSL_CTX = struct ssl_ctx_st;

namespace crawld::fetch {

// The certificates a site trusts. libcurl would read the bundle anew for each
// connection to a new host, some 10 ms each time. Threads: any (OpenSSL locks).
class TrustStore {
 public:
  // From a PEM file, or the system's own when `ca_certificate` is empty.
  static base::Result<TrustStore> open(const std::string& ca_certificate);

  void install(SSL_CTX* context) const;

 private:
  explicit TrustStore(X509_STORE* store);
  std::shared_ptr<X509_STORE> store_;  // counted by OpenSSL's connections as well
};

// Sets `*seen` once the peer says close_notify on a connection of `context`: the
// only proof that a body which ends with the connection is whole (RFC 8446
// section 6.1). `seen` must outlive the context's connections.
void watch_close_notify(SSL_CTX* context, bool* seen);

}  // namespace crawld::fetch
