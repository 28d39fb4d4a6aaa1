// Any text as address, range and hosts file; any bytes as an address to dial: text
// and bytes agree, and no disguise changes what the guard says of an address.
#include <algorithm>
#include <cstdlib>

#include "crawler/fetch/address_guard.h"
#include "crawler/fetch/hosts_file.h"

using namespace crawld::fetch;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

IpAddress from_bytes(Family family, const std::uint8_t* data, std::size_t size) {
  IpAddress address{family, {}};
  std::copy_n(data, std::min<std::size_t>(size, family == Family::ipv4 ? 4 : 16),
              address.bytes.begin());
  return address;
}

IpAddress disguised(const IpAddress& v4, std::initializer_list<std::uint8_t> prefix) {
  IpAddress address{Family::ipv6, {}};
  std::copy(prefix.begin(), prefix.end(), address.bytes.begin());
  std::copy_n(v4.bytes.begin(), 4, address.bytes.begin() + 12);
  return address;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const AddressGuard guard;
  if (const auto address = IpAddress::parse_host(text)) {
    check(IpAddress::parse(address->text()) == *address);
  }
  if (const auto range = Cidr::parse(text)) {
    const auto opened = AddressGuard::with_allowed({std::string(text)});
    check(opened.ok());
    const IpAddress some = from_bytes(Family::ipv4, data, size);
    if (range->contains(some)) check(opened->refusal(some).empty());
  }
  for (const auto& [name, addresses] : parse_hosts(text))
    check(!name.empty() && !addresses.empty());

  const IpAddress v4 = from_bytes(Family::ipv4, data, size);
  const bool refused = !guard.refusal(v4).empty();
  const std::uint8_t first = v4.bytes[0];
  if (first == 0 || first == 10 || first == 127 || first >= 224) check(refused);
  check(guard.refusal(disguised(v4, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})).empty() !=
        refused);
  check(guard.refusal(disguised(v4, {0, 0x64, 0xff, 0x9b})).empty() != refused);
  check(!guard.refusal(disguised(v4, {})).empty());
  const IpAddress v6 = from_bytes(Family::ipv6, data, size);
  if (guard.refusal(v6).empty() && v6.unmapped() == v6) {
    check((v6.bytes[0] & 0xE0) == 0x20 || (v6.bytes[0] == 0 && v6.bytes[1] == 0x64));
  }
  return 0;
}
