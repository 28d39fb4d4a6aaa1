#include "crawler/fetch/address_guard.h"

#include <algorithm>
#include <array>

namespace crawld::fetch {
namespace {

struct Special {
  Cidr range;
  std::string_view why;
};

constexpr IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {Family::ipv4, {a, b, c, d}};
}

// The first four groups of an IPv6 network.
constexpr IpAddress v6(std::uint16_t a, std::uint16_t b = 0, std::uint16_t c = 0,
                       std::uint16_t d = 0) {
  IpAddress out{Family::ipv6, {}};
  const std::array<std::uint16_t, 4> groups = {a, b, c, d};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    out.bytes[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
    out.bytes[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xFF);
  }
  return out;
}

const std::array kSpecial4 = {
    Special{Cidr(v4(0, 0, 0, 0), 8), "this network"},
    Special{Cidr(v4(10, 0, 0, 0), 8), "private use"},
    Special{Cidr(v4(100, 64, 0, 0), 10), "carrier-grade NAT"},
    Special{Cidr(v4(127, 0, 0, 0), 8), "loopback"},
    // Azure's machine agent answers on a public-looking address.
    Special{Cidr(v4(168, 63, 129, 16), 32), "cloud metadata"},
    Special{Cidr(v4(169, 254, 0, 0), 16), "link-local"},
    Special{Cidr(v4(172, 16, 0, 0), 12), "private use"},
    Special{Cidr(v4(192, 0, 0, 0), 24), "IETF protocol assignments"},
    Special{Cidr(v4(192, 0, 2, 0), 24), "documentation"},
    Special{Cidr(v4(192, 88, 99, 0), 24), "6to4 relay"},
    Special{Cidr(v4(192, 168, 0, 0), 16), "private use"},
    Special{Cidr(v4(198, 18, 0, 0), 15), "benchmarking"},
    Special{Cidr(v4(198, 51, 100, 0), 24), "documentation"},
    Special{Cidr(v4(203, 0, 113, 0), 24), "documentation"},
    Special{Cidr(v4(224, 0, 0, 0), 4), "multicast"},
    Special{Cidr(v4(240, 0, 0, 0), 4), "reserved"},
};

const Cidr kGlobalUnicast6(v6(0x2000), 3);
const Cidr kNat64(v6(0x64, 0xff9b), 96);

// Inside 2000::/3. 6to4 and Teredo carry an IPv4 address of their own choice and
// are not listed as globally reachable, so they are refused whatever they carry.
const std::array kSpecial6 = {
    Special{Cidr(v6(0x2001, 0), 23), "IETF protocol assignments"},  // holds Teredo, ORCHID
    Special{Cidr(v6(0x2001, 0xdb8), 32), "documentation"},
    Special{Cidr(v6(0x2002), 16), "6to4"},
    Special{Cidr(v6(0x3fff), 20), "documentation"},
};

// Outside it, only to say why.
const std::array kNamed6 = {
    Special{Cidr(v6(0), 96), "loopback or IPv4-compatible"},
    Special{Cidr(v6(0x64, 0xff9b, 1), 48), "local-use NAT64"},
    Special{Cidr(v6(0xfc00), 7), "unique local"},
    Special{Cidr(v6(0xfe80), 10), "link-local"},
    Special{Cidr(v6(0xff00), 8), "multicast"},
};

template <class Table>
std::string_view find(const Table& table, const IpAddress& address) {
  for (const Special& special : table) {
    if (special.range.contains(address)) return special.why;
  }
  return {};
}

IpAddress low_32_bits(const IpAddress& address) {
  return v4(address.bytes[12], address.bytes[13], address.bytes[14], address.bytes[15]);
}

std::string_view refusal_by_registry(const IpAddress& address) {
  if (address.family == Family::ipv4) return find(kSpecial4, address);
  // RFC 6052 section 3.1: the translator would dial the IPv4 address inside.
  if (kNat64.contains(address)) return find(kSpecial4, low_32_bits(address));
  if (kGlobalUnicast6.contains(address)) return find(kSpecial6, address);
  const std::string_view why = find(kNamed6, address);
  return why.empty() ? "not global unicast" : why;
}

}  // namespace

base::Result<AddressGuard> AddressGuard::with_allowed(const std::vector<std::string>& cidrs) {
  AddressGuard guard;
  for (const std::string& text : cidrs) {
    const auto cidr = Cidr::parse(text);
    if (!cidr) {
      return base::Error{base::Error::Code::invalid,
                         "\"" + text + "\" is not an address range; expected like 10.0.0.0/8"};
    }
    guard.allowed_.push_back(*cidr);
  }
  return guard;
}

std::string_view AddressGuard::refusal(const IpAddress& address) const {
  const IpAddress dialled = address.unmapped();
  const auto opens = [&](const Cidr& range) {
    return range.contains(dialled) || range.contains(address);
  };
  if (std::any_of(allowed_.begin(), allowed_.end(), opens)) return {};
  return refusal_by_registry(dialled);
}

std::string_view AddressGuard::refusal(const sockaddr& address) const {
  const auto ip = IpAddress::of(address);
  return ip ? refusal(*ip) : "not an internet address";
}

bool blocked_port(std::uint16_t port) {
  static constexpr std::uint16_t kBlocked[] = {
      0,    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,
      37,   42,   43,   53,   69,   77,   79,   87,   95,   101,  102,  103,  104,  109,
      110,  111,  113,  115,  117,  119,  123,  135,  137,  139,  143,  161,  179,  389,
      427,  465,  512,  513,  514,  515,  526,  530,  531,  532,  540,  548,  554,  556,
      563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049, 3659, 4045,
      4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080};
  return std::binary_search(std::begin(kBlocked), std::end(kBlocked), port);
}

}  // namespace crawld::fetch
