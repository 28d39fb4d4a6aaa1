#include "crawler/cli/output/terminal.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace crawld::cli {

bool is_terminal(int stream) {
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb" && isatty(stream) == 1;
}

bool takes_colour(int stream) {
  const char* refused = std::getenv("NO_COLOR");
  return (refused == nullptr || *refused == '\0') && is_terminal(stream);
}

}  // namespace crawld::cli
