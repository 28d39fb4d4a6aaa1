#include "config/partners.h"

namespace crawld::config {

void check_partners(const Site& site, const SitePlaces& places, std::vector<Problem>& problems,
                    std::vector<Problem>& warnings) {
  const auto says = [&](const char* key) { return places.keys.contains(key); };
  if (site.certificate.empty() && !site.private_key.empty()) {
    problems.push_back(
        {places.of("private_key"), "private_key: needs the certificate: that it belongs to"});
  } else if (site.certificate.empty() && !site.private_key_password.empty()) {
    problems.push_back({places.of("private_key_password"),
                        "private_key_password: needs the certificate: whose key it opens"});
  }
  if (!site.cookies && !site.cookie_file.empty()) {
    problems.push_back({places.of("cookie_file"), "cookie_file: needs cookies: true"});
  }
  if (says("keep_session_cookies") && site.keep_session_cookies && site.save_cookies.empty()) {
    warnings.push_back({places.of("keep_session_cookies"),
                        "keep_session_cookies: nothing is kept without save_cookies: FILE"});
  }
  if (says("ca_certificate") && !site.ca_certificate.empty() && !site.verify_tls) {
    warnings.push_back({places.of("ca_certificate"),
                        "ca_certificate: nothing is verified with verify_tls: false"});
  }
}

}  // namespace crawld::config
