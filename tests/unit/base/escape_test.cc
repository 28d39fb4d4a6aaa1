// What text from the web looks like on a terminal.
#include "crawler/base/escape.h"

#include <catch2/catch.hpp>

using namespace crawld::base;

TEST_CASE("what moves a cursor, breaks a line or turns text round is shown, not done") {
  CHECK(printable("a\x1b[31m\x07\x7f") == "a\\x1b[31m\\x07\\x7f");
  CHECK(printable("\u009b\u2028\u2029") == "\\x9b\\u2028\\u2029");
  CHECK(printable("txt.\u202eexe\u202a\u2066\u2069") == "txt.\\u202eexe\\u202a\\u2066\\u2069");
}

TEST_CASE("other text stays as it is, whichever way it runs") {
  const std::string text = "caf\u00e9 \u05d0\u200f\u06271 \u2027\u202f\u2065\u206a \u4e2d";
  CHECK(printable(text) == text);
}
