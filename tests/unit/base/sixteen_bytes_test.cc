// Both forms of sixteen bytes at once against a look at each byte.
#include "crawler/base/sixteen_bytes.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>

namespace crawld::base {
namespace {

std::string random_bytes(std::mt19937& random) {
  std::string bytes(SixteenBytes::kSize, ' ');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

template <class Test>
std::uint32_t bits_of(const std::string& bytes, Test test) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (test(static_cast<std::uint8_t>(bytes[i]))) bits |= 1u << i;
  }
  return bits;
}

TEMPLATE_TEST_CASE("sixteen bytes at once tell what each of them tells", "", SixteenBytes,
                   SixteenBytesLooped) {
  std::mt19937 random(8);
  for (int round = 0; round < 1'000; ++round) {
    const std::string bytes = random_bytes(random);
    const auto bound = static_cast<std::uint8_t>(random());
    const char wanted = bytes[random() % bytes.size()];
    const TestType all(bytes.data());
    CHECK(all.equal(wanted).bits() ==
          bits_of(bytes, [&](std::uint8_t b) { return b == static_cast<std::uint8_t>(wanted); }));
    CHECK(all.at_most(bound).bits() == bits_of(bytes, [&](std::uint8_t b) { return b <= bound; }));
    CHECK(all.between(bound / 2, bound).bits() ==
          bits_of(bytes, [&](std::uint8_t b) { return b >= bound / 2 && b <= bound; }));
    CHECK(all.beyond_ascii().bits() == bits_of(bytes, [](std::uint8_t b) { return b >= 0x80; }));
    CHECK((all.equal(wanted) | all.at_most(bound)).bits() ==
          (all.equal(wanted).bits() | all.at_most(bound).bits()));
  }
}

TEMPLATE_TEST_CASE("sixteen bytes in lower case change A to Z only", "", SixteenBytes,
                   SixteenBytesLooped) {
  for (int first = 0; first < 256; first += 16) {
    std::string bytes;
    for (int i = 0; i < 16; ++i) bytes += static_cast<char>(first + i);
    std::string lower(16, ' ');
    TestType(bytes.data()).lower_case().store(lower.data());
    for (char& byte : bytes) {
      if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte + 32);
    }
    CHECK(lower == bytes);
  }
}

TEMPLATE_TEST_CASE("the first of sixteen bytes is the lowest of the front", "", SixteenBytes,
                   SixteenBytesLooped) {
  CHECK(TestType("\x01\x02\x03\x04\x05\x06\x07\xF8........").front() == 0xF807060504030201);
}

}  // namespace
}  // namespace crawld::base
