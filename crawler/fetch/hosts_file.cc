#include "crawler/fetch/hosts_file.h"

#include <algorithm>

#include "crawler/base/ascii.h"

namespace crawld::fetch {
namespace {

constexpr std::string_view kSpace = " \t\r\v\f";

std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kSpace), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kSpace));
  line.remove_prefix(word.size());
  return word;
}

}  // namespace

HostTable parse_hosts(std::string_view text) {
  HostTable table;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line = line.substr(0, line.find('#'));
    const auto address = IpAddress::parse(next_word(line));
    if (!address) continue;
    for (auto name = next_word(line); !name.empty(); name = next_word(line)) {
      table[base::ascii_lower(name)].push_back(*address);
    }
  }
  return table;
}

}  // namespace crawld::fetch
