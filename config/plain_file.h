// The content of a file that a user names.
#pragma once

#include <cstdint>
#include <string>

#include "crawler/base/result.h"

namespace crawld::config {

// What a configuration and a file of rules may take.
constexpr std::uint64_t kMostYamlBytes = 8 << 20;

// Regular files only, up to `most_bytes`, whole MiB; never waits for a writer. Errors, "PATH:
// what": not_found, invalid (no such file, or too large, which is not read), io.
base::Result<std::string> read_plain_file(const std::string& path, std::uint64_t most_bytes);

}  // namespace crawld::config
