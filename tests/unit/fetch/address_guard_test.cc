#include "crawler/fetch/address_guard.h"

#include <catch2/catch.hpp>

using crawld::fetch::AddressGuard;
using crawld::fetch::IpAddress;

namespace {

bool allows(const AddressGuard& guard, const char* text) {
  const auto address = IpAddress::parse(text);
  REQUIRE(address);
  return guard.refusal(*address).empty();
}

}  // namespace

TEST_CASE("globally routable unicast addresses may be dialled") {
  const AddressGuard guard;
  const auto text =
      GENERATE("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
               "126.255.255.255", "128.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
               "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111",
               "2a00:1450::1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808");
  CHECK(allows(guard, text));
}

TEST_CASE("addresses of the special-purpose registries are refused") {
  const AddressGuard guard;
  const auto text = GENERATE(
      "0.0.0.0", "0.255.255.255", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1",
      "127.255.255.254", "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255",
      "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
      "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
      "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:7f00:1",
      "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1",
      "2001:0:808:808::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1",
      "2002:808:808::1", "3fff::1", "5f00::1", "4000::1", "fc00::1", "fd00:ec2::254", "fe80::1",
      "fec0::1", "ff02::1");
  CHECK_FALSE(allows(guard, text));
}

TEST_CASE("an allowed range opens its own addresses and no others") {
  const auto guard = AddressGuard::with_allowed({"127.0.0.0/8", "fd00:1::/32", "10.1.2.3"});
  REQUIRE(guard);
  CHECK(allows(*guard, "127.0.0.1"));
  CHECK(allows(*guard, "::ffff:127.0.0.1"));
  CHECK(allows(*guard, "fd00:1::5"));
  CHECK(allows(*guard, "10.1.2.3"));
  CHECK_FALSE(allows(*guard, "10.1.2.4"));
  CHECK_FALSE(allows(*guard, "fd00:2::5"));
  CHECK_FALSE(allows(*guard, "::1"));
  CHECK_FALSE(allows(*guard, "64:ff9b::7f00:1"));
}

TEST_CASE("a range that cannot be read is named in the error") {
  const auto text = GENERATE("10.0.0.0/33", "10.0.0/8", "::/129", "localhost", "10.0.0.0/", "/8",
                             "", "10.0.0.0/8x", "010.0.0.0/8");
  const auto guard = AddressGuard::with_allowed({text});
  REQUIRE_FALSE(guard);
  CHECK(guard.error().message.find(text) != std::string::npos);
}

TEST_CASE("ports of other protocols are refused as browsers do") {
  using crawld::fetch::blocked_port;
  for (const int port : {0, 1, 22, 25, 53, 110, 6000, 6667, 10080}) CHECK(blocked_port(port));
  for (const int port : {80, 443, 8080, 8443, 3000, 5000, 65535}) CHECK_FALSE(blocked_port(port));
}
