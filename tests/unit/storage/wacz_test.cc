#include "storage/archive/wacz.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <map>

#include "storage/archive/sha256.h"
#include "storage/sqlite_store.h"
#include "tests/unit/storage/batches.h"
#include "tests/unit/storage/scratch.h"
#include "tests/unit/storage/zip_file.h"

using namespace crawld;
using namespace crawld::storage;

namespace {

constexpr std::size_t kPages = 1'100;  // more than a member of the index holds

std::string url_at(std::size_t n) { return "http://a.test/" + std::to_string(n); }

StoredPage packed_page(std::size_t n) {
  // Every page beyond 1,000 has the content of one before.
  const std::string content = "text of " + std::to_string(n % 1'000);
  StoredPage page = page_of(n + 1, n + 1, url_at(n), content);
  std::string& packed = std::get<model::ParsedPage>(page.parsed.page).packed_body.bytes;
  packed.resize(ZSTD_compressBound(content.size()));
  packed.resize(ZSTD_compress(packed.data(), packed.size(), content.data(), content.size(), 1));
  return page;
}

// All gzip members of `packed`.
std::string unzipped(std::string_view packed) {
  std::string out;
  while (!packed.empty()) {
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
    std::string piece(1 << 20, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    REQUIRE(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.append(piece, 0, stream.total_out);
    packed.remove_prefix(stream.total_in);
    inflateEnd(&stream);
  }
  return out;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::size_t number_behind(const std::string& line, const std::string& name) {
  const std::size_t at = line.find("\"" + name + "\":");
  REQUIRE(at != std::string::npos);
  return std::stoul(line.substr(line.find_first_of("0123456789", at + name.size() + 3)));
}

struct Packages {
  Packages() {
    auto store = std::move(*SqliteStore::open(scratch.path(), {}));
    REQUIRE(store->begin_run({.command = "crawl", .sites = {"a"}}).ok());
    CommitBatch batch;
    batch.hosts = {host_named(1, "http://a.test")};
    for (std::size_t n = 0; n < kPages; ++n) {
      batch.new_urls.push_back(new_url(*store, n + 1, url_at(n)));
      batch.new_urls.back().depth = n == 2 ? 0 : 1;
      batch.pages.push_back(packed_page(n));
      // Requests that stored nothing come between.
      batch.fetches.push_back(fetch_of(2 * n + 1, batch.pages.back()));
    }
    REQUIRE(store->put(batch).ok());
    reader = std::move(*Database::open_reader(scratch.path()));
  }

  std::map<std::string, std::string> package(WaczOptions options, ExportEnd* told = nullptr) {
    options.software = "crawld/1";
    options.written_at = 1'700'000'000'123;
    options.sort_directory = scratch.path("");
    ZipFile file;
    const auto end = export_wacz(*reader, options, file.sink());
    if (!end) FAIL(end.error().message);
    if (told != nullptr) *told = *end;
    std::map<std::string, std::string> contents;
    for (const ZipMember& entry : read_directory(file)) {
      contents[entry.name] = content_of(file, entry);
      const bool packed_already = entry.name.ends_with(".gz");
      if (packed_already) CHECK(entry.method == 0);
    }
    return contents;
  }

  Scratch scratch;
  std::unique_ptr<Database> reader;
};

}  // namespace

TEST_CASE("the index of a package is in order, and leads to every record") {
  Packages packages;
  auto contents = packages.package({});
  const std::string& packed = contents.at("indexes/index.cdx.gz");
  const auto lines = lines_of(unzipped(packed));
  REQUIRE(lines.size() == kPages);
  CHECK(std::is_sorted(lines.begin(), lines.end()));
  std::map<std::string, int> kinds;
  for (const std::string& line : lines) {
    const std::string record =
        unzipped(contents.at("archive/data.warc.gz")
                     .substr(number_behind(line, "offset"), number_behind(line, "length")));
    ++kinds[record.substr(21, record.find("\r\n", 21) - 21)];
    CHECK(line.find("\"filename\":\"data.warc.gz\"") != std::string::npos);
  }
  CHECK(kinds == std::map<std::string, int>{{"response", 1'000}, {"revisit", 100}});
}

TEST_CASE("the places of a package name the first line of each part of its index") {
  Packages packages;
  auto contents = packages.package({});
  const std::string& packed = contents.at("indexes/index.cdx.gz");
  const auto lines = lines_of(unzipped(packed));
  const auto places = lines_of(contents.at("indexes/index.idx"));
  REQUIRE(places.size() == 3);
  CHECK_THAT(places[0], Catch::StartsWith("!meta 0 {"));
  for (std::size_t i = 1; i < places.size(); ++i) {
    const std::string part =
        packed.substr(number_behind(places[i], "offset"), number_behind(places[i], "length"));
    const std::string first = lines_of(unzipped(part)).front();
    CHECK(first == lines[(i - 1) * 1'024]);
    CHECK(places[i].substr(0, places[i].find(" {")) == first.substr(0, first.find(" {")));
    CHECK_THAT(places[i], Catch::Contains(sha256_label(part)));
  }
}

TEST_CASE("the manifest of a package tells what is in it, and where to start") {
  Packages packages;
  auto contents = packages.package({});
  const std::string manifest = contents.at("datapackage.json");
  CHECK(contents.at("datapackage-digest.json") ==
        R"({"path":"datapackage.json","hash":")" + sha256_label(manifest) + "\"}\n");
  CHECK_THAT(
      manifest,
      Catch::StartsWith(R"({"profile":"data-package","wacz_version":"1.1.1",)"
                        R"("created":"2023-11-14T22:13:20.123Z","software":"crawld/1",)"
                        R"("title":"title of http://a.test/2","mainPageUrl":"http://a.test/2",)"));
  REQUIRE(contents.size() == 6);
  for (const auto& [path, content] : contents) {
    if (path.starts_with("datapackage")) continue;
    CHECK_THAT(manifest,
               Catch::Contains("\"path\":\"" + path + "\",\"hash\":\"" + sha256_label(content) +
                               "\",\"bytes\":" + std::to_string(content.size()) + "}"));
  }
}

TEST_CASE("the documents of a package are listed with title, time and text") {
  Packages packages;
  const auto lines = lines_of(packages.package({}).at("pages/pages.jsonl"));
  REQUIRE(lines.size() == kPages + 1);
  CHECK(lines[0] ==
        R"({"format":"json-pages-1.0","id":"pages","title":"All Pages","hasText":true})");
  CHECK(lines[1'001] ==
        R"({"id":"1001","url":"http://a.test/1000","ts":"2023-11-14T22:13:20.123Z",)"
        R"("title":"title of http://a.test/1000","text":"text of 0"})");
}

TEST_CASE("a package that has enough is whole, and the next one needs nothing of it") {
  Packages packages;
  ExportEnd end;
  std::uint64_t asked = 0;
  auto first = packages.package({.enough = [&] { return ++asked > 1'000; }}, &end);
  CHECK(end.last_key == 2 * 1'000 - 1);
  CHECK_FALSE(end.complete);
  CHECK(lines_of(first.at("pages/pages.jsonl")).size() == 1'001);
  auto rest = packages.package({.after = end.last_key}, &end);
  CHECK(end.complete);
  CHECK(lines_of(rest.at("pages/pages.jsonl")).size() == 101);
  CHECK(unzipped(rest.at("archive/data.warc.gz")).find("WARC-Type: revisit") == std::string::npos);
}

TEST_CASE("a package of no pages is one all the same") {
  Packages packages;
  auto contents = packages.package({.after = 2 * kPages});
  CHECK(contents.at("indexes/index.cdx.gz").empty());
  CHECK(lines_of(contents.at("pages/pages.jsonl")).size() == 1);
  CHECK(contents.at("datapackage.json").find("mainPageUrl") == std::string::npos);
}

TEST_CASE("a package that its disk does not take is not complete") {
  Packages packages;
  std::size_t written = 0;
  const auto end = export_wacz(*packages.reader, {.sort_directory = packages.scratch.path("")},
                               {.write = [&](std::string_view) { return ++written < 10; },
                                .patch = [](std::uint64_t, std::string_view) { return true; }});
  REQUIRE(end.ok());
  CHECK_FALSE(end->complete);
  CHECK(written == 10);
}
