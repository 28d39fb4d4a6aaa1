// Punycode (RFC 3492): a label of Unicode in ASCII.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace crawld::model {

// `label` without the "xn--" that goes in front. Needs: code points of Unicode, at most a
// few thousand: takes quadratic time.
std::string punycode(const std::vector<std::int32_t>& label);

}  // namespace crawld::model
