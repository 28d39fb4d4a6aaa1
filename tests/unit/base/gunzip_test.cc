// A gzip body in one go: only where nothing about it is unusual.
#include "crawler/base/gunzip.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "tests/unit/bytes/deflated.h"

using crawld::base::gunzip_whole;

namespace {

constexpr std::uint64_t kLimit = 1 << 20;

std::string gzipped(std::string_view text, bool header_checksum = false) {
  gz_header header{};
  std::string name = "page.html";
  header.name = reinterpret_cast<Bytef*>(name.data());
  header.hcrc = header_checksum ? 1 : 0;
  return crawld::tests::deflated(text, crawld::tests::Wrap::gzip, &header);
}

}  // namespace

TEST_CASE("one whole member is undone in one go, up to the cap") {
  for (const std::size_t size : {0U, 1U, 1'000U, 300'000U}) {
    const std::string text(size, 'x');
    CHECK(gunzip_whole(gzipped(text), kLimit) == text);
    CHECK(gunzip_whole(gzipped(text), size) == text);
    if (size > 0) CHECK_FALSE(gunzip_whole(gzipped(text), size - 1));
  }
}

TEST_CASE("what is unusual about a gzip body is left to the long way") {
  const std::string body = gzipped("some text of a page");
  REQUIRE(gunzip_whole(body, kLimit));
  CHECK_FALSE(gunzip_whole(body + body, kLimit));
  CHECK_FALSE(gunzip_whole(body + "\n", kLimit));
  CHECK_FALSE(gunzip_whole(gzipped("some text of a page", true), kLimit));
  for (std::size_t cut = 0; cut < body.size(); ++cut) {
    CHECK_FALSE(gunzip_whole(std::string_view(body).substr(0, cut), kLimit));
  }
  for (std::size_t from_end = 1; from_end <= 8; ++from_end) {  // checksum and size
    std::string broken = body;
    broken[broken.size() - from_end] ^= 1;
    CHECK_FALSE(gunzip_whole(broken, kLimit));
  }
}

TEST_CASE("a size that no deflate stream can reach takes no memory") {
  std::string body = gzipped("x");
  body[body.size() - 1] = '\x7F';  // 2 GiB and a byte, it says
  CHECK_FALSE(gunzip_whole(body, std::uint64_t{1} << 40));
}
