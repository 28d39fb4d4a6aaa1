// A ZIP file in memory, and a strict reader of what ZipWriter writes.
#pragma once

#include <zlib.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "storage/archive/zip_writer.h"

namespace crawld::storage {

struct ZipFile {
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

struct ZipMember {
  std::string name;
  int method = 0;
  std::uint64_t packed_at = 0;
  std::uint64_t packed = 0;
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
};

// Read by APPNOTE.TXT 4.3, from the end, strictly: both headers of an entry must agree.
inline std::vector<ZipMember> read_directory(const ZipFile& file) {
  const std::size_t end = file.bytes.size() - 22;
  REQUIRE(file.number(end, 4) == 0x06054b50);
  REQUIRE(file.number(end - 20, 4) == 0x07064b50);
  const std::size_t end64 = file.number(end - 12, 8);
  REQUIRE(file.number(end64, 4) == 0x06064b50);
  REQUIRE(end64 + 12 + file.number(end64 + 4, 8) == end - 20);
  std::size_t at = file.number(end64 + 48, 8);
  CHECK(at + file.number(end64 + 40, 8) == end64);
  std::vector<ZipMember> entries(file.number(end64 + 32, 8));
  for (ZipMember& entry : entries) {
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

inline std::string content_of(const ZipFile& file, const ZipMember& entry) {
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

}  // namespace crawld::storage
