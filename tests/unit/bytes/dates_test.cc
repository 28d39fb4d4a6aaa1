#include "parsers/text/dates.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "tests/support/suite.h"

using crawld::parsers::iso_date;
using crawld::parsers::parse_date;
using crawld::tests::Json;

namespace {

std::string read(std::string_view text) {
  const auto date = parse_date(text);
  return date ? iso_date(*date) : "none";
}

std::string suite_failure(const Json& one) {
  const std::string got = read(one.at("input").get<std::string>());
  const Json& wanted = one.at("expected_utc_struct_time");
  if (wanted.is_null()) return got == "none" ? "" : "gives " + got;
  using namespace std::chrono;
  const sys_days day{year{wanted[0].get<int>()} / wanted[1].get<int>() / wanted[2].get<int>()};
  const auto at = day + hours{wanted[3].get<int>()} + minutes{wanted[4].get<int>()} +
                  seconds{wanted[5].get<int>()};
  const std::string text = iso_date(duration_cast<milliseconds>(at.time_since_epoch()).count());
  return got.substr(0, 19) == text.substr(0, 19) ? "" : "gives " + got + " for " + text;
}

}  // namespace

TEST_CASE("weeks and days of the year are dates (ISO 8601)") {
  CHECK(read("2003-W01-1") == "2002-12-30T00:00:00+00:00");
  CHECK(read("2009-W53-7") == "2010-01-03T00:00:00+00:00");
  CHECK(read("2026-W48-3T10:00:00Z") == "2026-11-25T10:00:00+00:00");
  CHECK(read("2026W483T1000Z") == "2026-11-25T10:00:00+00:00");
  CHECK(read("2026-W48") == "2026-11-23T00:00:00+00:00");
  CHECK(read("2003-335T12:00Z") == "2003-12-01T12:00:00+00:00");
  for (const auto* wrong : {"2003-W53-1", "2003-W00-1", "2003-W01-8", "2003-W01-0", "2003-W1-1",
                            "2003-W01-", "2003-W011-1", "2003-W01-12", "2003W0112"}) {
    INFO(wrong);
    CHECK(read(wrong) == "none");
  }
}

TEST_CASE("ISO and W3C dates are read in all their forms") {
  CHECK(read("2004-12-23T18:00:15+00:00") == "2004-12-23T18:00:15+00:00");
  CHECK(read(" 2004-12-23 18:00:15.25 -0130 ") == "2004-12-23T19:30:15.250+00:00");
  CHECK(read("2004-12-23T18:00Z") == "2004-12-23T18:00:00+00:00");
  CHECK(read("2004-1-5") == "2004-01-05T00:00:00+00:00");
  CHECK(read("2004/01/05") == "2004-01-05T00:00:00+00:00");
  CHECK(read("2004.01.05 10:11") == "2004-01-05T10:11:00+00:00");
  CHECK(read("20040105T101112Z") == "2004-01-05T10:11:12+00:00");
  CHECK(read("20040105T10Z") == "2004-01-05T10:00:00+00:00");
  CHECK(read("2004-01-05T10+01:00") == "2004-01-05T09:00:00+00:00");
  CHECK(read("-04-05") == "2004-05-01T00:00:00+00:00");
  CHECK(read("-0405") == "2004-05-01T00:00:00+00:00");
  CHECK(read("2004-01-05+02:00") == "2004-01-04T22:00:00+00:00");
  CHECK(read("2004-060") == "2004-02-29T00:00:00+00:00");
  CHECK(read("2003335") == "2003-12-01T00:00:00+00:00");
  CHECK(read("2004-02-30") == "none");
  CHECK(read("2004-13") == "none");
  CHECK(read("2003-366") == "none");
  CHECK(read("04.01.05") == "none");
  CHECK(read("-0001-11-30T00:00:00+00:00") == "none");  // the empty date of PHP
}

TEST_CASE("mail, HTTP and C dates are read") {
  CHECK(read("Sun, 06 Nov 1994 08:49:37 GMT") == "1994-11-06T08:49:37+00:00");
  CHECK(read("Sunday, 06-Nov-94 08:49:37 GMT") == "1994-11-06T08:49:37+00:00");
  CHECK(read("Sun Nov  6 08:49:37 1994") == "1994-11-06T08:49:37+00:00");
  CHECK(read("Sun Nov 06 08:49:37 EST 1994") == "1994-11-06T13:49:37+00:00");
  CHECK(read("Sun Nov 06 08:49:37 GMT+01:00 1994") == "1994-11-06T07:49:37+00:00");
  CHECK(read("Sun Nov 06 08:49:37 +0100 1994") == "1994-11-06T07:49:37+00:00");
  CHECK(read("6 Nov 94 08:49 PM EST") == "1994-11-07T01:49:00+00:00");
  CHECK(read("Thu Aug 30 2012 17:26:16 GMT+0200 (CEST)") == "2012-08-30T15:26:16+00:00");
  CHECK(read("November 6th, 1994") == "1994-11-06T00:00:00+00:00");
  CHECK(read("Sun, 31 Feb 2010 08:49:37 GMT") == "none");
  CHECK(read("yesterday") == "none");
}

TEST_CASE("no month and no day of three digits is taken for a small one") {
  CHECK(read("2004-261-05") == "none");
  CHECK(read("2004년 0261월 28일") == "none");
  CHECK(read("2004년 05월 0261일") == "none");
}

TEST_CASE("no date lies outside of the years that are written with four digits") {
  CHECK(read("9999-12-31T23:59:59Z") == "9999-12-31T23:59:59+00:00");
  CHECK(read("9999-12-31T23:59:59-10:00") == "none");
  CHECK(read("0001-01-01T00:00:00Z") == "0001-01-01T00:00:00+00:00");
  CHECK(read("0001-01-01T00:00:00+01:00") == "none");
}

TEST_CASE("a mail date in a zone that nobody knows is read as UTC, by RFC 5322 section 4.3") {
  CHECK(read("Sun, 06 Nov 1994 08:49:37 BRT") == "1994-11-06T08:49:37+00:00");
  CHECK(read("06 Nov 94 08:49 K") == "1994-11-06T08:49:00+00:00");
  CHECK(read("Sun, 06 Nov 1994 08:49:37 Somewhere") == "none");
  CHECK(read("6 Nov 1994 sharp") == "none");
  CHECK(read("6 Nov 1994 08:49:37, all") == "none");
  CHECK(read("1994-11-06T08:49:37 XYZ") == "none");
}

TEST_CASE("mail dates are read in the languages of most pages") {
  CHECK(read("Mi, 07 Mai 2014 10:00:00 +0200") == "2014-05-07T08:00:00+00:00");
  CHECK(read("mar., 07 févr. 2014 10:00:00 GMT") == "2014-02-07T10:00:00+00:00");
  CHECK(read("qua, 5 dez 2012 09:00 -0200") == "2012-12-05T11:00:00+00:00");
  CHECK(read("Ср, 15 января 2014 10:00:00 +0400") == "2014-01-15T06:00:00+00:00");
  CHECK(read("5. März 2014") == "2014-03-05T00:00:00+00:00");
  CHECK(read("Paris, le 5 mai") == "none");
}

TEST_CASE("Greek, Hungarian and Korean dates are read") {
  CHECK(read("Κυρ, 11 Ιούλ 2004 12:00:00 EST") == "2004-07-11T17:00:00+00:00");
  CHECK(read("2004-július-13T9:15-05:00") == "2004-07-13T14:15:00+00:00");
  CHECK(read("2004-05-25 오후 11:23:17") == "2004-05-25T14:23:17+00:00");
}

TEST_CASE("dates agree with the feed-dates suite") {
  crawld::tests::run_suite("feed-dates", crawld::tests::suite_cases("feeds/dates-shared.jsonl"),
                           suite_failure);
}
