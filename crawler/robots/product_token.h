// By which name robots.txt speaks to whoever sends a User-Agent (RFC 9309 section 2.2.1).
#pragma once

#include <string>
#include <string_view>

namespace crawld::robots {

// The product token of a User-Agent value: "examplebot" of "examplebot/1.0 (+https://...)", and of
// "Mozilla/5.0 (compatible; examplebot/1.0; ...)" too, for nobody means browsers there. Empty
// where the value starts with none.
std::string product_token(std::string_view user_agent);

}  // namespace crawld::robots
