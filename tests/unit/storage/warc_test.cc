#include "storage/archive/warc.h"

#include <zlib.h>
#include <zstd.h>

#include <catch2/catch.hpp>
#include <map>

#include "storage/archive/sha1.h"
#include "storage/bodies/body_reader.h"
#include "storage/sqlite_store.h"
#include "tests/unit/storage/batches.h"
#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::storage;

namespace {

StoredPage packed_page(PageId id, model::UrlId url, const std::string& href,
                       const std::string& content) {
  StoredPage page = page_of(id, url, href, content);
  auto& parsed = std::get<model::ParsedPage>(page.parsed.page);
  std::string& packed = parsed.packed_body.bytes;
  packed.resize(ZSTD_compressBound(content.size()));
  packed.resize(ZSTD_compress(packed.data(), packed.size(), content.data(), content.size(), 1));
  auto& response = std::get<model::Response>(page.parsed.fetched.outcome);
  response.headers.add("Content-Encoding", "gzip");
  response.headers.add("X-Odd", "a\r\nInjected: yes");
  return page;
}

struct Record {
  std::map<std::string, std::string> fields;
  std::string block;
};

// One gzip member at `offset`; moves it to the end of the member.
std::string member_at(const std::string& file, std::size_t& offset) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(file.data() + offset));
  stream.avail_in = static_cast<uInt>(file.size() - offset);
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  offset += stream.total_in;
  inflateEnd(&stream);
  return out;
}

// Read by the grammar of WARC 1.1 section 4, strictly.
Record read_record(std::string_view text) {
  Record record;
  REQUIRE(text.starts_with("WARC/1.1\r\n"));
  const std::size_t head_end = text.find("\r\n\r\n");
  REQUIRE(head_end != std::string_view::npos);
  std::string_view head = text.substr(10, head_end + 2 - 10);
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::size_t colon = head.find(": ");
    REQUIRE(colon < end);
    record.fields[std::string(head.substr(0, colon))] = head.substr(colon + 2, end - colon - 2);
    head.remove_prefix(end + 2);
  }
  record.block = text.substr(head_end + 4);
  const std::size_t length = std::stoul(record.fields.at("Content-Length"));
  REQUIRE(record.block.size() == length + 4);
  CHECK(record.block.ends_with("\r\n\r\n"));
  record.block.resize(length);
  CHECK(record.fields.at("WARC-Block-Digest") == sha1_label(sha1(record.block)));
  return record;
}

std::vector<Record> read_file_of(const std::string& file) {
  std::vector<Record> records;
  for (std::size_t at = 0; at < file.size();) records.push_back(read_record(member_at(file, at)));
  return records;
}

struct Exported {
  Exported() {
    auto store = std::move(*SqliteStore::open(scratch.path(), {}));
    REQUIRE(store->begin_run({.command = "crawl", .sites = {"a"}}).ok());
    CommitBatch batch;
    batch.hosts = {host_named(1, "http://a.test")};
    batch.new_urls = {new_url(*store, 1, "http://a.test/"),
                      new_url(*store, 2, "http://a.test/b?c=1")};
    batch.new_urls[1].parent = 1;
    batch.pages = {packed_page(1, 1, "http://a.test/", "hello"),
                   packed_page(2, 2, "http://a.test/b?c=1", "hello")};
    batch.fetches = {fetch_of(1, batch.pages[0]), fetch_of(2, batch.pages[1])};
    REQUIRE(store->put(batch).ok());
    reader = std::move(*Database::open_reader(scratch.path()));
    const auto end = export_warc(
        *reader, {.file_name = "x.warc.gz", .software = "crawld/1"},
        [&](std::string_view bytes) {
          file += bytes;
          return true;
        },
        [&](std::string_view line) { index += line; });
    if (!end) FAIL(end.error().message);
    CHECK(end->rows == 2);
    CHECK(end->complete);
  }
  Scratch scratch;
  std::unique_ptr<Database> reader;
  std::string file;
  std::string index;
};

}  // namespace

TEST_CASE("SHA-1 gives the digests of FIPS 180 and base 32 labels") {
  CHECK(sha1_label(sha1("")) == "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");
  CHECK(sha1_label(sha1("abc")) == "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5");
  CHECK(sha1_label(sha1(std::string(1'000'000, 'a'))) == "sha1:GSVJOPGUYTNKJ5Q65MV5XLJHGFSTIALP");
}

TEST_CASE("a WARC holds a response, its request and metadata for each page") {
  const Exported exported;
  const auto records = read_file_of(exported.file);
  REQUIRE(records.size() == 7);
  CHECK(records[0].fields.at("WARC-Type") == "warcinfo");
  const Record& response = records[1];
  CHECK(response.fields.at("WARC-Type") == "response");
  CHECK(response.fields.at("WARC-Target-URI") == "http://a.test/");
  CHECK(response.fields.at("WARC-Date") == "2023-11-14T22:13:20.123Z");
  CHECK(response.fields.at("WARC-IP-Address") == "192.0.2.1");
  CHECK(response.fields.at("WARC-Payload-Digest") == sha1_label(sha1("hello")));
  CHECK(response.block ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Archive-Orig-Content-Encoding: gzip\r\n"
        "X-Odd: a  Injected: yes\r\nContent-Length: 5\r\n\r\nhello");
  CHECK(records[2].fields.at("WARC-Concurrent-To") == response.fields.at("WARC-Record-ID"));
  CHECK(records[2].block == "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
  CHECK(records[6].block == "via: http://a.test/\r\n");
}

TEST_CASE("content that was stored before becomes a revisit that names the first") {
  const Exported exported;
  const auto records = read_file_of(exported.file);
  const Record& first = records[1];
  const Record& revisit = records[4];
  CHECK(revisit.fields.at("WARC-Type") == "revisit");
  CHECK(revisit.fields.at("WARC-Target-URI") == "http://a.test/b?c=1");
  CHECK(revisit.fields.at("WARC-Profile") ==
        "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest");
  CHECK(revisit.fields.at("WARC-Refers-To") == first.fields.at("WARC-Record-ID"));
  CHECK(revisit.fields.at("WARC-Refers-To-Target-URI") == "http://a.test/");
  CHECK(revisit.fields.at("WARC-Refers-To-Date") == first.fields.at("WARC-Date"));
  CHECK(revisit.fields.at("WARC-Payload-Digest") == sha1_label(sha1("hello")));
  CHECK_THAT(revisit.block, Catch::EndsWith("\r\n\r\n"));
}

TEST_CASE("the CDXJ index points at the records") {
  const Exported exported;
  const std::string expected =
      R"(test,a)/ 20231114221320 {"url":"http://a.test/","mime":"text/html","status":"200","digest":"sha1:)";
  CHECK_THAT(exported.index, Catch::StartsWith(expected));
  const std::size_t at = exported.index.find("\"offset\":\"");
  std::size_t offset = std::stoul(exported.index.substr(at + 10));
  CHECK(read_record(member_at(exported.file, offset)).fields.at("WARC-Type") == "response");
  CHECK_THAT(exported.index, Catch::Contains(R"("mime":"warc/revisit")"));
}

TEST_CASE("an archive that has enough ends behind a version with all its records") {
  Exported exported;
  std::string first;
  std::string rest;
  const auto into = [](std::string& file) {
    return [&file](std::string_view bytes) { return !(file += bytes).empty(); };
  };
  int asked = 0;
  const auto end =
      export_warc(*exported.reader, {.enough = [&] { return ++asked > 1; }}, into(first));
  CHECK(end->rows == 1);
  CHECK_FALSE(end->complete);
  CHECK(read_file_of(first).size() == 4);
  CHECK(export_warc(*exported.reader, {.after = end->last_key}, into(rest))->complete);
  CHECK(read_file_of(rest)[1].fields.at("WARC-Type") == "revisit");
}

TEST_CASE("a file that has to stand alone holds in full what was stored before it") {
  Exported exported;
  std::string file;
  const auto end = export_warc(*exported.reader, {.after = 1, .revisits = Revisits::of_this_file},
                               [&](std::string_view bytes) { return !(file += bytes).empty(); });
  REQUIRE(end->rows == 1);
  const Record response = read_file_of(file)[1];
  CHECK(response.fields.at("WARC-Type") == "response");
  CHECK(response.fields.count("WARC-Refers-To") == 0);
  CHECK_THAT(response.block, Catch::EndsWith("\r\n\r\nhello"));
}

TEST_CASE("a damaged body is reported, not exported") {
  Exported exported;
  auto store = std::move(*SqliteStore::open(exported.scratch.path(), {}));
  REQUIRE(store->database().execute("UPDATE bodies SET data = x'00'").ok());
  CHECK(BodyReader(*exported.reader).bytes(1).error().code == base::Error::Code::corrupt);
  CHECK(BodyReader(*exported.reader).bytes(99).error().code == base::Error::Code::not_found);
}

namespace {

// A crawl whose seed moved, over a temporary redirect, to a page that links to one that is gone.
struct Moved {
  Moved() {
    auto store = std::move(*SqliteStore::open(scratch.path(), {}));
    REQUIRE(store->begin_run({.command = "crawl", .sites = {"a"}}).ok());
    CommitBatch batch;
    batch.hosts = {host_named(1, "http://a.test")};
    const char* urls[] = {"http://a.test/old", "http://a.test/way", "http://a.test/new",
                          "http://a.test/gone", "http://a.test/map.xml"};
    for (const char* url : urls) {
      batch.new_urls.push_back(new_url(*store, batch.new_urls.size() + 1, url));
      batch.new_urls.back().parent = batch.new_urls.size() - 1;
    }
    batch.new_urls[1].redirects = 1;
    batch.new_urls[2].redirects = 2;
    batch.new_urls[3].depth = 1;
    batch.new_urls[4].purpose = model::Purpose::sitemap;
    batch.pages = {packed_page(1, 3, "http://a.test/new", "hello")};
    batch.fetches = {answer_of(3, 1, "redirected", 301), answer_of(4, 2, "redirected", 307),
                     fetch_of(6, batch.pages[0]),        answer_of(7, 4, "gone", 404),
                     answer_of(8, 4, "reset", 0),        answer_of(9, 5, "redirected", 301),
                     answer_of(10, 4, "http_503", 503),  answer_of(11, 4, "redirected", 307)};
    batch.fetches[0].headers.add("Location", "/way");
    batch.fetches[0].headers.add("Content-Type", "text/html; charset=utf-8");
    batch.fetches[0].headers.add("Content-Length", "169");
    // As a crawld before schema 8 stored it.
    batch.fetches[1].detail = "http://a.test/new";
    batch.fetches[3].headers.add("Content-Length", "0");
    batch.fetches[5].detail = "http://a.test/other.xml";
    batch.fetches[7].detail = "https://a.test/by-hsts";
    batch.fetches[7].http_version.clear();
    REQUIRE(store->put(batch).ok());
    reader = std::move(*Database::open_reader(scratch.path()));
  }
  ExportEnd write(WarcOptions options) {
    const auto end = export_warc(
        *reader, options, [&](std::string_view bytes) { return !(file += bytes).empty(); },
        [&](std::string_view line) { index += line; });
    if (!end) FAIL(end.error().message);
    return *end;
  }
  Scratch scratch;
  std::unique_ptr<Database> reader;
  std::string file;
  std::string index;
};

}  // namespace

TEST_CASE("a WARC holds redirects and what is gone, in their order, with the headers they had") {
  Moved moved;
  CHECK(moved.write({}).rows == 4);
  const auto records = read_file_of(moved.file);
  REQUIRE(records.size() == 13);
  const Record& old = records[1];
  CHECK(old.fields.at("WARC-Type") == "response");
  CHECK(old.fields.at("WARC-Target-URI") == "http://a.test/old");
  CHECK(old.fields.at("WARC-Date") == "2023-11-14T22:13:20.123Z");
  CHECK(old.fields.at("WARC-IP-Address") == "192.0.2.1");
  CHECK(old.fields.at("WARC-Truncated") == "unspecified");
  CHECK(old.block ==
        "HTTP/1.1 301 Moved Permanently\r\nLocation: /way\r\nContent-Type: text/html; "
        "charset=utf-8\r\nX-Archive-Orig-Content-Length: 169\r\nContent-Length: 0\r\n\r\n");
  CHECK(records[2].fields.at("WARC-Concurrent-To") == old.fields.at("WARC-Record-ID"));
  CHECK(records[2].block == "GET /old HTTP/1.1\r\nHost: a.test\r\n\r\n");
  CHECK(records[4].block ==
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://a.test/new\r\nContent-Length: "
        "0\r\n\r\n");
  CHECK(records[6].block == "hopsFromSeed: R\r\nvia: http://a.test/old\r\n");
  CHECK(records[9].block == "hopsFromSeed: RR\r\nvia: http://a.test/way\r\n");
  const Record& gone = records[10];
  CHECK(gone.fields.at("WARC-Target-URI") == "http://a.test/gone");
  CHECK(gone.fields.count("WARC-Truncated") == 0);
  CHECK_THAT(gone.block, Catch::StartsWith("HTTP/1.1 404 Not Found\r\n"));
}

TEST_CASE("the CDXJ index has a line with its status for each redirect") {
  Moved moved;
  moved.write({});
  CHECK_THAT(
      moved.index,
      Catch::Contains(
          R"(test,a)/old 20231114221320 {"url":"http://a.test/old","mime":"text/html","status":"301",)"));
  CHECK_THAT(moved.index, Catch::Contains(R"("mime":"unk","status":"307",)"));
  CHECK_THAT(moved.index, Catch::Contains(R"("status":"404",)"));
}

TEST_CASE("an archive goes on behind a redirect as behind a page") {
  Moved moved;
  int asked = 0;
  const auto first = moved.write({.enough = [&] { return ++asked > 1; }});
  CHECK(first.rows == 1);
  const auto rest = moved.write({.after = first.last_key});
  CHECK((rest.rows == 3 && rest.complete));
  CHECK(moved.write({.after = rest.last_key}).rows == 0);
}

TEST_CASE("a database of before schema 8 has redirects in its archive, too") {
  Moved moved;
  {
    auto store = std::move(*SqliteStore::open(moved.scratch.path(), {}));
    REQUIRE(store->database().execute("ALTER TABLE fetches DROP COLUMN headers").ok());
    REQUIRE(store->database().execute("PRAGMA user_version = 7").ok());
  }
  moved.reader = std::move(*Database::open_reader(moved.scratch.path()));
  CHECK(moved.write({}).rows == 2);
  CHECK(read_file_of(moved.file)[1].fields.at("WARC-Target-URI") == "http://a.test/way");
}

namespace {

model::PackedBody packed(const std::string& content) {
  model::PackedBody body;
  body.bytes.resize(ZSTD_compressBound(content.size()));
  body.bytes.resize(
      ZSTD_compress(body.bytes.data(), body.bytes.size(), content.data(), content.size(), 1));
  return body;
}

FetchRow error_with(std::uint64_t id, int status, const std::string& body) {
  FetchRow row = answer_of(id, 1, "http_" + std::to_string(status), status);
  row.body = packed(body);
  row.body_size = body.size();
  return row;
}

}  // namespace

TEST_CASE("a WARC holds what redirects and errors said, where it was kept") {
  const Scratch scratch;
  auto store = std::move(*SqliteStore::open(scratch.path(), {}));
  REQUIRE(store->begin_run({.command = "crawl", .sites = {"a"}}).ok());
  CommitBatch batch;
  batch.hosts = {host_named(1, "http://a.test")};
  batch.new_urls = {new_url(*store, 1, "http://a.test/")};
  batch.fetches = {error_with(1, 503, "busy"), error_with(2, 302, ""), error_with(3, 403, "no, "),
                   error_with(4, 404, "not fo")};
  batch.fetches[0].headers.add("Retry-After", "1");
  batch.fetches[0].headers.add("Content-Type", "text/plain");
  batch.fetches[1].headers.add("Location", "/x");
  batch.fetches[2].truncated = true;
  batch.fetches[3].truncated = batch.fetches[3].broke_off = true;
  REQUIRE(store->put(batch).ok());
  const auto reader = std::move(*Database::open_reader(scratch.path()));
  std::string file, index;
  const auto end = export_warc(
      *reader, {}, [&](std::string_view bytes) { return !(file += bytes).empty(); },
      [&](std::string_view line) { index += line; });
  REQUIRE(end.ok());
  CHECK(end->rows == 4);
  const auto records = read_file_of(file);
  REQUIRE(records.size() == 13);
  CHECK(records[1].block ==
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Type: text/plain\r\n"
        "Content-Length: 4\r\n\r\nbusy");
  CHECK(records[1].fields.at("WARC-Payload-Digest") == sha1_label(sha1("busy")));
  CHECK(records[1].fields.count("WARC-Truncated") == 0);
  CHECK_THAT(index, Catch::Contains(R"("mime":"text/plain","status":"503",)"));
  CHECK(records[4].block == "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
  CHECK(records[4].fields.count("WARC-Truncated") == 0);
  CHECK(records[7].block == "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nno, ");
  CHECK(records[7].fields.at("WARC-Truncated") == "length");
  CHECK(records[10].fields.at("WARC-Truncated") == "unspecified");  // in time, or by the server
}

TEST_CASE("a database of before schema 12 has an archive, too") {
  Moved moved;
  {
    auto store = std::move(*SqliteStore::open(moved.scratch.path(), {}));
    REQUIRE(store->database().execute("DROP TABLE answer_bodies").ok());
    REQUIRE(store->database().execute("PRAGMA user_version = 11").ok());
  }
  moved.reader = std::move(*Database::open_reader(moved.scratch.path()));
  CHECK(moved.write({}).rows == 4);
}
