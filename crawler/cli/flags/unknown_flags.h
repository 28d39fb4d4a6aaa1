// What is said of flags that a command does not have.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace crawld::cli {

// A line for each of `flags`: what does the same here where another crawler has it, else the
// nearest flag of `app`. Holds at least one line.
std::string unknown_flags(const CLI::App& app, const std::vector<std::string>& flags);

}  // namespace crawld::cli
