// Variables of the environment that look like settings and are none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crawld::config {

// "CRAWLD_DELAY is no setting; did you mean CRAWLD_DEFAULTS_DELAY?" for each that is one or two
// letters away from a setting, or lacks DEFAULTS_, and a line for CRAWLD_SITES and CRAWLD_DEFAULTS,
// which no variable can hold. Others are left alone: a file may ask for them
// by ${env:CRAWLD_TOKEN}.
std::vector<std::string> slips_in_environment();

// CRAWLD_TIMEOUT_DNS of prefix CRAWLD_ and key timeout.dns.
std::string variable_of(std::string_view prefix, std::string_view key);

}  // namespace crawld::config
