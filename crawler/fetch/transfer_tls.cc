// The part of a transfer that is about its TLS handshakes and records.
#include "crawler/fetch/tls.h"
#include "crawler/fetch/transfer.h"

namespace crawld::fetch {
namespace {

long lowest_version(base::TlsVersion version) {
  switch (version) {
    case base::TlsVersion::system:
      return CURL_SSLVERSION_DEFAULT;
    case base::TlsVersion::tls1_0:
      return CURL_SSLVERSION_TLSv1_0;
    case base::TlsVersion::tls1_1:
      return CURL_SSLVERSION_TLSv1_1;
    case base::TlsVersion::tls1_2:
      return CURL_SSLVERSION_TLSv1_2;
    case base::TlsVersion::tls1_3:
      return CURL_SSLVERSION_TLSv1_3;
  }
  return CURL_SSLVERSION_DEFAULT;
}

long highest_version(base::TlsVersion version) {
  switch (version) {
    case base::TlsVersion::system:
      return CURL_SSLVERSION_MAX_NONE;
    case base::TlsVersion::tls1_0:
      return CURL_SSLVERSION_MAX_TLSv1_0;
    case base::TlsVersion::tls1_1:
      return CURL_SSLVERSION_MAX_TLSv1_1;
    case base::TlsVersion::tls1_2:
      return CURL_SSLVERSION_MAX_TLSv1_2;
    case base::TlsVersion::tls1_3:
      return CURL_SSLVERSION_MAX_TLSv1_3;
  }
  return CURL_SSLVERSION_MAX_NONE;
}

}  // namespace

void Transfer::configure_tls() {
  set(CURLOPT_SSL_VERIFYPEER, limits_.verify_tls ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, limits_.verify_tls ? 2L : 0L);
  // The trust store comes ready-made in on_tls_context.
  set(CURLOPT_CAINFO, static_cast<char*>(nullptr));
  set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  set(CURLOPT_SSLVERSION,
      lowest_version(limits_.tls_min_version) | highest_version(limits_.tls_max_version));
  if (!limits_.tls_ciphers.empty()) set(CURLOPT_SSL_CIPHER_LIST, limits_.tls_ciphers.c_str());
  set(CURLOPT_SSL_CTX_FUNCTION, &Transfer::on_tls_context);
  set(CURLOPT_SSL_CTX_DATA, &session_);
}

CURLcode Transfer::on_tls_context(CURL* /*easy*/, void* context, void* session) {
  Session& own = *static_cast<Session*>(session);
  auto* tls = static_cast<SSL_CTX*>(context);
  Transfer& self = *own.transfer;
  if (self.limits_.verify_tls) self.plan_.site.trust().install(tls);
  const base::ClientCertificate* certificate = self.plan_.site.certificate();
  // The first handshake with an https proxy is its own; those of the hosts come inside it.
  const bool with_proxy =
      ++self.handshakes_ == 1 && self.plan_.proxy != nullptr && self.plan_.proxy->speaks_tls();
  if (!with_proxy && self.plan_.with_credentials && certificate != nullptr &&
      !certificate->install(tls)) {
    return CURLE_SSL_CERTPROBLEM;
  }
  own.tls.on_record = &Transfer::on_tls_record;
  own.tls.who = &own;
  observe(tls, &own.tls);
  return CURLE_OK;
}

// A peer that floods us with records leaves libcurl no time for its own time-outs.
void Transfer::on_tls_record(void* session) {
  Session& own = *static_cast<Session*>(session);
  Transfer* self = own.transfer;
  if (self != nullptr && !self->failed_by_us_ && !self->in_time()) own.sockets.cut();
}

}  // namespace crawld::fetch
