// Paths and patterns in the one spelling in which they are compared (RFC 9309
// sections 2.2.2 and 2.2.3), and the comparison.
#pragma once

#include <string>
#include <string_view>

namespace crawld::robots {

// Appends `pattern` of a rule: unreserved triplets decoded, octets that no URI may
// hold encoded. "*" and a final "$" stay special; "%2A", "%24" and a "$" elsewhere mean
// the characters.
void append_pattern(std::string& out, std::string_view pattern);

// `path_and_query` in the same spelling; its own "*" and "$" become triplets.
std::string comparable_path(std::string_view path_and_query);

// Whether `pattern` matches a prefix of `path`, or all of it with "$".
// Needs: both come from the functions above. Time: linear, whatever the wildcards.
bool matches(std::string_view pattern, std::string_view path);

}  // namespace crawld::robots
