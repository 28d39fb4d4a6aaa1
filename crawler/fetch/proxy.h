// A proxy as the configuration names it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crawld::fetch {

struct Proxy {
  std::string url;  // as curl takes it (http, https, socks4, socks4a, socks5, socks5h); a secret
  std::string host;
  std::uint16_t port = 0;

  // Is told the names of hosts. The others are told addresses, which we look up.
  bool resolves_names() const {
    return !url.starts_with("socks4://") && !url.starts_with("socks5://");
  }

  // "host:port", for people: no secret.
  std::string name() const { return host + ":" + std::to_string(port); }
  // Speaks HTTP, so that an answer may be its own.
  bool speaks_http() const { return !url.starts_with("socks"); }
  // A TLS handshake of its own comes before those of the hosts.
  bool speaks_tls() const { return url.starts_with("https://"); }

  // Scheme, port and user are optional, as curl has it. Nothing where it is no proxy's URL.
  static std::optional<Proxy> parse(std::string_view url);
};

}  // namespace crawld::fetch
