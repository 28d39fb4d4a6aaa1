#include "storage/archive/zip_reader.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/storage/zip_file.h"

using namespace crawld;
using namespace crawld::storage;

namespace {

// At most seven bytes a read, so that nothing counts on whole ones.
ReadAt pieces_of(const std::string& bytes) {
  return [&bytes](std::uint64_t offset, std::span<char> into) -> base::Result<std::size_t> {
    if (offset >= bytes.size()) return std::size_t{0};
    const std::size_t count = std::min({into.size(), bytes.size() - offset, std::size_t{7}});
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
    return count;
  };
}

base::Result<std::string> content_of(const std::string& bytes, const ZipDirectoryEntry& entry) {
  ZipEntryReader reader(pieces_of(bytes), entry);
  std::string content;
  std::array<char, 100> block;
  while (true) {
    const auto count = reader.read(block);
    if (!count) return base::Error(count.error());
    if (*count == 0) return content;
    content.append(block.data(), *count);
  }
}

base::Result<std::vector<ZipDirectoryEntry>> directory_of(const std::string& bytes) {
  return read_zip_directory(pieces_of(bytes), bytes.size(), [](std::string_view) { return true; });
}

std::string little_endian(std::uint64_t value, int size) {
  std::string bytes;
  for (; size > 0; --size, value >>= 8) bytes += static_cast<char>(value & 0xFF);
  return bytes;
}

const std::string& long_text() {
  static const std::string text = [] {
    std::string made;
    for (int i = 0; i < 20'000; ++i) made += std::to_string(i * 7'919);
    return made;
  }();
  return text;
}

std::string packed_file() {
  ZipFile file;
  ZipWriter zip(file.sink(), 0);
  zip.add("archive/a.warc.gz", "one, two", ZipPacking::stored);
  zip.add("archive/b.warc", long_text(), ZipPacking::deflated);
  zip.add("empty", "", ZipPacking::stored);
  zip.finish();
  return file.bytes;
}

// Without ZIP64, as most programs write small files: one stored entry, and a comment.
struct PlainZip {
  std::string content = "words";
  std::uint32_t size = 5;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint16_t entries = 1;
  std::uint32_t offset = 0;

  std::string bytes() const {
    const auto crc = static_cast<std::uint32_t>(
        crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()));
    const std::string facts = little_endian(flags, 2) + little_endian(method, 2) +
                              little_endian(0, 4) + little_endian(crc, 4) +
                              little_endian(content.size(), 4) + little_endian(size, 4) +
                              little_endian(1, 2);
    // The local header has a field of its own, which the directory does not.
    std::string file = little_endian(0x04034b50, 4) + little_endian(20, 2) + facts +
                       little_endian(6, 2) + "x" + "UT" + little_endian(2, 2) + "zz" + content;
    const std::size_t directory = file.size();
    file += little_endian(0x02014b50, 4) + little_endian(20, 4) + facts + little_endian(0, 12) +
            little_endian(offset, 4) + "x";
    const std::size_t size_of_directory = file.size() - directory;
    file += little_endian(0x06054b50, 4) + little_endian(0, 4) + little_endian(entries, 2) +
            little_endian(entries, 2) + little_endian(size_of_directory, 4) +
            little_endian(directory, 4) + little_endian(4, 2) + "note";
    return file;
  }
};

}  // namespace

TEST_CASE("a ZIP file gives back what was written, stored or deflated") {
  const std::string file = packed_file();
  const auto entries = directory_of(file);
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 3);
  CHECK((*entries)[0].name == "archive/a.warc.gz");
  CHECK(content_of(file, (*entries)[0]).value() == "one, two");
  CHECK(content_of(file, (*entries)[1]).value() == long_text());
  CHECK(content_of(file, (*entries)[2]).value().empty());
}

TEST_CASE("only entries that are wanted are told") {
  const std::string file = packed_file();
  const auto entries = read_zip_directory(
      pieces_of(file), file.size(), [](std::string_view name) { return name.ends_with(".warc"); });
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 1);
  CHECK(entries->front().name == "archive/b.warc");
}

TEST_CASE("a ZIP file without ZIP64, with a comment and fields of its local headers is read") {
  const std::string file = PlainZip().bytes();
  const auto entries = directory_of(file);
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 1);
  CHECK(content_of(file, entries->front()).value() == "words");
}

TEST_CASE("a ZIP file that is cut off anywhere is refused") {
  const std::string file = packed_file();
  for (std::size_t size = 0; size < file.size(); size += size < file.size() - 400 ? 997 : 1) {
    const auto entries = directory_of(file.substr(0, size));
    REQUIRE_FALSE(entries.ok());
    CHECK(entries.error().code == base::Error::Code::corrupt);
  }
}

TEST_CASE("damage in an entry of a ZIP file is found at its end at the latest") {
  const std::string file = packed_file();
  const auto entries = directory_of(file);
  REQUIRE(entries.ok());
  for (const std::size_t which : {0U, 1U}) {
    const ZipDirectoryEntry& entry = (*entries)[which];
    std::string damaged = file;
    damaged[entry.offset + 30 + entry.name.size() + 20 + entry.packed / 2] ^= 1;
    const auto content = content_of(damaged, entry);
    REQUIRE_FALSE(content.ok());
    CHECK(content.error().code == base::Error::Code::corrupt);
  }
}

TEST_CASE("an entry of a ZIP file gives no more than its directory says") {
  ZipFile file;
  ZipWriter zip(file.sink(), 0);
  zip.add("bomb", std::string(1'000'000, '0'), ZipPacking::deflated);
  zip.finish();
  auto entries = directory_of(file.bytes);
  REQUIRE(entries.ok());
  ZipDirectoryEntry entry = entries->front();
  entry.size = 50;
  CHECK(content_of(file.bytes, entry).error().message == "it holds more than the directory says");
  entry.size = 2'000'000;
  CHECK(content_of(file.bytes, entry).error().message == "it holds less than the directory says");
  entry.packed /= 2;
  CHECK(content_of(file.bytes, entry).error().message == "its deflated data is cut off");
  PlainZip two_sizes{.size = 500};
  entries = directory_of(two_sizes.bytes());
  REQUIRE(entries.ok());
  CHECK_FALSE(content_of(two_sizes.bytes(), entries->front()).ok());
}

TEST_CASE("entries of a ZIP file that share bytes are refused") {
  std::string file = packed_file();
  // The second entry of the directory is made to name the place of the first.
  const auto entries = directory_of(file);
  REQUIRE(entries.ok());
  const std::size_t second = file.rfind("archive/b.warc");
  const std::size_t offset = second + 14 + 4 + 16;
  REQUIRE(file.substr(offset, 8) == little_endian((*entries)[1].offset, 8));
  file.replace(offset, 8, little_endian(0, 8));
  const auto shared = directory_of(file);
  REQUIRE_FALSE(shared.ok());
  CHECK(shared.error().message == "entries that share bytes");
}

TEST_CASE("a ZIP entry that is encrypted or packed in another way is refused by name") {
  for (const PlainZip& zip : {PlainZip{.flags = 1}, PlainZip{.method = 93}}) {
    const std::string file = zip.bytes();
    const auto entries = directory_of(file);
    REQUIRE(entries.ok());
    const auto content = content_of(file, entries->front());
    REQUIRE_FALSE(content.ok());
    CHECK(content.error().code == base::Error::Code::incompatible);
  }
}

TEST_CASE("a ZIP directory that claims what is not there is refused") {
  CHECK_FALSE(directory_of(PlainZip{.entries = 2}.bytes()).ok());
  CHECK_FALSE(directory_of(PlainZip{.offset = 1'000'000}.bytes()).ok());
  // Inside the file, and no header there.
  const std::string file = PlainZip{.offset = 1}.bytes();
  const auto entries = directory_of(file);
  REQUIRE(entries.ok());
  CHECK_FALSE(content_of(file, entries->front()).ok());
}
