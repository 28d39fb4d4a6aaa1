#include "storage/archive/zip_writer.h"

#include <catch2/catch.hpp>

#include "tests/unit/storage/zip_file.h"

using namespace crawld::storage;

namespace {
constexpr Millis kMoment = 1'700'000'000'123;  // 2023-11-14T22:13:20Z
}  // namespace

TEST_CASE("SHA-256 gives the digests of FIPS 180") {
  CHECK(sha256_label("abc") ==
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_label("") ==
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a ZIP file holds what was written, stored or deflated") {
  ZipFile file;
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
  ZipFile file;
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
