// The content of a file that a user names.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "crawler/base/result.h"

namespace crawld::config {

// What a configuration and a file of rules may take.
constexpr std::uint64_t kMostYamlBytes = 8 << 20;

constexpr std::chrono::seconds kPipePatience{10};

// Up to `most_bytes`, whole MiB, of a regular file, or of a pipe such as a shell's <(command),
// whose end must come within `patience`; a FIFO without a writer is not waited for. A pipe can be
// read once. Errors, "PATH: what": not_found, invalid (no such file, or too large, of which no more
// is read), io.
base::Result<std::string> read_plain_file(const std::string& path, std::uint64_t most_bytes,
                                          std::chrono::milliseconds patience = kPipePatience);

}  // namespace crawld::config
