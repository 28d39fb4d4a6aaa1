// Trust anchors and certificates that are read once, and an eye on how TLS connections end.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "crawler/base/client_certificate.h"
#include "crawler/base/result.h"

using X509_STORE = struct x509_store_st;
using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace crawld::fetch {

// The certificates a site trusts. libcurl would read the bundle anew for each
// connection to a new host, some 20 ms each time. Threads: any (OpenSSL locks).
class TrustStore {
 public:
  // From a PEM file, read now; or the system's own when `ca_certificate` is empty,
  // read at the first connection that asks: a crawl of http alone never pays for it.
  static base::Result<TrustStore> open(const std::string& ca_certificate);

  void install(SSL_CTX* context) const;

 private:
  explicit TrustStore(X509_STORE* store);
  std::shared_ptr<X509_STORE> store_;            // counted by OpenSSL's connections as well
  std::shared_ptr<std::once_flag> system_once_;  // null: the store is filled already
};

// The trust stores of many sites: those that trust the same file share one, which takes 0.8 MB
// and 20 ms. Threads: one.
class TrustStores {
 public:
  base::Result<TrustStore> open(const std::string& ca_certificate);

 private:
  std::map<std::string, TrustStore> by_file_;
};

// The client certificates of many sites, read once each: a password is made to cost time.
// Threads: one.
class ClientCertificates {
 public:
  using Source = base::ClientCertificate::Source;
  base::Result<base::ClientCertificate> open(const Source& source);

 private:
  std::map<Source, base::ClientCertificate> by_source_;
};

// What a connection tells us while libcurl is at work inside it.
struct TlsWatch {
  // The peer said close_notify: the only proof that a body which ends with the
  // connection is whole (RFC 8446 section 6.1).
  bool close_notify_seen = false;
  // The server asked for a client certificate. One that gets none it takes may tell so by an
  // alert, which is lost where it closes at once: with TLS 1.3 the request is on its way by then.
  bool certificate_wanted = false;
  // What dates of the server's certificates were refused for: "valid until 2026-10-01 12:00 UTC";
  // empty: for none.
  std::string refused_dates;
  // Both sides chose HTTP/2, so a server may well speak unasked.
  bool http2 = false;
  // Called for every record, in or out. libcurl looks at no clock while a peer
  // keeps it busy with frames that lead nowhere; this can.
  void (*on_record)(void* who) = nullptr;
  void* who = nullptr;
};

// `watch` must outlive the connections of `context`.
void observe(SSL_CTX* context, TlsWatch* watch);

// Bytes of a record that was read only in part. No socket shows them.
bool holds_unread(const SSL* connection);

}  // namespace crawld::fetch
