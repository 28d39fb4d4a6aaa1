#include "parsers/bytes/charset.h"

#include <catch2/catch.hpp>
#include <string>

#include "crawler/base/utf8.h"

using crawld::model::DocumentKind;
using crawld::parsers::CharsetAnswer;
using crawld::parsers::detect_charset;
using crawld::parsers::encoding_for_label;
using crawld::parsers::to_utf8;
using namespace std::string_literals;

namespace {

// "encoding from source"
std::string answer(std::string_view bytes, std::string_view content_type = "",
                   DocumentKind kind = DocumentKind::html) {
  const CharsetAnswer found = detect_charset(bytes, content_type, kind);
  return std::string(found.encoding) + " from " + std::string(found.source);
}

std::string text_of(std::string_view bytes, std::string_view label) {
  return to_utf8(bytes, encoding_for_label(label));
}

}  // namespace

TEST_CASE("byte order mark, transport, meta, guess and default are asked in this order") {
  const std::string page = "<meta charset=koi8-r><p>\xF0\xD2\xC9\xD7\xC5\xD4";
  CHECK(answer("\xEF\xBB\xBF" + page, "text/html; charset=big5") == "utf-8 from bom");
  CHECK(answer(page, "text/html; charset=big5") == "big5 from transport");
  CHECK(answer(page, "text/html; charset=nonsense") == "koi8-r from meta");
  CHECK(answer("<p>\xC3\xA9t\xC3\xA9") == "utf-8 from detector");
  CHECK(answer("<p>plain") == "windows-1252 from default");
  CHECK(answer("plain", "text/plain", DocumentKind::text) == "utf-8 from default");
  CHECK(answer("caf\xE9", "text/plain", DocumentKind::text) == "windows-1252 from default");
  CHECK(answer("<r>\xE9</r>", "", DocumentKind::xml) == "utf-8 from default");
}

TEST_CASE("a charset label with a NUL in it falls back") {
  CHECK(answer("<p>x", "text/html; charset=x-no-such-charset-\0"s) == "windows-1252 from default");
}

TEST_CASE(
    "of equal content types the first that names a charset fills in (Fetch, extract a MIME type)") {
  CHECK(answer("x", "text/html;charset=gbk, text/html;charset=koi8-r") == "koi8-r from transport");
  CHECK(answer("x", "text/html;charset=gbk, text/html;charset=koi8-r, text/html") ==
        "gbk from transport");
  CHECK(answer("x", "text/html;charset=gbk, text/html;charset=\"\"") ==
        "windows-1252 from default");
  CHECK(answer("x", "text/html, text/html;charset=gbk, text/html") == "windows-1252 from default");
}

TEST_CASE("the mark of a byte order is skipped with its size") {
  CHECK(detect_charset("\xEF\xBB\xBFx", "", DocumentKind::html).bom_size == 3);
  CHECK(detect_charset("\xFE\xFF", "", DocumentKind::html).bom_size == 2);
  CHECK(detect_charset("x", "", DocumentKind::html).bom_size == 0);
}

TEST_CASE("a meta after the first 1024 bytes counts, but not one inside a script (HTML 13.2.3.5)") {
  const std::string far(2000, ' ');
  CHECK(answer(far + "<meta charset=koi8-r>") == "koi8-r from meta");
  CHECK(answer(far + "<script>'<meta charset=koi8-r>'</script>") == "windows-1252 from default");
  CHECK(answer(far + "<!-- <meta charset=koi8-r> -->") == "windows-1252 from default");
  CHECK(answer(far + "<script>x</SCRIPT ><meta charset=koi8-r>") == "koi8-r from meta");
}

TEST_CASE("a meta needs its pragma, and the first usable one wins (HTML 13.2.3.2)") {
  CHECK(answer("<meta content='text/html; charset=koi8-r'>") == "windows-1252 from default");
  CHECK(answer("<meta http-equiv=content-type content='a; charset = koi8-r ;'>") ==
        "koi8-r from meta");
  CHECK(answer("<meta charset=nonsense><meta charset=koi8-r>") == "koi8-r from meta");
  CHECK(answer("<meta charset=nonsense http-equiv=content-type content='a;charset=koi8-r'>") ==
        "koi8-r from meta");
  CHECK(answer("<meta charset=nonsense content='a;charset=koi8-r'>") ==
        "windows-1252 from default");
  CHECK(answer("<meta charset=utf-16>") == "utf-8 from meta");
  CHECK(answer("<meta charset=x-user-defined>") == "windows-1252 from meta");
}

TEST_CASE("for the prescan a slash belongs to the name of a tag that is no meta (HTML 13.2.3.2)") {
  const std::string page = "<br/x='><meta charset=koi8-r>";
  CHECK(detect_charset(page, "", DocumentKind::html).encoding == "koi8-r");
}

TEST_CASE("an XML declaration counts, in UTF-16 too") {
  CHECK(answer("<?xml version='1.0' encoding='koi8-r'?><r/>", "", DocumentKind::xml) ==
        "koi8-r from meta");
  CHECK(answer("<?xml version='1.0' encoding='koi8-r'?><p>") == "koi8-r from meta");
  CHECK(answer("<\0?\0x\0m\0l\0"s) == "utf-16le from meta");
  CHECK(answer("<?xml encoding='utf-16'?>", "", DocumentKind::xml) == "utf-8 from meta");
}

TEST_CASE("text without any declaration is guessed when there is enough of it") {
  const std::string russian =
      "\xCF\xF0\xE8\xE2\xE5\xF2, \xEC\xE8\xF0! \xDD\xF2\xEE \xEE\xE1\xFB\xF7\xED\xFB\xE9 "
      "\xF0\xF3\xF1\xF1\xEA\xE8\xE9 \xF2\xE5\xEA\xF1\xF2 \xE1\xE5\xE7 "
      "\xEE\xE1\xFA\xFF\xE2\xEB\xE5\xED\xE8\xFF \xEA\xEE\xE4\xE8\xF0\xEE\xE2\xEA\xE8.";
  CHECK(answer(russian) == "windows-1251 from detector");
  const std::string korean =
      "\xC1\xA4\xBA\xCE\xB4\xC2 "
      "\xBE\xEE\xC1\xA6 "
      "\xBB\xF5\xB7\xCE\xBF\xEE "
      "\xB1\xD4\xC1\xA4\xC0\xCC "
      "\xBD\xC3\xC7\xE0\xB5\xC8\xB4\xD9\xB0\xED "
      "\xB9\xDF\xC7\xA5\xC7\xDF\xB4\xD9. "
      "\xC1\xD6\xB9\xCE\xB5\xE9\xC0\xBA "
      "\xBD\xC5\xC3\xBB\xC7\xD2 "
      "\xBC\xF6 "
      "\xC0\xD6\xB4\xD9.";
  CHECK(answer(korean) == "euc-kr from detector");
  CHECK(answer("<p>\xAE") == "windows-1252 from default");
  CHECK(answer("<\0h\0t\0m\0l\0>\0<\0p\0>\0x\0"s) == "utf-16le from detector");
}

TEST_CASE("a truncated last character does not hide that text is UTF-8") {
  CHECK(answer("<p>\xC3\xA9t\xC3\xA9 \xE2\x82") == "utf-8 from detector");
}

TEST_CASE("labels are found without regard to case and white space") {
  CHECK(encoding_for_label(" Latin1\n") == "windows-1252");
  CHECK(encoding_for_label("ISO-8859-8-I") == "iso-8859-8-i");
  CHECK(encoding_for_label("").empty());
  CHECK(encoding_for_label("utf-7").empty());
  CHECK(encoding_for_label("hz-gb-2312") == "replacement");
}

TEST_CASE("broken UTF-8 becomes one replacement for each maximal part (Encoding 8.1.1)") {
  CHECK(text_of("a\xF0\x9F\x98z", "utf-8") == "a\xEF\xBF\xBDz");
  CHECK(text_of("\xC0\x80", "utf-8") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(text_of("\xED\xA0\x80", "utf-8") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("a broken pair gives its ASCII byte back, so that markup is not swallowed") {
  CHECK(text_of("\x81<", "shift_jis") == "\xEF\xBF\xBD<");
  CHECK(text_of("\xA1<", "big5") == "\xEF\xBF\xBD<");
  CHECK(text_of("\xA1\"", "euc-kr") == "\xEF\xBF\xBD\"");
  CHECK(text_of("\x8F\xA1<", "euc-jp") == "\xEF\xBF\xBD<");
  CHECK(text_of("\x81\x30\x81<", "gb18030") ==
        "\xEF\xBF\xBD"
        "0\xEF\xBF\xBD<");
}

TEST_CASE("single-byte encodings differ from ICU where the standard does") {
  CHECK(text_of("\x81\x80", "windows-1252") == "\xC2\x81\xE2\x82\xAC");
  CHECK(text_of("\xAA", "windows-1253") == "\xEF\xBF\xBD");
  CHECK(text_of("\xCA", "windows-1255") == "\xD6\xBA");
  CHECK(text_of("\xAE", "koi8-u") == "\xD1\x9E");
  CHECK(text_of("\xFF", "x-user-defined") == "\xEF\x9F\xBF");
  CHECK(text_of("\xDB\xDC", "windows-874") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(text_of("\xAA\xBA", "iso-8859-16") == "\xC8\x98\xC8\x99");
}

TEST_CASE("Big5 has the picture of DEL where its control pictures end (Encoding, index Big5)") {
  CHECK(text_of("\xA3\xC0\xA3\xDF\xA3\xE0\xA3\xE1", "big5") == "\u2400\u241F\u2421\u20AC");
}

TEST_CASE("lone surrogates and an odd byte of UTF-16 are replaced") {
  CHECK(text_of("\0\xD8x\0"s, "utf-16le") == "\xEF\xBF\xBDx");
  CHECK(text_of("\xDC\0"s, "utf-16be") == "\xEF\xBF\xBD");
  CHECK(text_of("\x3D\xD8\x00\xDE"s, "utf-16") == "\xF0\x9F\x98\x80");
  CHECK(text_of("x\0y"s, "utf-16le") == "x\xEF\xBF\xBD");
}

TEST_CASE("every encoding turns any bytes into valid UTF-8") {
  std::string bytes;
  for (int lead = 0; lead < 256; ++lead) {
    for (int trail = 0; trail < 256; ++trail) {
      bytes += static_cast<char>(lead);
      bytes += static_cast<char>(trail);
      if (trail % 7 == 0) bytes += "\x1B$B";
    }
  }
  for (const char* label :
       {"utf-8", "utf-16le", "utf-16be", "gbk", "big5", "euc-jp", "iso-2022-jp", "shift_jis",
        "euc-kr", "windows-1252", "x-user-defined", "macintosh", "iso-8859-6", "replacement"}) {
    INFO(label);
    const std::string text = text_of(bytes, label);
    CHECK(crawld::base::utf8_prefix(text) == text.size());
    CHECK(text.size() <= 3 * bytes.size());
  }
}
