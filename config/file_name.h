// What may stand where a configuration wants the path of a file or a socket.
#pragma once

#include <string>

namespace crawld::config {

// Why `path` can name no file that is written or listened at: it is a number or a yes or no, which
// is what another key wants, holds a control character, or is a folder. Empty: it can. Looks at the
// disk.
std::string no_name_of_file(const std::string& path);

}  // namespace crawld::config
