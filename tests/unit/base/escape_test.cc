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

TEST_CASE("JSON escapes quotes, backslashes and controls and nothing else, wherever they stand") {
  const std::pair<std::string_view, std::string_view> pairs[] = {
      {"\"", "\\\""},
      {"\\", "\\\\"},
      {"\n", "\\n"},
      {"\t", "\\t"},
      {"\r", "\\u000d"},
      {"\x1f", "\\u001f"},
      {"\x7f", "\\u007f"},
      {"\u0085", "\\u0085"},
      {" ", " "},
      {"!", "!"},
      {"#", "#"},
      {"~", "~"},
      {"[", "["},
      {"]", "]"},
      {"\u00a0", "\u00a0"},
      {"\u4e2d", "\u4e2d"},
      {"\U0001F600", "\U0001F600"},
      {"\xff", "\uFFFD"},
      {"\xc2", "\uFFFD"},
      {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"}};
  for (const auto& [raw, wanted] : pairs) {
    for (std::size_t before = 0; before < 20; ++before) {
      for (const std::size_t after : {0, 1, 7, 8, 9}) {
        CAPTURE(wanted, before, after);
        const std::string front(before, 'x');
        const std::string back(after, 'y');
        CHECK(json_string(front + std::string(raw) + back) ==
              "\"" + front + std::string(wanted) + back + "\"");
      }
    }
  }
}
