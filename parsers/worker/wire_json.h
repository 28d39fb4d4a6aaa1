// Is this text one JSON value (RFC 8259), fit to be stored and exported on one line?
//
// The worker's JSON goes into the database and into JSON Lines as it is, so the parent
// checks it: a compromised worker must not be able to forge lines or break readers.
#pragma once

#include <string_view>

namespace crawld::parsers {

enum class JsonShape : char { array = '[', object = '{' };

// Linear and iterative; at most 512 levels deep. Needs: valid UTF-8. Control characters
// are refused everywhere, between tokens as well.
bool is_one_line_json(std::string_view text, JsonShape shape);

}  // namespace crawld::parsers
