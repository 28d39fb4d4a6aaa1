#include "parsers/html/tokenizer_names.h"

#include "parsers/html/tokenizer_name_tables.h"

namespace crawld::parsers {
namespace {

constexpr auto kTagHashes = [] {
  std::array<std::uint32_t, std::size(kTagNames)> hashes{};
  for (std::size_t i = 0; i < hashes.size(); ++i) hashes[i] = name_hash(key_of(kTagNames[i]));
  return hashes;
}();

}  // namespace

std::string_view to_string(Tag tag) {
  return tag == Tag::count ? std::string_view() : kTagNames[static_cast<std::size_t>(tag)];
}

std::string_view to_string(Attr attr) {
  return attr == Attr::count ? std::string_view() : kAttrNames[static_cast<std::size_t>(attr)];
}

std::uint32_t name_hash(Tag tag) { return kTagHashes[static_cast<std::size_t>(tag)]; }

Tag find_tag(std::string_view name) { return known_tag(name, key_of(name)); }

Attr find_attr(std::string_view name) { return known_attr(name, key_of(name)); }

}  // namespace crawld::parsers
