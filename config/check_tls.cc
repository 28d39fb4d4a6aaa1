#include "config/check_tls.h"

#include <sys/stat.h>

#include <string>

#include "crawler/base/client_certificate.h"
#include "crawler/base/clock.h"
#include "crawler/base/escape.h"
#include "crawler/base/tls_offer.h"

namespace crawld::config {
namespace {

bool all_can_read(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && (facts.st_mode & S_IROTH) != 0;
}

}  // namespace

void check_tls_ciphers(const Site& site, const SitePlaces& places, std::vector<Problem>& problems) {
  if (site.tls_ciphers.empty() || base::is_cipher_list(site.tls_ciphers)) return;
  problems.push_back(
      {places.of("tls_ciphers"), "tls_ciphers: \"" + base::printable(site.tls_ciphers) +
                                     "\" names no cipher that OpenSSL has; openssl ciphers "
                                     "-v lists them"});
}

void check_client_certificate(const Site& site, const SitePlaces& places,
                              std::vector<Problem>& problems, std::vector<Problem>& warnings) {
  if (site.certificate.empty()) return;
  const bool good_ciphers = base::is_cipher_list(site.tls_ciphers);
  const auto certificate =
      base::ClientCertificate::read({.certificate = site.certificate,
                                     .private_key = site.private_key,
                                     .password = site.private_key_password,
                                     .ciphers = good_ciphers ? site.tls_ciphers : ""});
  if (!certificate) {
    const std::string& what = certificate.error().message;
    return problems.push_back({places.of(what.substr(0, what.find(':'))), what});
  }
  if (certificate->has_expired(base::SystemClock().wall())) {
    warnings.push_back({places.of("certificate"),
                        "certificate: \"" + base::printable(site.certificate) + "\" has expired"});
  }
  const std::string& key = site.private_key.empty() ? site.certificate : site.private_key;
  if (site.private_key_password.empty() && all_can_read(key)) {
    warnings.push_back({places.of(site.private_key.empty() ? "certificate" : "private_key"),
                        "private_key: every user can read " + base::printable(key) +
                            "; chmod o-r keeps the secret"});
  }
}

void check_tls_versions(const Site& site, const SitePlaces& places, std::vector<Problem>& problems,
                        std::vector<Problem>& warnings) {
  const base::TlsVersion least = site.tls_min_version;
  const base::TlsVersion most = site.tls_max_version;
  const auto is_old = [](base::TlsVersion version) {
    return version == base::TlsVersion::tls1_0 || version == base::TlsVersion::tls1_1;
  };
  if (most != base::TlsVersion::system && most < least) {
    return problems.push_back({places.of("tls_max_version"),
                               "tls_max_version: is below tls_min_version; no version is left"});
  }
  if (is_old(most) && least == base::TlsVersion::system) {
    warnings.push_back(
        {places.of("tls_max_version"),
         "tls_max_version: OpenSSL may accept none so old; say so by tls_min_version, too"});
  }
  if (!is_old(least) || site.tls_ciphers.find("@SECLEVEL=0") != std::string::npos) return;
  warnings.push_back(
      {places.of("tls_min_version"),
       "tls_min_version: OpenSSL 3 speaks TLS below 1.2 with tls_ciphers: DEFAULT@SECLEVEL=0 "
       "only"});
}

}  // namespace crawld::config
