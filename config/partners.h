// Settings that do nothing without another, or nothing beside it.
//
// Judged of a site as it will be crawled: with what it takes from the defaults.
#pragma once

#include <vector>

#include "config/check_site.h"

namespace crawld::config {

// Appends what cannot be meant, and what is merely idle.
void check_partners(const Site& site, const SitePlaces& places, std::vector<Problem>& problems,
                    std::vector<Problem>& warnings);

}  // namespace crawld::config
