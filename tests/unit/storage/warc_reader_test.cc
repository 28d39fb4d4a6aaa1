#include "storage/archive/warc_reader.h"

#include <zlib.h>
#include <zstd.h>

#include <catch2/catch.hpp>

#include "storage/archive/archived_response.h"
#include "storage/archive/record_packer.h"
#include "storage/archive/warc_record.h"

using namespace crawld;
using namespace crawld::storage;

namespace {

// `file` in pieces of `piece` bytes, as a pipe may hand it over.
WarcReader::Source source_of(std::string file, std::size_t piece) {
  auto rest = std::make_shared<std::string>(std::move(file));
  return [rest, piece](std::span<char> into) -> base::Result<std::size_t> {
    const std::size_t count = std::min({piece, into.size(), rest->size()});
    std::copy_n(rest->begin(), count, into.begin());
    rest->erase(0, count);
    return count;
  };
}

struct Read {
  std::vector<ArchiveRecord> records;
  std::string error;
};

Read read_all(const std::string& file, std::size_t piece = 1U << 20,
              std::uint64_t most = 1U << 20) {
  WarcReader reader(source_of(file, piece), most);
  Read read;
  while (true) {
    auto record = reader.next();
    if (!record) {
      read.error = record.error().message;
      return read;
    }
    if (!record->has_value()) return read;
    read.records.push_back(**std::move(record));
  }
}

std::string record_of(const std::string& block, const std::string& more = {}) {
  return "WARC/1.1\r\nWARC-Type: response\r\n" + more +
         "Content-Length: " + std::to_string(block.size()) + "\r\n\r\n" + block + "\r\n\r\n";
}

std::string gzip(const std::string& bytes) { return *gzip_member(bytes); }

std::string zstd(const std::string& bytes, const std::string& dictionary = {}) {
  std::string frame(ZSTD_compressBound(bytes.size()), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  const std::size_t size =
      ZSTD_compress_usingDict(context, frame.data(), frame.size(), bytes.data(), bytes.size(),
                              dictionary.data(), dictionary.size(), 3);
  ZSTD_freeCCtx(context);
  REQUIRE(ZSTD_isError(size) == 0);
  frame.resize(size);
  return frame;
}

// RFC 8878 section 3.1.2; `kind` 0 to 15.
std::string skippable(int kind, const std::string& content) {
  std::string frame = {static_cast<char>(0x50 + kind), '\x2a', '\x4d', '\x18'};
  for (int shift = 0; shift < 32; shift += 8) {
    frame += static_cast<char>(content.size() >> shift & 0xFF);
  }
  return frame + content;
}
constexpr int kDictionaryFrame = 0xD;

}  // namespace

TEST_CASE("records are read from zstd frames, with the dictionary in front or without") {
  const std::string one = record_of("first");
  const std::string two = record_of(std::string(300'000, 'x'));
  const std::string words = "WARC/1.1\r\nWARC-Type: response\r\nContent-Length: first second";
  const std::string packed = zstd(one, words) + zstd(two, words);
  for (const std::string& file :
       {zstd(one) + zstd(two), zstd(one + two), zstd(one) + skippable(1, "index") + zstd(two),
        skippable(kDictionaryFrame, words) + packed,
        skippable(kDictionaryFrame, zstd(words)) + packed}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
      const Read read = read_all(file, piece);
      CHECK(read.error.empty());
      REQUIRE(read.records.size() == 2);
      CHECK(read.records[0].block == "first");
      CHECK(read.records[1].block.size() == 300'000);
    }
  }
}

TEST_CASE("a zstd file that is cut off, damaged or lacks its dictionary says so") {
  const std::string one = record_of("first");
  const std::string whole = zstd(one) + zstd(record_of(std::string(300'000, 'x')));
  const Read cut = read_all(whole.substr(0, whole.size() - 3));
  CHECK(cut.records.size() == 1);
  CHECK(cut.error == "record 2: the file ends inside a zstd frame");
  CHECK(read_all(zstd(one) + "no frame").error.find("record 2: the zstd data cannot be read") == 0);
  const std::string words = "WARC/1.1\r\nWARC-Type: response\r\nContent-Length: ";
  CHECK_FALSE(read_all(zstd(one, words)).error.empty());
  for (const std::string& dictionary : {skippable(kDictionaryFrame, words).substr(0, 20),
                                        skippable(kDictionaryFrame, {}).substr(0, 6),
                                        std::string("\x5d\x2a\x4d\x18\xff\xff\xff\xff", 8),
                                        skippable(kDictionaryFrame, zstd(words).substr(0, 12))}) {
    CHECK(read_all(dictionary).error == "record 1: its zstd dictionary is damaged or too large");
  }
}

TEST_CASE("records are read alike plain, as a gzip member each, and as one member for all") {
  const std::string one = record_of("first");
  const std::string two = record_of("second\r\n\r\nWARC/1.1\r\n");
  for (const std::string& file : {one + two, gzip(one) + gzip(two), gzip(one + two)}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
      const Read read = read_all(file, piece);
      CHECK(read.error.empty());
      REQUIRE(read.records.size() == 2);
      CHECK(read.records[0].block == "first");
      CHECK(read.records[1].block == "second\r\n\r\nWARC/1.1\r\n");
      CHECK(read.records[1].number == 2);
      CHECK(read.records[1].field("warc-type") == "response");
    }
  }
}

TEST_CASE("a folded field is one value, and bare line feeds end lines") {
  const Read read = read_all("WARC/1.0\nA: one\n\ttwo\nContent-Length: 1\n\nx\n\n");
  REQUIRE(read.records.size() == 1);
  CHECK(read.records[0].field("A") == "one two");
}

TEST_CASE("a block over the limit is cut, and the next record is found") {
  const Read read = read_all(gzip(record_of(std::string(5'000'000, 'x'))) + gzip(record_of("next")),
                             1U << 20, 1'000);
  REQUIRE(read.records.size() == 2);
  CHECK(read.records[0].block.size() == 1'000);
  CHECK(read.records[0].cut);
  CHECK_FALSE(read.records[1].cut);
}

TEST_CASE("broken archives are named with their record, and what came before stands") {
  const std::string good = record_of("good");
  const auto error_behind = [&](const std::string& bad) {
    const Read read = read_all(good + bad);
    CHECK(read.records.size() == 1);
    return read.error;
  };
  CHECK_THAT(error_behind("no record at all\r\n"), Catch::StartsWith("record 2: no \"WARC/\""));
  CHECK_THAT(error_behind("WARC/1.1\r\nContent-Length: -1\r\n\r\n"),
             Catch::Contains("Content-Length"));
  CHECK_THAT(error_behind("WARC/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"),
             Catch::Contains("Content-Length"));
  CHECK_THAT(error_behind("WARC/1.1\r\nContent-Length: 10\r\n\r\nshort"),
             Catch::Contains("ends in its block"));
  CHECK_THAT(error_behind("WARC/1.1\r\nContent-Len"), Catch::Contains("ends in its head"));
  CHECK_THAT(error_behind("WARC/1.1\r\n" + std::string(100'000, 'a') + "\r\n"),
             Catch::Contains("too long"));
  CHECK_THAT(error_behind("WARC/1.1\r\n" + std::string(200'000, 'a')),
             Catch::Contains("without an end"));
  CHECK_THAT(read_all("<html>").error, Catch::Contains("no WARC file"));
  const std::string packed = gzip(good);
  CHECK_THAT(read_all(packed.substr(0, packed.size() / 2)).error, Catch::Contains("gzip member"));
  CHECK(read_all("").error.empty());
  CHECK(read_all(packed + std::string(512, '\0')).error.empty());
}

TEST_CASE("a damaged gzip member costs itself and no record behind it") {
  std::string text;
  for (int line = 0; line < 2'000; ++line) text += std::to_string(line * 7'919) + "\n";
  const std::string first = gzip(record_of("first"));
  const std::string second = gzip(record_of(text));
  const std::string third = gzip(record_of("third"));
  const std::size_t piece = GENERATE(std::size_t{1}, std::size_t{70'000});
  const auto check_skip = [&](const std::string& damaged) {
    WarcReader reader(source_of(first + damaged + third, piece), 1U << 20);
    CHECK((**reader.next()).block == "first");
    const auto lost = reader.next();
    REQUIRE_FALSE(lost.ok());
    CHECK_THAT(lost.error().message, Catch::StartsWith("record 2: the gzip data is damaged"));
    CHECK(**reader.recover() == damaged.size());
    const auto record = reader.next();
    REQUIRE((record.ok() && record->has_value()));
    CHECK((*record)->block == "third");
    CHECK((*record)->number == 3);
    CHECK_FALSE((*reader.next()).has_value());
  };
  std::string damaged = second;
  damaged.replace(damaged.size() / 2, 64, 64, '\xff');
  check_skip(damaged);
  SECTION("whose checksum alone is wrong") {
    damaged = second;
    damaged[damaged.size() - 8] = static_cast<char>(damaged[damaged.size() - 8] ^ 1);
    check_skip(damaged);
  }
  SECTION("that holds the marks of members") {
    for (const char flags : {'\x00', '\x04', '\xff'}) {
      damaged += std::string("\x1f\x8b\x08") + flags + std::string(9, '\x01');
    }
    check_skip(damaged + gzip("no record"));
  }
}

TEST_CASE("damage in what is no row of gzip members ends an archive") {
  const std::string good = record_of("good");
  std::string damaged = gzip(good + record_of(std::string(100'000, 'x')));
  damaged.resize(damaged.size() - 9);
  for (const std::string& file : {damaged, good + "no record\n" + gzip(good)}) {
    WarcReader reader(source_of(file, 100), 1U << 20);
    CHECK((**reader.next()).block == "good");
    REQUIRE_FALSE(reader.next().ok());
    const auto passed = reader.recover();
    REQUIRE(passed.ok());
    CHECK_FALSE(passed->has_value());
  }
}

TEST_CASE("dates are read as precise as they are told") {
  CHECK(warc_date("2026-11-21T08:00:00Z") == 1'795'248'000'000);
  CHECK(warc_date("2026-11-21T08:00:00.25Z") == 1'795'248'000'250);
  CHECK(warc_date("1970") == 0);
  CHECK(warc_date("1970-01-01T00:00:01Z") == 1'000);
  CHECK(warc_date("2026-02") == warc_date("2026-02-01T00:00:00Z"));
  for (const char* wrong :
       {"", "Z", "20261121080000", "2026-13-01", "2026-02-30", "2026-11-21T25:00:00Z",
        "2026-11-21T08:00:00.Z", "-026-11-21", "2026-11-21 08:00:00"}) {
    CAPTURE(wrong);
    CHECK_FALSE(warc_date(wrong));
  }
}

TEST_CASE("an archived response has its status, headers and body without chunks") {
  const auto plain = read_archived_response(
      "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nX: a\r\n b\r\n\r\nbody", 100);
  REQUIRE(plain);
  CHECK(plain->response.status == 404);
  CHECK(plain->response.http_version == "1.1");
  CHECK(plain->response.headers.get("x") == "a b");
  CHECK(plain->response.body == "body");
  CHECK_FALSE(plain->decoded);
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(
      read_archived_response(head + "4;x=y\r\nwiki\r\n3\r\npdi\r\n0\r\n\r\n", 100)->response.body ==
      "wikipdi");
  // Joined already by whoever wrote the archive.
  for (const char* joined : {"<p>text\n", "<p>all in a line", ""}) {
    const auto read = read_archived_response(head + joined, 100);
    CHECK(read->response.body == joined);
    CHECK_FALSE(read->response.truncated);
  }
}

TEST_CASE("an archived body whose last chunk is missing is no whole body") {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK_FALSE(read_archived_response(head + "4\r\nwiki\r\n0\r\n", 100)->response.truncated);
  for (const char* cut : {"4\r\nwiki\r\n", "4\r\nwiki", "ffffffffffffffff\r\nwiki"}) {
    CAPTURE(cut);
    const auto read = read_archived_response(head + cut, 100);
    CHECK(read->response.body == "wiki");
    CHECK(read->response.truncated);
  }
}

TEST_CASE("an archived body that was decoded is known by its first bytes") {
  const auto decoded = [](const std::string& coding, std::string_view body) {
    return read_archived_response(
               "HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\n\r\n" + std::string(body),
               100)
        ->decoded;
  };
  CHECK(decoded("GZIP", "<p>text"));
  CHECK(decoded("x-gzip", "text"));
  CHECK(decoded("br", "<p>text"));
  CHECK(decoded("zstd", "text"));
  CHECK_FALSE(decoded("gzip", "\x1F\x8B\x08"));
  CHECK_FALSE(decoded("br", "\x0B\x02\x80hello\x03"));
  CHECK_FALSE(decoded("zstd", "\x28\xB5\x2F\xFD\x04"));
  CHECK_FALSE(decoded("gzip", ""));
  CHECK_FALSE(decoded("deflate", "text"));
}

TEST_CASE("what an export kept under another name has its own name again") {
  const auto read = read_archived_response(
      "HTTP/2 200\r\nX-Archive-Orig-Content-Encoding: gzip\r\nX-Archive-Orig-Content-Length: 9\r\n"
      "Content-Length: 5\r\n\r\nplain",
      100);
  REQUIRE(read);
  CHECK(read->decoded);
  CHECK(read->response.headers.get("Content-Encoding") == "gzip");
  CHECK(read->response.headers.get("Content-Length") == "9");
  CHECK(read->response.headers.all().size() == 2);
}

TEST_CASE("a long archived body is cut and said to be, and what is no response is refused") {
  const auto cut = read_archived_response("HTTP/1.0 200 OK\r\n\r\n0123456789", 4);
  REQUIRE(cut);
  CHECK(cut->response.body == "0123");
  CHECK(cut->response.truncated);
  for (const char* wrong : {"", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nA: b\r\n",
                            "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
                            "HTTP/1.1 2000\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 099 \r\n\r\n"}) {
    CAPTURE(wrong);
    CHECK_FALSE(read_archived_response(wrong, 100));
  }
}
