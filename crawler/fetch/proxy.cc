#include "crawler/fetch/proxy.h"

#include <charconv>

namespace crawld::fetch {

std::optional<Proxy> Proxy::parse(std::string_view url) {
  std::string_view rest = url;
  std::uint16_t port = 1'080;  // libcurl's own default for proxies
  if (const auto scheme = rest.find("://"); scheme != std::string_view::npos) {
    if (rest.starts_with("https://")) port = 443;
    rest.remove_prefix(scheme + 3);
  }
  rest = rest.substr(0, rest.find('/'));
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
  const auto bracket = rest.rfind(']');
  const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const std::string_view digits = rest.substr(colon + 1);
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (failed != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    rest = rest.substr(0, colon);
  }
  if (rest.empty()) return std::nullopt;
  return Proxy{std::string(url), std::string(rest), port};
}

}  // namespace crawld::fetch
