// What is said of a key that is not known where it stands.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace crawld::config {

enum class KeyPlace : std::uint8_t {
  top,       // of the file
  defaults,  // `defaults:` itself
  site,      // an entry of `sites:` itself
  group      // a map within one of them
};

// "; ..." where the key belongs that is known elsewhere, what a key of another crawler is called
// here, what stands in for a merge key of YAML 1.1, the nearest of `known`, or where all are shown.
std::string advice_on_unknown_key(std::string_view key, KeyPlace place,
                                  const std::set<std::string>& known);

}  // namespace crawld::config
