#include "parsers/pack.h"

#include <catch2/catch.hpp>

using namespace crawld::parsers;

TEST_CASE("a packed body unpacks to itself, body after body") {
  Packer packer;
  std::string packed;
  for (const std::string& body :
       {std::string(), std::string("x"), std::string(1 << 20, 'y'), std::string("\0\xFF", 2)}) {
    packer.pack(body, packed);
    CHECK(unpack(packed, 2 << 20) == body);
  }
}

TEST_CASE("a damaged, cut or too large frame unpacks to nothing") {
  Packer packer;
  std::string packed;
  packer.pack(std::string(100'000, 'z') + "end", packed);
  CHECK_FALSE(unpack(packed, 100'002).has_value());
  CHECK_FALSE(unpack(packed.substr(0, packed.size() - 1), 1 << 20).has_value());
  CHECK_FALSE(unpack("", 1 << 20).has_value());
  packed[packed.size() / 2] ^= 1;
  CHECK_FALSE(unpack(packed, 1 << 20).has_value());
}
