// What may stand in the head of a request that we send (RFC 9110 section 5).
#pragma once

#include <string_view>

namespace crawld::model {

// Visible ASCII without a colon. With is_header_value(): a header that cannot forge another one.
bool is_header_name(std::string_view text);
bool is_header_value(std::string_view text);

// Content-Length and Transfer-Encoding, in any case: they tell where a message ends (RFC 9112
// section 6), and one that is wrong makes a server wait, or take the next request for a body.
bool is_framing_header(std::string_view name);

// Section 5.6.2: letters, digits and some signs, without spaces and slashes.
bool is_token(std::string_view text);

// "basic user:pass", "digest user:pass", "bearer token", or nothing at all.
bool is_auth(std::string_view text);

}  // namespace crawld::model
