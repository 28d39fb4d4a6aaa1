#include "parsers/bytes/content_coding.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <catch2/catch.hpp>
#include <optional>

#include "tests/unit/bytes/deflated.h"

using crawld::model::ParseFailure;
using crawld::model::ParseFailureKind;
using crawld::parsers::decode_content;
using crawld::parsers::Decoded;
using crawld::tests::deflated;
using crawld::tests::Wrap;

namespace {

constexpr std::uint64_t kLimit = 1 << 20;

std::string gzipped(std::string_view text) { return deflated(text, Wrap::gzip); }

std::string brotlied(std::string_view text) {
  std::size_t size = BrotliEncoderMaxCompressedSize(text.size());
  std::string out(size, '\0');
  REQUIRE(BrotliEncoderCompress(5, 22, BROTLI_MODE_GENERIC, text.size(),
                                reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                                reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_TRUE);
  out.resize(size);
  return out;
}

std::string zstded(std::string_view text, int window_log = 0) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  if (window_log > 0) {
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  }
  std::string out(ZSTD_compressBound(text.size()), '\0');
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  ZSTD_outBuffer written{out.data(), out.size(), 0};
  // In two steps, so that the encoder cannot know the size and shrink the window.
  ZSTD_compressStream2(context, &written, &in, ZSTD_e_flush);
  ZSTD_compressStream2(context, &written, &in, ZSTD_e_end);
  out.resize(written.pos);
  ZSTD_freeCCtx(context);
  return out;
}

std::string decoded(std::string_view body, std::string_view coding) {
  auto result = decode_content(body, coding, kLimit, false);
  if (const auto* failure = std::get_if<ParseFailure>(&result)) return "!" + failure->detail;
  return std::get<Decoded>(result).bytes;
}

// The kind of failure, or nothing.
std::optional<ParseFailureKind> fault(std::string_view body, std::string_view coding,
                                      std::uint64_t limit = kLimit) {
  const auto result = decode_content(body, coding, limit, false);
  if (const auto* failure = std::get_if<ParseFailure>(&result)) return failure->kind;
  return std::nullopt;
}

const std::string kText = [] {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "line " + std::to_string(i * 7919 % 10'007) + "\n";
  return text;
}();

}  // namespace

TEST_CASE("every content coding gives back what was encoded") {
  CHECK(decoded(kText, "") == kText);
  CHECK(decoded(kText, "identity") == kText);
  CHECK(decoded(gzipped(kText), "gzip") == kText);
  CHECK(decoded(gzipped(kText), " X-GZip ") == kText);
  CHECK(decoded(deflated(kText, Wrap::zlib), "deflate") == kText);
  CHECK(decoded(deflated(kText, Wrap::raw), "deflate") == kText);
  CHECK(decoded(brotlied(kText), "br") == kText);
  CHECK(decoded(zstded(kText), "zstd") == kText);
}

TEST_CASE("codings in a list are undone from the last to the first") {
  CHECK(decoded(brotlied(gzipped(kText)), "gzip, br") == kText);
  CHECK(decoded(zstded(gzipped(deflated(kText, Wrap::zlib))), "deflate,gzip,,identity, zstd") ==
        kText);
  CHECK(fault(kText, "gzip, gzip, gzip, gzip") == ParseFailureKind::unsupported);
}

TEST_CASE("members and frames follow each other, and bytes after the end are passed over") {
  CHECK(decoded(gzipped("one ") + gzipped("two"), "gzip") == "one two");
  CHECK(decoded(zstded("one ") + zstded("two"), "zstd") == "one two");
  CHECK(decoded(gzipped("one") + std::string(512, '\0'), "gzip") == "one");
  CHECK(decoded(zstded("one") + "garbage", "zstd") == "one");
  CHECK(decoded(brotlied("one") + "garbage", "br") == "one");
  CHECK(decoded(deflated("one", Wrap::zlib) + "garbage", "deflate") == "one");
}

TEST_CASE("an unknown content coding is unsupported") {
  CHECK(fault("text", "x-foo") == ParseFailureKind::unsupported);
  CHECK(fault("text", "gzip, compress") == ParseFailureKind::unsupported);
}

TEST_CASE("names that code nothing in Content-Encoding are passed over") {
  for (const char* name : {"identity", "none", "UTF-8", "iso-8859-1", ", identity"}) {
    INFO(name);
    CHECK(decoded("one", name) == "one");
  }
  CHECK(decoded(gzipped("one"), "utf-8, gzip") == "one");
}

TEST_CASE("an empty body is empty whatever its coding") {
  for (const char* coding : {"", "gzip", "deflate", "br", "zstd"}) {
    CHECK(decoded("", coding).empty());
  }
}

TEST_CASE("a stream that is cut at any place is refused, and kept as far as it goes if we cut it") {
  const std::string text = kText.substr(0, 3'000);
  const std::pair<const char*, std::string> streams[] = {{"gzip", gzipped(text)},
                                                         {"deflate", deflated(text, Wrap::zlib)},
                                                         {"deflate", deflated(text, Wrap::raw)},
                                                         {"br", brotlied(text)},
                                                         {"zstd", zstded(text)}};
  for (const auto& [coding, whole] : streams) {
    for (std::size_t size = 1; size < whole.size(); ++size) {
      INFO(coding << " cut after " << size << " of " << whole.size());
      const std::string_view cut = std::string_view(whole).substr(0, size);
      REQUIRE(fault(cut, coding) == ParseFailureKind::bad_encoding);
      const auto kept = decode_content(cut, coding, kLimit, true);
      REQUIRE(std::holds_alternative<Decoded>(kept));
      REQUIRE(text.starts_with(std::get<Decoded>(kept).bytes));
    }
  }
}

TEST_CASE("a wrong checksum or length is refused") {
  std::string wrong_crc = gzipped(kText);
  wrong_crc[wrong_crc.size() - 8] ^= 1;
  CHECK(fault(wrong_crc, "gzip") == ParseFailureKind::bad_encoding);
  std::string wrong_length = gzipped(kText);
  wrong_length[wrong_length.size() - 4] ^= 1;
  CHECK(fault(wrong_length, "gzip") == ParseFailureKind::bad_encoding);
  std::string wrong_adler = deflated(kText, Wrap::zlib);
  wrong_adler.back() ^= 1;
  CHECK(fault(wrong_adler, "deflate") == ParseFailureKind::bad_encoding);
  CHECK(fault(brotlied(wrong_crc), "gzip, br") == ParseFailureKind::bad_encoding);
}

TEST_CASE("plain text that claims to be compressed is refused") {
  for (const char* coding : {"gzip", "br", "zstd"}) {
    CHECK(fault("<!doctype html><p>plain", coding) == ParseFailureKind::bad_encoding);
  }
}

TEST_CASE("what decodes to more than the limit is too large, at whatever stage") {
  const std::string zeros(4 * kLimit, '\0');
  const std::string bomb = gzipped(zeros);
  CHECK(fault(bomb, "gzip") == ParseFailureKind::too_large);
  CHECK(fault(zstded(zeros), "zstd") == ParseFailureKind::too_large);
  CHECK(fault(brotlied(zeros), "br") == ParseFailureKind::too_large);
  CHECK(fault(gzipped(bomb), "gzip, gzip") == ParseFailureKind::too_large);
  CHECK(fault(std::string(kLimit + 1, 'x'), "identity") == ParseFailureKind::too_large);
  CHECK_FALSE(fault(gzipped(std::string(kLimit, 'x')), "gzip"));

  // The outer stage makes megabytes of empty members, of which nothing would remain.
  std::string empties;
  while (empties.size() < 2 * kLimit) empties += gzipped("");
  CHECK(fault(gzipped(empties), "gzip, gzip") == ParseFailureKind::too_large);
}

TEST_CASE("a zstd window over 8 MiB is refused") {
  CHECK_FALSE(fault(zstded(kText, 23), "zstd"));
  CHECK(fault(zstded(kText, 24), "zstd") == ParseFailureKind::bad_encoding);
}
