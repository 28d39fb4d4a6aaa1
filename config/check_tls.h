// What a site asks of TLS: the ciphers and versions it offers, and the certificate it shows.
#pragma once

#include <vector>

#include "config/check_site.h"

namespace crawld::config {

// Each appends what cannot be done, and what is merely odd.
void check_tls_ciphers(const Site& site, const SitePlaces& places, std::vector<Problem>& problems);
void check_tls_versions(const Site& site, const SitePlaces& places, std::vector<Problem>& problems,
                        std::vector<Problem>& warnings);
// Reads the files that it names.
void check_client_certificate(const Site& site, const SitePlaces& places,
                              std::vector<Problem>& problems, std::vector<Problem>& warnings);

}  // namespace crawld::config
