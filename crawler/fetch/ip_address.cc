#include "crawler/fetch/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace crawld::fetch {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN + 1> buffer{};
  if (text.empty() || text.size() >= buffer.size()) return std::nullopt;
  std::copy(text.begin(), text.end(), buffer.begin());
  if (std::strlen(buffer.data()) != text.size()) return std::nullopt;
  IpAddress address;
  if (inet_pton(AF_INET, buffer.data(), address.bytes.data()) == 1) return address;
  address.family = Family::ipv6;
  if (inet_pton(AF_INET6, buffer.data(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::optional<IpAddress> IpAddress::parse_host(std::string_view host) {
  if (host.size() < 2 || host.front() != '[') return parse(host);
  if (host.back() != ']') return std::nullopt;
  auto address = parse(host.substr(1, host.size() - 2));
  if (address && address->family != Family::ipv6) return std::nullopt;
  return address;
}

std::optional<IpAddress> IpAddress::of(const sockaddr& address) {
  IpAddress out;
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    std::memcpy(out.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
    return out;
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof v6);
    out.family = Family::ipv6;
    std::memcpy(out.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
    return out;
  }
  return std::nullopt;
}

IpAddress IpAddress::unmapped() const {
  if (family == Family::ipv4 ||
      !std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin())) {
    return *this;
  }
  IpAddress v4;
  std::copy_n(bytes.begin() + kMappedPrefix.size(), 4, v4.bytes.begin());
  return v4;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  const int af = family == Family::ipv4 ? AF_INET : AF_INET6;
  const char* written = inet_ntop(af, bytes.data(), buffer.data(), buffer.size());
  return written == nullptr ? std::string() : std::string(written);
}

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse_host(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned bits = address->family == Family::ipv4 ? 32 : 128;
  if (slash == std::string_view::npos) return Cidr(*address, bits);
  const std::string_view digits = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (failed != std::errc{} || end != digits.data() + digits.size() || prefix > bits) {
    return std::nullopt;
  }
  return Cidr(*address, prefix);
}

bool Cidr::contains(const IpAddress& address) const {
  if (address.family != network_.family) return false;
  const unsigned whole = prefix_ / 8;
  if (!std::equal(network_.bytes.begin(), network_.bytes.begin() + whole, address.bytes.begin())) {
    return false;
  }
  const unsigned rest = prefix_ % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFF << (8 - rest));
  return (network_.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

}  // namespace crawld::fetch
