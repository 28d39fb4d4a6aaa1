#include "crawler/fetch/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <ctime>
#include <filesystem>
#include <string_view>

namespace crawld::fetch {
namespace {

int watch_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

bool chose_http2(const SSL* ssl) {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &name, &size);
  return std::string_view(reinterpret_cast<const char*>(name), size) == "h2";
}

void on_info(const SSL* ssl, int where, int value) {
  auto* watch = static_cast<TlsWatch*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), watch_index()));
  if (watch == nullptr) return;
  if ((where & SSL_CB_HANDSHAKE_DONE) != 0) watch->http2 = chose_http2(ssl);
  if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT) return;
  if ((value & 0xFF) == SSL_AD_CLOSE_NOTIFY) watch->close_notify_seen = true;
}

std::string in_words(const ASN1_TIME* time) {
  std::tm utc{};
  char text[32];
  if (ASN1_TIME_to_tm(time, &utc) != 1) return "a time that is none";
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &utc);
  return text;
}

// Decides nothing; libcurl says that a certificate has expired, and not when.
int on_verified(int good, X509_STORE_CTX* chain) {
  const void* ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
  const X509* certificate = X509_STORE_CTX_get_current_cert(chain);
  if (good != 0 || ssl == nullptr || certificate == nullptr) return good;
  const SSL_CTX* context = SSL_get_SSL_CTX(static_cast<const SSL*>(ssl));
  auto* watch = static_cast<TlsWatch*>(SSL_CTX_get_ex_data(context, watch_index()));
  if (watch == nullptr) return good;
  const int error = X509_STORE_CTX_get_error(chain);
  if (error == X509_V_ERR_CERT_HAS_EXPIRED) {
    watch->refused_dates = "valid until " + in_words(X509_get0_notAfter(certificate));
  } else if (error == X509_V_ERR_CERT_NOT_YET_VALID) {
    watch->refused_dates = "valid from " + in_words(X509_get0_notBefore(certificate));
  }
  return good;
}

void on_message(int written, int /*version*/, int content_type, const void* bytes, std::size_t size,
                SSL* /*ssl*/, void* arg) {
  auto* watch = static_cast<TlsWatch*>(arg);
  if (content_type == SSL3_RT_HANDSHAKE && written == 0 && size > 0 &&
      *static_cast<const unsigned char*>(bytes) == SSL3_MT_CERTIFICATE_REQUEST) {
    watch->certificate_wanted = true;
  }
  if (content_type == SSL3_RT_HEADER && watch->on_record != nullptr) watch->on_record(watch->who);
}

}  // namespace

TrustStore::TrustStore(X509_STORE* store) : store_(store, &X509_STORE_free) {}

base::Result<TrustStore> TrustStore::open(const std::string& ca_certificate) {
  TrustStore trust(X509_STORE_new());
  std::error_code failed;  // a pipe would be waited for, a device never ends
  if (ca_certificate.empty()) {
    trust.system_once_ = std::make_shared<std::once_flag>();
  } else if (!std::filesystem::is_regular_file(ca_certificate, failed) ||
             X509_STORE_load_file(trust.store_.get(), ca_certificate.c_str()) != 1) {
    return base::Error{base::Error::Code::io, "cannot read certificates from " + ca_certificate};
  }
  // What libcurl sets on its own store: a chain may end at any certificate we trust.
  X509_STORE_set_flags(trust.store_.get(), X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
  return trust;
}

base::Result<TrustStore> TrustStores::open(const std::string& ca_certificate) {
  if (const auto known = by_file_.find(ca_certificate); known != by_file_.end()) {
    return known->second;
  }
  auto trust = TrustStore::open(ca_certificate);
  if (trust) by_file_.emplace(ca_certificate, *trust);
  return trust;
}

base::Result<base::ClientCertificate> ClientCertificates::open(const Source& source) {
  if (const auto known = by_source_.find(source); known != by_source_.end()) return known->second;
  auto certificate = base::ClientCertificate::read(source);
  if (certificate) by_source_.emplace(source, *certificate);
  return certificate;
}

void TrustStore::install(SSL_CTX* context) const {
  // Where the system has no certificates the store stays empty, and each handshake says so.
  if (system_once_) {
    std::call_once(*system_once_, [this] { X509_STORE_set_default_paths(store_.get()); });
  }
  SSL_CTX_set1_cert_store(context, store_.get());
}

void observe(SSL_CTX* context, TlsWatch* watch) {
  SSL_CTX_set_ex_data(context, watch_index(), watch);
  SSL_CTX_set_verify(context, SSL_CTX_get_verify_mode(context), &on_verified);
  SSL_CTX_set_info_callback(context, &on_info);
  SSL_CTX_set_msg_callback(context, &on_message);
  SSL_CTX_set_msg_callback_arg(context, watch);
}

bool holds_unread(const SSL* connection) { return SSL_pending(connection) > 0; }

}  // namespace crawld::fetch
