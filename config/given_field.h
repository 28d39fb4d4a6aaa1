// One value of a configuration, given outside of a file: by a flag of the command line.
//
// Read as the key is in a file, with its type and range.
#pragma once

#include <string>
#include <string_view>

#include "config/config.h"
#include "crawler/base/result.h"

namespace crawld::config {

// Sets the key `path` ("timeout.dns") to `text`. Errors, which name the value `shown`: invalid.
// Needs: a key of the run, and of a site.
base::Status set_field(Config& config, std::string_view path, const std::string& text,
                       std::string_view shown);
base::Status set_field(Site& site, std::string_view path, const std::string& text,
                       std::string_view shown);

// What must hold of a configuration to which values were given, whatever was checked before: all
// sites, with what they were given by name. Errors, the first: invalid, "KEY: what is wrong".
base::Status check_given(const Config& config);

}  // namespace crawld::config
