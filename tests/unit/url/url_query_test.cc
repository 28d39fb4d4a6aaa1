#include "crawler/model/url_query.h"

#include <catch2/catch.hpp>
#include <string>

using crawld::model::append_query;

namespace {

std::string query(std::string_view text, std::string_view encoding) {
  std::string out;
  append_query(out, text, encoding, /*special_scheme=*/true);
  return out;
}

}  // namespace

TEST_CASE("a query goes out in the encoding of its page, and what that lacks as a reference") {
  CHECK(query("é€", "utf-8") == "%C3%A9%E2%82%AC");
  CHECK(query("é€", "utf-16le") == "%C3%A9%E2%82%AC");
  CHECK(query("é€Я", "windows-1252") == "%E9%80%26%231071%3B");
  CHECK(query("Я é", "koi8-r") == "%F1%20%26%23233%3B");
  CHECK(query("\uF7FFa\u0080", "x-user-defined") == "%FFa%26%23128%3B");
}

TEST_CASE("what a form sends is encoded the same way, without percents") {
  CHECK(crawld::model::encode_form_text("é€Я&", "windows-1252") == "\xE9\x80&#1071;&");
  CHECK(crawld::model::encode_form_text("ⅰa", "ISO-2022-JP") == "\x1B$B|q\x1B(Ba");
  CHECK(crawld::model::encode_form_text("é", "utf-16be") == "é");
  CHECK(crawld::model::encode_form_text("é", "nonsense") == "é");
}

TEST_CASE("single bytes are those of the standard where ICU has others or none") {
  CHECK(query("Țț", "iso-8859-16") == "%DE%FE");
  CHECK(query("ЎўΞ", "koi8-u") == "%BE%AE%26%23926%3B");
  CHECK(query("ª", "windows-1253") == "%26%23170%3B");
  CHECK(query("\u05BA", "windows-1255") == "%CA");
}

TEST_CASE("of several places in an index the one that the standard names is taken") {
  CHECK(query("€ǹ", "gbk") == "%80%A8%BF");
  CHECK(query("\uE78D\uE793\uE794\uE796", "gb18030") == "%A6%D9%A6%DF%A6%EC%A6%F3");
  CHECK(query("\uE795", "gbk") == "%A6%ED");
  CHECK(query("€\uE81E\uE5E5é€", "gb18030") == "%A2%E3%FEY%26%2358853%3B%A8%A6%A2%E3");
  CHECK(query("Я😀", "gb18030") == "%A7%C1%949%FC6");
  CHECK(query("十═¨\u43F0", "big5") == "%A4Q%F9%F9%C6%D8%26%2317392%3B");
  CHECK(query("ⅰ¥‾−ｱ", "shift_jis") == "%FA@\\~%81|%B1");
  CHECK(query("ⅰ¥‾−ｱ", "euc-jp") == "%FC%F1\\~%A1%DD%8E%B1");
  CHECK(query("ⅰaｱ", "iso-2022-jp") == "%1B$B|q%1B(Ba%1B$B%%22%1B(B");
  // A control of its own is an error that leaves Roman as it is (Encoding 12.2.2).
  CHECK(query("¥\x0Ex", "iso-2022-jp") == "%1B(J\\%26%2365533%3Bx%1B(B");
  CHECK(query("ⅰ\x0E", "iso-2022-jp") == "%1B$B|q%1B(B%26%2365533%3B");
  CHECK(query("\uE000가", "euc-kr") == "%26%2357344%3B%B0%A1");
  CHECK(query("\uE000", "shift_jis") == "%26%2357344%3B");
}
