#include "parsers/bytes/pack.h"

#include <catch2/catch.hpp>
#include <memory>
#include <random>

#include "crawler/model/packed_body.h"
#include "tests/unit/bytes/deflated.h"

using namespace crawld::model;
using crawld::parsers::Packer;

TEST_CASE("a packed body unpacks to itself, body after body") {
  Packer packer;
  std::string packed;
  for (const std::string& body :
       {std::string(), std::string("x"), std::string(1 << 20, 'y'), std::string("\0\xFF", 2)}) {
    packer.pack(body, 0, packed);
    CHECK(unpack({.bytes = packed}, 2 << 20) == body);
  }
}

TEST_CASE("a damaged, cut or too large frame unpacks to nothing") {
  Packer packer;
  std::string packed;
  packer.pack(std::string(100'000, 'z') + "end", 0, packed);
  CHECK_FALSE(unpack({.bytes = packed}, 100'002).has_value());
  CHECK_FALSE(unpack({.bytes = packed.substr(0, packed.size() - 1)}, 1 << 20).has_value());
  CHECK_FALSE(unpack({.bytes = ""}, 1 << 20).has_value());
  packed[packed.size() / 2] ^= 1;
  CHECK_FALSE(unpack({.bytes = packed}, 1 << 20).has_value());
}

TEST_CASE("a member of gzip unpacks too, and only as what it is") {
  const std::string body(100'000, 'z');
  const std::string packed = crawld::tests::deflated(body, crawld::tests::Wrap::gzip);
  CHECK(unpack({.codec = BodyCodec::gzip, .bytes = packed}, 100'000) == body);
  CHECK_FALSE(unpack({.codec = BodyCodec::gzip, .bytes = packed}, 99'999).has_value());
  CHECK_FALSE(unpack({.bytes = packed}, 100'000).has_value());
}

TEST_CASE("how a body is packed is told in a word, and unknown words are none") {
  for (const BodyPacking& packing : {BodyPacking{BodyCodec::zstd}, BodyPacking{BodyCodec::gzip},
                                     BodyPacking{BodyCodec::zstd, 7}}) {
    CHECK(BodyPacking::from(packing.name()) == packing);
  }
  CHECK(BodyPacking{BodyCodec::zstd, 7}.name() == "zstd:7");
  for (const char* unknown : {"", "br", "zst", "zstdx", "zstd:", "zstd:0", "zstd:-1", "zstd:7x",
                              "zstd:99999999999999999999", "gzip:1"}) {
    INFO(unknown);
    CHECK_FALSE(BodyPacking::from(unknown).has_value());
  }
}

namespace {

// Text that looks like a page's own, and differs with `seed`.
std::string words(unsigned seed, std::size_t count) {
  std::mt19937 random(seed);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += "<td class=c" + std::to_string(random() % 10'000) + ">";
  }
  return text;
}

}  // namespace

TEST_CASE("a body beside a dictionary that holds most of it is small, and needs it to be read") {
  const auto dictionary = std::make_shared<const BodyDictionary>(
      BodyDictionary{.id = 3, .bytes = "\n" + words(1, 2'000)});
  const std::string body = words(1, 2'000) + words(2, 20);
  Packer packer;
  packer.learn(63, *dictionary);
  REQUIRE(packer.knows(3));
  std::string alone;
  packer.pack(body, 0, alone);
  std::string beside;
  packer.pack(body, 3, beside);
  CHECK(beside.size() * 10 < alone.size());
  CHECK(unpack({.bytes = alone}, 1 << 20) == body);
  CHECK(unpack({.bytes = beside, .dictionary = dictionary}, 1 << 20) == body);
  CHECK_FALSE(unpack({.bytes = beside}, 1 << 20).has_value());
  const auto other =
      std::make_shared<const BodyDictionary>(BodyDictionary{.id = 3, .bytes = words(4, 2'000)});
  CHECK_FALSE(unpack({.bytes = beside, .dictionary = other}, 1 << 20).has_value());
}

TEST_CASE("a dictionary takes the place of the one that had its slot") {
  Packer packer;
  packer.learn(0, {.id = 1, .bytes = words(1, 100)});
  packer.learn(1, {.id = 2, .bytes = words(2, 100)});
  packer.learn(0, {.id = 3, .bytes = words(3, 100)});
  CHECK_FALSE(packer.knows(1));
  CHECK(packer.knows(2));
  CHECK(packer.knows(3));
  CHECK_FALSE(packer.knows(0));
}
