#include "config/addresses.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "crawler/model/url.h"

namespace crawld::config {
namespace {

std::optional<int> family_of(const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, text.c_str(), bytes.data()) == 1) return family;
  }
  return std::nullopt;
}

// All of it, and nothing else.
std::optional<int> number(std::string_view text) {
  int value = -1;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < 0) return std::nullopt;
  return value;
}

bool is_port(std::string_view text) {
  const auto port = number(text);
  return port && *port >= 1 && *port <= 65'535;
}

bool is_address(const std::string& text) {
  if (!text.starts_with('[')) return family_of(text).has_value();
  if (!text.ends_with(']')) return false;
  return family_of(text.substr(1, text.size() - 2)) == AF_INET6;
}

// "host:port" in two; an IPv6 address without brackets has no port.
struct HostPort {
  std::string host;
  std::optional<std::string> port;
};

HostPort split(const std::string& text) {
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string::npos ? 0 : bracket);
  const bool bare_ipv6 = bracket == std::string::npos && colon != text.rfind(':');
  if (colon == std::string::npos || bare_ipv6) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

bool is_cidr(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto family = family_of(text.substr(0, slash));
  if (!family || slash == std::string::npos) return family.has_value();
  const auto length = number(std::string_view(text).substr(slash + 1));
  return length && *length <= (*family == AF_INET ? 32 : 128);
}

bool is_list_of_addresses(const std::string& text) {
  std::size_t start = 0;
  while (true) {
    const std::size_t comma = text.find(',', start);
    if (!is_address(text.substr(start, comma - start))) return false;
    if (comma == std::string::npos) return true;
    start = comma + 1;
  }
}

bool is_name_server(const std::string& text) {
  HostPort server = split(text);
  if (server.port && !is_port(*server.port)) return false;
  // A link-local one names its interface: fe80::1%eth0.
  if (const auto zone = server.host.find('%'); zone != std::string::npos) {
    server.host = server.host.substr(0, zone) + (server.host.ends_with(']') ? "]" : "");
  }
  return is_address(server.host);
}

bool is_local_listener(const std::string& text) {
  const HostPort listener = split(text);
  const auto port = listener.port ? number(*listener.port) : std::nullopt;
  const std::string& host = listener.host;
  return port && *port <= 65'535 && (host == "127.0.0.1" || host == "localhost" || host == "[::1]");
}

bool is_socket_path(const std::string& text) {
  return !text.empty() && text.size() < sizeof(sockaddr_un{}.sun_path);
}

bool is_proxy(const std::string& text) {
  static constexpr std::string_view kSchemes[] = {"http",    "https",  "socks4",
                                                  "socks4a", "socks5", "socks5h"};
  std::string rest = text;
  bool has_scheme = false;
  if (const auto scheme = text.find("://"); scheme != std::string::npos) {
    const std::string_view name = std::string_view(text).substr(0, scheme);
    if (std::find(std::begin(kSchemes), std::end(kSchemes), name) == std::end(kSchemes)) {
      return false;
    }
    rest = text.substr(scheme + 3);
    has_scheme = true;
  }
  rest = rest.substr(0, rest.find('/'));
  if (const auto at = rest.rfind('@'); at != std::string::npos) rest = rest.substr(at + 1);
  const HostPort proxy = split(rest);
  if (proxy.port && !is_port(*proxy.port)) return false;
  if (is_address(proxy.host)) return true;
  // A number would be taken for an IPv4 address (5 is 0.0.0.5), a lone word is another key's value.
  const auto host = host_of(proxy.host);
  if (!host || is_address(*host)) return false;
  return proxy.port || has_scheme || host->find('.') != std::string::npos;
}

std::optional<std::string> host_of(const std::string& text) {
  if (text.starts_with('[')) return is_address(text) ? std::optional(text) : std::nullopt;
  if (text.empty() || text.find_first_of("/:?#@*\\ \t\r\n") != std::string::npos)
    return std::nullopt;
  if (text.starts_with('.') || text.find("..") != std::string::npos) return std::nullopt;
  const auto url = model::Url::parse("http://" + text + "/");
  if (!url) return std::nullopt;
  return std::string(url->hostname());
}

std::optional<std::string> domain_of(const std::string& text) {
  if (text.find('%') != std::string::npos) return std::nullopt;
  auto host = host_of(text.starts_with('.') ? text.substr(1) : text);
  if (host && is_address(*host) && *host != text) return std::nullopt;
  return host;
}

}  // namespace crawld::config
