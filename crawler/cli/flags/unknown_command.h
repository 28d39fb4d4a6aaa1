// What is said of a word that is no command.
#pragma once

#include <set>
#include <string>

namespace crawld::cli {

// What does here what the word does in another crawler, or what a URL in its place lacks; else the
// nearest of `commands`.
std::string unknown_command(const std::string& word, const std::set<std::string>& commands);

}  // namespace crawld::cli
