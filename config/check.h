// What must hold between the values of a configuration, beyond each one's own range.
#pragma once

#include <vector>

#include "config/check_site.h"
#include "config/config.h"

namespace crawld::config {

struct ConfigPlaces {
  SitePlaces run;  // "dns.servers" and the like
  SitePlaces defaults;
  std::vector<SitePlaces> sites;  // parallel to Config::sites
};

// Appends what is wrong, and what is merely odd.
// What sites take from `defaults` is judged once, there.
void check_config(const Config& config, const ConfigPlaces& places, const Site& defaults,
                  std::vector<Problem>& problems, std::vector<Problem>& warnings);

}  // namespace crawld::config
