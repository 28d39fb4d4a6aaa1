// Secrets on the command line, which other users can read with ps.
#pragma once

#include <span>

namespace crawld::cli {

// Writes asterisks over the values of --header and over what stands before the "@" of a URL, in
// place. The names of headers stay. Needs: whoever wants the values has copied them.
void hide_secrets(std::span<char*> arguments);

}  // namespace crawld::cli
