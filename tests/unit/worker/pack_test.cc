#include "parsers/bytes/pack.h"

#include <catch2/catch.hpp>

#include "crawler/model/packed_body.h"
#include "tests/unit/bytes/deflated.h"

using namespace crawld::model;
using crawld::parsers::Packer;

TEST_CASE("a packed body unpacks to itself, body after body") {
  Packer packer;
  std::string packed;
  for (const std::string& body :
       {std::string(), std::string("x"), std::string(1 << 20, 'y'), std::string("\0\xFF", 2)}) {
    packer.pack(body, packed);
    CHECK(unpack(BodyCodec::zstd, packed, 2 << 20) == body);
  }
}

TEST_CASE("a damaged, cut or too large frame unpacks to nothing") {
  Packer packer;
  std::string packed;
  packer.pack(std::string(100'000, 'z') + "end", packed);
  CHECK_FALSE(unpack(BodyCodec::zstd, packed, 100'002).has_value());
  CHECK_FALSE(unpack(BodyCodec::zstd, packed.substr(0, packed.size() - 1), 1 << 20).has_value());
  CHECK_FALSE(unpack(BodyCodec::zstd, "", 1 << 20).has_value());
  packed[packed.size() / 2] ^= 1;
  CHECK_FALSE(unpack(BodyCodec::zstd, packed, 1 << 20).has_value());
}

TEST_CASE("a member of gzip unpacks too, and only as what it is") {
  const std::string body(100'000, 'z');
  const std::string packed = crawld::tests::deflated(body, crawld::tests::Wrap::gzip);
  CHECK(unpack(BodyCodec::gzip, packed, 100'000) == body);
  CHECK_FALSE(unpack(BodyCodec::gzip, packed, 99'999).has_value());
  CHECK_FALSE(unpack(BodyCodec::zstd, packed, 100'000).has_value());
  for (const BodyCodec codec : {BodyCodec::zstd, BodyCodec::gzip}) {
    CHECK(body_codec_from(to_string(codec)) == codec);
  }
  CHECK_FALSE(body_codec_from("br").has_value());
}
