// UTF-8 written and checked, at the borders that RFC 3629 draws.
#include "crawler/base/utf8.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>

namespace crawld::base {
namespace {

std::string written(char32_t c) {
  std::string out;
  append_utf8(out, c);
  return out;
}

TEST_CASE("a scalar value is written in as few bytes as it takes", "[utf8]") {
  CHECK(written(0x00) == std::string(1, '\0'));
  CHECK(written(0x7F) == "\x7F");
  CHECK(written(0x80) == "\xC2\x80");
  CHECK(written(0x7FF) == "\xDF\xBF");
  CHECK(written(0x800) == "\xE0\xA0\x80");
  CHECK(written(0xD7FF) == "\xED\x9F\xBF");
  CHECK(written(0xE000) == "\xEE\x80\x80");
  CHECK(written(0xFFFF) == "\xEF\xBF\xBF");
  CHECK(written(0x10000) == "\xF0\x90\x80\x80");
  CHECK(written(0x10FFFF) == "\xF4\x8F\xBF\xBF");
}

TEST_CASE("what is no scalar value is written as U+FFFD", "[utf8]") {
  for (const char32_t c : {0xD800U, 0xDBFFU, 0xDC00U, 0xDFFFU, 0x110000U, 0xFFFFFFFFU}) {
    CHECK(written(c) == kReplacementCharacter);
  }
}

TEST_CASE("every character that is written is read as one whole sequence", "[utf8]") {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    const std::string bytes = written(c) + "x";
    const Utf8Sequence sequence = utf8_sequence(bytes);
    if (!sequence.whole || sequence.size + 1 != bytes.size()) FAIL("U+" << std::uint32_t{c});
  }
}

TEST_CASE("overlong forms, surrogates and what is above U+10FFFF are broken", "[utf8]") {
  for (const char* bytes : {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
                            "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80",
                            "\xFF", "\xC2", "\xE2\x82", "\xF0\x9F\x98"}) {
    CHECK_FALSE(is_utf8(bytes));
    CHECK(utf8_prefix(std::string("ab") + bytes) == 2);
  }
}

}  // namespace
}  // namespace crawld::base
