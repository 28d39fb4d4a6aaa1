// An IPv4 or IPv6 address, and a range of them.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crawld::fetch {

enum class Family : std::uint8_t { ipv4, ipv6 };

struct IpAddress {
  Family family = Family::ipv4;
  std::array<std::uint8_t, 16> bytes{};  // network order; IPv4 uses the first four

  // Dotted quads and RFC 4291 text, without brackets, zones or legacy number forms.
  static std::optional<IpAddress> parse(std::string_view text);
  // As parse(), and "[...]" around IPv6 as in a URL's host.
  static std::optional<IpAddress> parse_host(std::string_view host);
  // Nothing for other families.
  static std::optional<IpAddress> of(const sockaddr& address);

  // IPv6 addresses that stand for an IPv4 one on this machine: ::ffff:a.b.c.d.
  IpAddress unmapped() const;
  std::string text() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

class Cidr {
 public:
  // "10.0.0.0/8", "fd00::/8", or one address. Bits behind the prefix are ignored.
  static std::optional<Cidr> parse(std::string_view text);
  constexpr Cidr(IpAddress network, unsigned prefix) : network_(network), prefix_(prefix) {}

  bool contains(const IpAddress& address) const;

 private:
  IpAddress network_;
  unsigned prefix_;  // bits
};

}  // namespace crawld::fetch
