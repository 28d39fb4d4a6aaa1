// Class names of microformats2, and what those of classic microformats mean in them.
// https://microformats.org/wiki/microformats2-parsing
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crawld::parsers {

enum class PropertyKind : std::uint8_t { plain, url, date, embedded };  // p- u- dt- e-

struct PropertyName {
  PropertyKind kind = PropertyKind::plain;
  std::string name;
  std::string implied_root;  // classic: the property is an item of this type by itself
};

// "h-card", ...: sorted, each once.
std::vector<std::string> root_types(std::string_view classes);
// "p-name", "u-url", ...: in order.
std::vector<PropertyName> property_names(std::string_view classes);

// The types that classic roots ("vcard") stand for: sorted, each once.
std::vector<std::string> classic_root_types(std::string_view classes);
// The properties that classic names have inside items of `types`. `rel` counts as well.
std::vector<PropertyName> classic_property_names(std::string_view classes, std::string_view rel,
                                                 const std::vector<std::string>& types);

}  // namespace crawld::parsers
