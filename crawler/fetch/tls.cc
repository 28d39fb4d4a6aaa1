#include "crawler/fetch/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace crawld::fetch {
namespace {

int seen_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

void on_info(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT) return;
  if ((value & 0xFF) != SSL_AD_CLOSE_NOTIFY) return;
  auto* seen = static_cast<bool*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), seen_index()));
  if (seen != nullptr) *seen = true;
}

}  // namespace

TrustStore::TrustStore(X509_STORE* store) : store_(store, &X509_STORE_free) {}

base::Result<TrustStore> TrustStore::open(const std::string& ca_certificate) {
  TrustStore trust(X509_STORE_new());
  const bool read = ca_certificate.empty()
                        ? X509_STORE_set_default_paths(trust.store_.get()) == 1
                        : X509_STORE_load_file(trust.store_.get(), ca_certificate.c_str()) == 1;
  if (!read) {
    return base::Error{base::Error::Code::io,
                       "cannot read certificates from " +
                           (ca_certificate.empty() ? "the system's store" : ca_certificate)};
  }
  // What libcurl sets on its own store: a chain may end at any certificate we trust.
  X509_STORE_set_flags(trust.store_.get(), X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
  return trust;
}

void TrustStore::install(SSL_CTX* context) const { SSL_CTX_set1_cert_store(context, store_.get()); }

void watch_close_notify(SSL_CTX* context, bool* seen) {
  SSL_CTX_set_ex_data(context, seen_index(), seen);
  SSL_CTX_set_info_callback(context, &on_info);
}

}  // namespace crawld::fetch
