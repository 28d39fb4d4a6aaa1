// The known name that a wrong one was probably meant to be: "did you mean".
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace crawld::config {

// Empty when none is near: more than half of its letters would have to change.
std::string nearest_name(std::string_view wrong, const std::set<std::string>& known);

// Whether one or two letters of it were typed wrongly. Never of names above 80 letters.
bool is_slip(std::string_view wrong, std::string_view name);

// `; did you mean "NAME"?`, or `otherwise` where none is near.
std::string did_you_mean(std::string_view wrong, const std::set<std::string>& known,
                         std::string_view otherwise);

}  // namespace crawld::config
