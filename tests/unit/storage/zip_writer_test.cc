#include "storage/zip_writer.h"

#include <zlib.h>

#include <catch2/catch.hpp>

using namespace crawld::storage;

namespace {

constexpr Millis kMoment = 1'700'000'000'123;  // 2023-11-14T22:13:20Z

struct File {
  ZipSink sink() {
    return {.write = [this](std::string_view piece) { return !(bytes += piece).empty(); },
            .patch =
                [this](std::uint64_t at, std::string_view piece) {
                  REQUIRE(at + piece.size() <= bytes.size());
                  bytes.replace(at, piece.size(), piece);
                  return true;
                }};
  }
  std::uint64_t number(std::size_t at, int size) const {
    std::uint64_t value = 0;
    for (int i = size - 1; i >= 0; --i)
      value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
  }
  std::string bytes;
};

struct Entry {
  std::string name;
  int method = 0;
  std::uint64_t packed_at = 0;
  std::uint64_t packed = 0;
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
};

// Read by APPNOTE.TXT 4.3, from the end, strictly: both headers of an entry must agree.
std::vector<Entry> read_directory(const File& file) {
  const std::size_t end = file.bytes.size() - 22;
  REQUIRE(file.number(end, 4) == 0x06054b50);
  REQUIRE(file.number(end - 20, 4) == 0x07064b50);
  const std::size_t end64 = file.number(end - 12, 8);
  REQUIRE(file.number(end64, 4) == 0x06064b50);
  REQUIRE(end64 + 12 + file.number(end64 + 4, 8) == end - 20);
  std::size_t at = file.number(end64 + 48, 8);
  CHECK(at + file.number(end64 + 40, 8) == end64);
  std::vector<Entry> entries(file.number(end64 + 32, 8));
  for (Entry& entry : entries) {
    REQUIRE(file.number(at, 4) == 0x02014b50);
    const std::size_t name = file.number(at + 28, 2);
    entry = {.name = file.bytes.substr(at + 46, name),
             .method = static_cast<int>(file.number(at + 10, 2)),
             .packed = file.number(at + 46 + name + 12, 8),
             .size = file.number(at + 46 + name + 4, 8),
             .crc = static_cast<std::uint32_t>(file.number(at + 16, 4))};
    const std::size_t local = file.number(at + 46 + name + 20, 8);
    REQUIRE(file.number(local, 4) == 0x04034b50);
    CHECK(file.bytes.substr(local + 4, 24) == file.bytes.substr(at + 6, 24));
    CHECK(file.bytes.substr(local + 30, name) == entry.name);
    CHECK(file.bytes.substr(local + 30 + name + 4, 16) ==
          file.bytes.substr(at + 46 + name + 4, 16));
    entry.packed_at = local + 30 + name + file.number(local + 28, 2);
    at += 46 + name + file.number(at + 30, 2);
  }
  CHECK(at == end64);
  return entries;
}

std::string content_of(const File& file, const Entry& entry) {
  std::string content(entry.size, '\0');
  const std::string packed = file.bytes.substr(entry.packed_at, entry.packed);
  if (entry.method == 0) {
    content = packed;
  } else {
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, -MAX_WBITS) == Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(content.data());
    stream.avail_out = static_cast<uInt>(content.size());
    CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    CHECK(stream.total_in == packed.size());
    inflateEnd(&stream);
  }
  CHECK(crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()) == entry.crc);
  return content;
}

}  // namespace

TEST_CASE("SHA-256 gives the digests of FIPS 180") {
  CHECK(sha256_label("abc") ==
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_label("") ==
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a ZIP file holds what was written, stored or deflated") {
  File file;
  ZipWriter zip(file.sink(), kMoment);
  std::string large;
  for (int i = 0; i < 60'000; ++i) large += std::to_string(i * 7'919);
  REQUIRE(zip.begin("archive/a", ZipPacking::stored));
  REQUIRE(zip.write("one, "));
  REQUIRE(zip.write("two"));
  REQUIRE(zip.end());
  REQUIRE(zip.begin("pages/b", ZipPacking::deflated));
  REQUIRE(zip.write(large.substr(0, 1'000)));
  REQUIRE(zip.write(large.substr(1'000)));
  REQUIRE(zip.end());
  REQUIRE(zip.add("empty", "", ZipPacking::deflated));
  REQUIRE(zip.finish());

  const auto entries = read_directory(file);
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].name == "archive/a");
  CHECK(content_of(file, entries[0]) == "one, two");
  CHECK(entries[1].method == 8);
  CHECK(entries[1].packed < large.size() / 2);
  CHECK(content_of(file, entries[1]) == large);
  CHECK(content_of(file, entries[2]).empty());
  CHECK(zip.entries()[1].bytes == large.size());
  CHECK(zip.entries()[1].digest == sha256_label(large));
}

TEST_CASE("entries of a ZIP file bear the time that was told, in UTC") {
  File file;
  ZipWriter zip(file.sink(), kMoment);
  REQUIRE(zip.add("a", "", ZipPacking::stored));
  const std::uint64_t time = file.number(10, 4);
  CHECK((time >> 25) + 1'980 == 2'023);
  CHECK((time >> 21 & 15) == 11);
  CHECK((time >> 16 & 31) == 14);
  CHECK((time >> 11 & 31) == 22);
  CHECK((time >> 5 & 63) == 13);
  CHECK((time & 31) * 2 == 20);
}

TEST_CASE("nothing is written behind a place where the disk was full") {
  std::size_t taken = 0;
  ZipWriter zip({.write = [&](std::string_view) { return ++taken < 2; },
                 .patch = [](std::uint64_t, std::string_view) { return true; }},
                kMoment);
  CHECK(zip.begin("a", ZipPacking::stored));
  CHECK_FALSE(zip.write("bytes"));
  CHECK_FALSE(zip.end());
  CHECK_FALSE(zip.finish());
  CHECK(taken == 2);
}
