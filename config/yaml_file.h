// The text of a YAML file that a user names.
#pragma once

#include <string>

#include "crawler/base/result.h"

namespace crawld::config {

// Regular files only, up to 8 MiB; never waits for a writer. Errors, "PATH: what": not_found,
// invalid (no such file, or too large, which is not read), io.
base::Result<std::string> read_yaml_file(const std::string& path);

}  // namespace crawld::config
