#include "config/cookie_file.h"

#include <algorithm>
#include <fstream>
#include <string_view>

#include "crawler/base/ascii.h"

namespace crawld::config {
namespace {

constexpr std::size_t kMostBytes = 4U << 20;  // as many are read of it

std::string beginning_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMostBytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

}  // namespace

bool is_cookies_txt(const std::string& path) {
  const std::string text = beginning_of(path);
  bool says_something = false;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const bool comment = line.starts_with('#') && !line.starts_with("#HttpOnly_");
    if (comment || base::trim(line).empty()) continue;
    if (std::count(line.begin(), line.end(), '\t') >= 6) return true;
    says_something = true;
  }
  return !says_something;
}

}  // namespace crawld::config
