#include "crawler/policy/compare.h"

#include <xxhash.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace crawld::policy {
namespace {

using config::Compare;

// Prints of different kinds differ: after a change of the setting nothing is taken for the same.
std::uint64_t print_of(std::string_view content, Compare by) {
  const auto seed = static_cast<XXH64_hash_t>(by);
  return std::max<std::uint64_t>(1, XXH3_64bits_withSeed(content.data(), content.size(), seed));
}

}  // namespace

std::uint64_t compared_print(const model::ParsedPage& page, Compare by) {
  if (by == Compare::body) return 0;
  std::string content;
  if (by == Compare::records && !page.records.empty()) {
    for (const model::Record& record : page.records) {
      content.append(record.rule).append(1, '\0').append(record.fields_json).append(1, '\0');
    }
    return print_of(content, Compare::records);
  }
  if (page.text.empty()) return 0;
  content.append(page.title).append(1, '\0').append(page.text);
  return print_of(content, Compare::text);
}

}  // namespace crawld::policy
