// Settings that changed though effective_yaml() shows them as they were: both are "***".
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace crawld::config {

// The keys, "login.fields"; no value.
std::vector<std::string> changed_secrets(const Site& before, const Site& after);
std::vector<std::string> changed_secrets(const Config& before, const Config& after);

}  // namespace crawld::config
