// Any bytes as Set-Cookie headers and as a cookie file: the jar stays within its
// caps and never makes a header that could split a request.
#include <cstdlib>
#include <string_view>

#include "crawler/fetch/cookie_jar.h"

using namespace crawld;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const auto page = model::Url::parse("https://www.a.example.co.uk/x/y?z");
  const auto now = base::from_millis(1'700'000'000'000);
  fetch::CookieJar jar;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    jar.store(*page, line, now);
  }
  const std::string header = jar.header(*page, now);
  if (header.size() > 16'384 ||
      header.find_first_of(std::string_view("\r\n\0", 3)) != header.npos) {
    std::abort();
  }
  if (jar.size() > 50 * 5) std::abort();
  (void)fetch::parse_cookie_date(text);
  for (const auto& entry : fetch::parse_cookie_file(text)) {
    if (entry.cookie.name.empty() || entry.cookie.domain.empty()) std::abort();
  }
  return 0;
}
