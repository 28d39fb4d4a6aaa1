// `crawld inspect charset`: which encoding a body is in, and what it says.
#pragma once

#include <string>
#include <string_view>

namespace crawld::cli {

// {"id","bytes_base64","content_type"?} -> {"id","charset","source","text","error"},
// one line without its end; "error" is null where there was none.
std::string inspect_charset(std::string_view json_line);

}  // namespace crawld::cli
