// What a stream may be written to as: to a terminal that moves its cursor, and in colour.
#pragma once

namespace crawld::cli {

// A terminal that obeys control sequences. TERM=dumb, or none, says that it does not.
bool is_terminal(int stream);

// Such a terminal, whose user did not refuse colour (NO_COLOR, where it is not empty).
bool takes_colour(int stream);

}  // namespace crawld::cli
