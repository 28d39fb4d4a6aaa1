// CLI11 with our habits: one clear line on standard error and exit code 2 for a
// wrong flag, help on standard output.
#pragma once

#include <optional>

#include "CLI/CLI.hpp"
#include "crawler/cli/commands.h"

namespace crawld::cli {

// Parses; the exit code where the program must end now (help, or a wrong flag).
std::optional<int> parse_options(CLI::App& app, Arguments arguments);

// "crawld: MESSAGE" on standard error, each line; returns `code`.
int complain(const std::string& message, int code);

}  // namespace crawld::cli
