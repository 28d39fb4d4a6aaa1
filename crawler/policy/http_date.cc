#include "crawler/policy/http_date.h"

#include <ctime>
#include <string>

namespace crawld::policy {

std::optional<base::WallTime> parse_http_date(std::string_view text) {
  const std::string owned(text);
  // IMF-fixdate, RFC 850, asctime.
  for (const char* format :
       {"%a, %d %b %Y %H:%M:%S", "%A, %d-%b-%y %H:%M:%S", "%a %b %d %H:%M:%S %Y"}) {
    std::tm parts{};
    const char* end = strptime(owned.c_str(), format, &parts);
    if (end == nullptr) continue;
    const std::string_view rest(end);
    if (!rest.empty() && rest != " GMT" && rest != " UTC") continue;
    const std::time_t seconds = timegm(&parts);
    return base::from_millis(static_cast<std::int64_t>(seconds) * 1000);
  }
  return std::nullopt;
}

}  // namespace crawld::policy
