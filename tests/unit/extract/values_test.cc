#include "parsers/extract/values.h"

#include <catch2/catch.hpp>

namespace crawld::parsers {
namespace {

std::string shown(base::Result<std::string> read) {
  return read ? *read : "! " + read.error().message;
}
std::string number(std::string_view text, std::string_view locale = {},
                   std::string_view language = {}) {
  return shown(read_number(text, locale, language));
}
std::string price(std::string_view text, std::string_view language = {}) {
  return shown(read_price(text, {}, language));
}
std::string date(std::string_view text, std::string_view locale = {}) {
  return shown(read_date(text, locale, {}));
}

TEST_CASE("numbers are read with the marks of any country") {
  CHECK(number("1.234,56") == "1234.56");
  CHECK(number("1,234.56") == "1234.56");
  CHECK(number("1 234,56") == "1234.56");
  CHECK(number("1\u202F234,5 €") == "1234.5");
  CHECK(number("1'234.50") == "1234.5");
  CHECK(number("1’234’567") == "1234567");
  CHECK(number("12,34,567.8") == "1234567.8");
  CHECK(number("1.234.567") == "1234567");
  CHECK(number("12,5") == "12.5");
  CHECK(number("0.125") == "0.125");
  CHECK(number("1,234 reviews") == "1234");
  CHECK(number("4.5 out of 5") == "4.5");
  CHECK(number("- 12") == "-12");
  CHECK(number("−3,50") == "-3.5");
  CHECK(number("A-10") == "10");
  CHECK(number("EUR 007.00") == "7");
  CHECK(number("١٢٣") == "123");
  CHECK(number(".5") == "0.5");
  CHECK(number("from 3 234 to 9") == "3234");
  CHECK(number("call 12 34 56") == "12");
}

TEST_CASE("a locale is a language with a script and a region that there are") {
  for (const char* locale : {"de", "EN", "de-CH", "pt_br", "es-419", "zh-Hant-TW", "sr-Latn"}) {
    INFO(locale);
    CHECK(crawld::parsers::is_locale(locale));
  }
  for (const char* locale : {"", "xx", "german", "de-", "-de", "de-XX", "de-CH-CH", "de CH", "d"}) {
    INFO(locale);
    CHECK_FALSE(crawld::parsers::is_locale(locale));
  }
}

TEST_CASE("where a mark can mean two things the locale decides") {
  CHECK(number("1.234") == "1.234");
  CHECK(number("1.234", "de") == "1234");
  CHECK(number("1.234", {}, "de-AT") == "1234");
  CHECK(number("1,234", "de") == "1.234");
  CHECK(number("1.234", "de-CH") == "1.234");
  CHECK(number("1,234.56", "de") == "! not a number as de writes them: \"1,234.56\"");
  CHECK(shown(read_integer("1.234", {}, {})) == "1234");
}

TEST_CASE("what is no number says so") {
  CHECK(number("free") == "! no number in \"free\"");
  CHECK(number("1.2.3") == "! not a number: \"1.2.3\"");
  CHECK(shown(read_integer("1.5", {}, {})) == "! not a whole number: \"1.5\"");
}

TEST_CASE("a sign that many countries have is that of the field's or page's region") {
  CHECK(price("$1,234.50", "es-MX") == R"({"amount":1234.5,"currency":"MXN"})");
  CHECK(price("$12", "en") == R"({"amount":12,"currency":"USD"})");
  CHECK(shown(read_price("149 kr", "sv", "en")) == R"({"amount":149,"currency":"SEK"})");
}

TEST_CASE("prices keep their currency") {
  CHECK(price("1.299,00 €") == R"({"amount":1299,"currency":"EUR"})");
  CHECK(price("$12.50") == R"({"amount":12.5,"currency":"USD"})");
  CHECK(price("US$ 1,299") == R"({"amount":1299,"currency":"USD"})");
  CHECK(price("CHF 12.90") == R"({"amount":12.9,"currency":"CHF"})");
  CHECK(price("149 kr", "sv-SE") == R"({"amount":149,"currency":"SEK"})");
  CHECK(price("1.299") == R"({"amount":1299,"currency":null})");
  CHECK(price("¥1,000", "ja") == R"({"amount":1000,"currency":"JPY"})");
  CHECK(price("\uFFE51,000", "ja") == R"({"amount":1000,"currency":"JPY"})");
  CHECK(price("12 zł") == R"({"amount":12,"currency":"PLN"})");
  CHECK(price("-£5") == R"({"amount":-5,"currency":"GBP"})");
}

TEST_CASE("yes and no are read in several languages") {
  CHECK(shown(read_boolean("Yes")) == "true");
  CHECK(shown(read_boolean("0")) == "false");
  CHECK(shown(read_boolean("maybe")) == "! neither yes nor no: \"maybe\"");
}

TEST_CASE("months are read in the languages of CLDR") {
  CHECK(date("Κυριακή 20 Δεκεμβρίου 2009") == "\"2009-12-20\"");
  CHECK(date("23 באוקטובר 2021") == "\"2021-10-23\"");
  CHECK(date("الثلاثاء، 11 أبريل 2000") == "\"2000-04-11\"");
  CHECK(date("10\u200f/11\u200f/2002", "ar") == "\"2002-11-10\"");
  CHECK(date("28 फ़रवरी 2005") == "\"2005-02-28\"");
  CHECK(date("12 พฤษภาคม ค.ศ. 1996") == "\"1996-05-12\"");
  CHECK(date("12 tháng 2, 2005") == "\"2005-02-12\"");
  CHECK(date("19 d’octubre de 2006") == "\"2006-10-19\"");
  CHECK(date("2014 m. liepos 5 d.") == "\"2014-07-05\"");
  CHECK(date("1997. gada 11. janvāris") == "\"1997-01-11\"");
  CHECK(date("2002. március 8., péntek") == "\"2002-03-08\"");
  CHECK(date("18 cze 2010", "pl") == "\"2010-06-18\"");
}

TEST_CASE("a name that is one month here and another there is read in the page's language") {
  CHECK(date("1. listopada 2022.", "hr") == "\"2022-10-01\"");
  CHECK(date("1 listopada 2022", "pl-PL") == "\"2022-11-01\"");
}

TEST_CASE("the hour behind a day is no year") {
  CHECK(date("2002. gada 8. marts 15:32") == "\"2002-03-08T15:32:00\"");
  CHECK(date("5 May 10:30") == "! not a date: \"5 May 10:30\"");
  CHECK(date("5 May 10") == "\"2010-05-05\"");
}

TEST_CASE("dates are read as people and machines write them") {
  CHECK(date("2024-03-03") == "\"2024-03-03\"");
  CHECK(date("Published on March 3, 2024 by Ann") == "\"2024-03-03\"");
  CHECK(date("3 March 2024, 4:05 pm") == "\"2024-03-03T16:05:00\"");
  CHECK(date("Sunday, 3rd of March 2024") == "\"2024-03-03\"");
  CHECK(date("3. März 2024 um 10:30 Uhr") == "\"2024-03-03T10:30:00\"");
  CHECK(date("le 1er août 2023") == "\"2023-08-01\"");
  CHECK(date("3 de marzo de 2024") == "\"2024-03-03\"");
  CHECK(date("3 марта 2024 г.") == "\"2024-03-03\"");
  CHECK(date("03.04.2024") == "\"2024-04-03\"");
  CHECK(date("3/13/2024") == "\"2024-03-13\"");
  CHECK(date("3/4/2024") == "\"2024-03-04\"");
  CHECK(date("3/4/2024", "en-GB") == "\"2024-04-03\"");
  CHECK(date("2024年3月3日") == "\"2024-03-03\"");
  CHECK(date("March 2024") == "\"2024-03\"");
  CHECK(date("2024-03-03T10:00:00+01:00") == "\"2024-03-03T09:00:00+00:00\"");
  CHECK(date("2024-03-03T10:00:00-05:00") == "\"2024-03-03T15:00:00+00:00\"");
  CHECK(date("Sun, 03 Mar 2024 10:00:00 GMT") == "\"2024-03-03T10:00:00+00:00\"");
  CHECK(date("31 February 2024") == "! not a date: \"31 February 2024\"");
  CHECK(date("soon") == "! not a date: \"soon\"");
}

}  // namespace
}  // namespace crawld::parsers
