#include "storage/search/search.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "storage/reports/diff.h"
#include "storage/reports/query.h"
#include "storage/sqlite_store.h"
#include "tests/unit/storage/batches.h"
#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::storage;

namespace {

StoredPage text_page(PageId id, model::UrlId url, const std::string& title, const std::string& text,
                     model::Change change = model::Change::first_seen) {
  StoredPage page = page_of(id, url, "http://a.test/" + std::to_string(url), text);
  std::get<model::ParsedPage>(page.parsed.page).title = title;
  page.change = change;
  return page;
}

std::unique_ptr<SqliteStore> indexed(const std::string& path, bool search_index = true) {
  StoreOptions options;
  options.search_index = search_index;
  auto store = std::move(*SqliteStore::open(path, options));
  REQUIRE(store->begin_run({.command = "crawl", .sites = {"a"}}).ok());
  CommitBatch batch;
  batch.hosts = {host_named(1, "http://a.test")};
  for (model::UrlId id = 1; id <= 3; ++id) {
    batch.new_urls.push_back(new_url(*store, id, "http://a.test/" + std::to_string(id)));
  }
  batch.pages = {text_page(1, 1, "Bread", "How to bake with rye and wheat"),
                 text_page(2, 2, "Cakes", "Nothing about bread, but much about caf\xC3\xA9 creme"),
                 text_page(3, 3, "Ovens", "Ovens for baking")};
  REQUIRE(store->put(batch).ok());
  REQUIRE(store->check().ok());
  return store;
}

void put_pages(SqliteStore& store, PageId first, PageId last) {
  CommitBatch batch;
  for (PageId id = first; id <= last; ++id) {
    batch.new_urls.push_back(new_url(store, id, "http://a.test/" + std::to_string(id)));
    batch.pages.push_back(text_page(id, id, "Number " + std::to_string(id), "one of many"));
  }
  REQUIRE(store.put(batch).ok());
}

std::int64_t entries(SqliteStore& store) {
  CHECK(store.database().execute("INSERT INTO search(search) VALUES ('integrity-check')").ok());
  return *store.database().number("SELECT count(*) FROM search_docsize");
}

std::string found(Database& reader, const SearchOptions& options) {
  auto hits = search(reader, options);
  if (!hits) return "error: " + hits.error().message;
  std::string urls;
  for (const SearchHit& hit : *hits) urls += hit.url.substr(14);
  return urls;
}

}  // namespace

TEST_CASE("pages are found by words, phrases, beginnings and what they do not hold") {
  Scratch scratch;
  auto store = indexed(scratch.path());
  auto reader = std::move(*Database::open_reader(scratch.path()));
  CHECK(found(*reader, {.words = "bread"}) == "12");  // the title weighs more
  CHECK(found(*reader, {.words = "rye wheat"}) == "1");
  CHECK(found(*reader, {.words = "\"wheat rye\""}).empty());
  CHECK(found(*reader, {.words = "bread -cakes"}) == "1");
  CHECK(found(*reader, {.words = "cafe"}) == "2");
  CHECK(found(*reader, {.words = "bak*", .limit = 1, .offset = 1}).size() == 1);
  CHECK(found(*reader, {.words = "bread", .site = "a"}) == "12");
  CHECK(found(*reader, {.words = "bread", .site = "b"}).empty());
  CHECK(found(*reader, {.words = "bread", .before = 5}).empty());
}

TEST_CASE("nothing that a person types is taken for query syntax") {
  Scratch scratch;
  auto store = indexed(scratch.path());
  auto reader = std::move(*Database::open_reader(scratch.path()));
  for (const char* words :
       {"AND", "title:", "a\"b", "(", "NEAR(a b)", "*", "^x", "'; DROP", "\"", "- x"}) {
    INFO(words);
    CHECK_THAT(found(*reader, {.words = words}), !Catch::Contains("refused"));
  }
  CHECK_THAT(found(*reader, {.words = "  -x"}), Catch::StartsWith("error: there is no word"));
}

TEST_CASE("a snippet shows the words where they stand") {
  Scratch scratch;
  auto store = indexed(scratch.path());
  auto reader = std::move(*Database::open_reader(scratch.path()));
  const auto hits = *search(*reader, {.words = "rye"});
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].snippet == "How to bake with [rye] and wheat");
  CHECK(hits[0].title == "Bread");
}

TEST_CASE("words within Japanese and Chinese text are found, and shown where they stand") {
  Scratch scratch;
  const std::string path = scratch.path("crawl.db");
  auto store = indexed(path);
  CommitBatch batch;
  batch.new_urls.push_back(new_url(*store, 4, "http://a.test/4"));
  batch.pages = {text_page(4, 4, "日本語のページ",
                           "ここは東京、日本の首都です。PriceABC価格は5円 한국어 텍스트")};
  REQUIRE(store->put(batch).ok());
  REQUIRE(store->check().ok());
  auto reader = std::move(*Database::open_reader(path));
  for (const char* words :
       {"首都", "日本語", "価格", "東京 首都", "ページ", "PriceABC", "한국어"}) {
    INFO(words);
    CHECK(found(*reader, {.words = words}) == "4");
  }
  CHECK(found(*reader, {.words = "都首"}).empty());
  const auto hits = search(*reader, {.words = "首都"});
  REQUIRE(hits);
  CHECK(hits->front().snippet.find("日本の[首都]です") != std::string::npos);
}

TEST_CASE("a word is found in the other spelling of eszett and of yo, alone and in a phrase") {
  Scratch scratch;
  const std::string path = scratch.path("crawl.db");
  auto store = indexed(path);
  CommitBatch batch;
  for (model::UrlId id = 4; id <= 7; ++id) {
    batch.new_urls.push_back(new_url(*store, id, "http://a.test/" + std::to_string(id)));
  }
  batch.pages = {text_page(4, 4, "x", "Die Große Straße am Fluss"),
                 text_page(5, 5, "y", "DIE GROSSE STRASSE"), text_page(6, 6, "z", "зелёная ёлка"),
                 text_page(7, 7, "w", "зеленая елка")};
  REQUIRE(store->put(batch).ok());
  REQUIRE(store->check().ok());
  auto reader = std::move(*Database::open_reader(path));
  const auto sorted = [&](const char* words) {
    std::string urls = found(*reader, {.words = words});
    std::sort(urls.begin(), urls.end());
    return urls;
  };
  for (const char* words : {"strasse", "straße", "STRASSE", "\"große strasse\"", "strass*"}) {
    INFO(words);
    CHECK(sorted(words) == "45");
  }
  for (const char* words : {"ёлка", "елка", "зелёная елка", "\"зеленая ёлка\"", "зелен*"}) {
    INFO(words);
    CHECK(sorted(words) == "67");
  }
  CHECK(sorted("fluß") == "4");
  CHECK(sorted("die -grosse").empty());
  CHECK(sorted("\"strasse große\"").empty());
  const auto hits = search(*reader, {.words = "strasse", .limit = 2});
  REQUIRE(hits);
  const bool shown = std::any_of(hits->begin(), hits->end(), [](const SearchHit& hit) {
    return hit.snippet == "Die Große [Straße] am Fluss";
  });
  CHECK(shown);
}

TEST_CASE("only the newest good version is found, and both can be compared") {
  Scratch scratch;
  auto store = indexed(scratch.path());
  CommitBatch batch;
  batch.pages = {text_page(4, 1, "Bread", "How to bake with spelt", model::Change::changed)};
  REQUIRE(store->put(batch).ok());
  REQUIRE(store->check().ok());
  auto reader = std::move(*Database::open_reader(scratch.path()));
  CHECK(found(*reader, {.words = "rye"}).empty());
  CHECK(found(*reader, {.words = "spelt"}) == "1");
  const auto versions = *page_versions(*reader, 1);
  REQUIRE(versions.size() == 2);
  CHECK(versions[0].number == 2);
  CHECK(versions[0].id == 4);
  CHECK(versions[1].id == 1);
  CHECK(*version_text(*reader, 1) == "How to bake with rye and wheat");
  CHECK(page_versions(*reader, 2)->size() == 1);
}

TEST_CASE("a batch put twice leaves one search entry a page") {
  Scratch scratch;
  auto store = indexed(scratch.path());
  auto reader = std::move(*Database::open_reader(scratch.path()));
  CHECK(*reader->number("SELECT count(*) FROM search_docsize") == 3);
  CHECK(store->database().execute("INSERT INTO search(search) VALUES ('integrity-check')").ok());
}

TEST_CASE("the index follows by hundreds of pages, and has all when one looks or the run ends") {
  Scratch scratch;
  auto store = indexed(scratch.path());
  put_pages(*store, 4, 100);
  CHECK(entries(*store) == 3);
  put_pages(*store, 101, 600);
  CHECK(entries(*store) == 3 + 512);
  REQUIRE(store->check().ok());
  CHECK(entries(*store) == 600);
  put_pages(*store, 601, 610);
  CommitBatch last;
  last.has_run = true;
  last.run.ended_at = 1;
  REQUIRE(store->put(last).ok());
  CHECK(entries(*store) == 610);
}

TEST_CASE("what a killed crawl left out of the index comes in later, and nothing twice") {
  Scratch scratch;
  put_pages(*indexed(scratch.path()), 4, 50);
  StoreOptions options;
  options.search_index = true;
  auto store = std::move(*SqliteStore::open(scratch.path(), options));
  CHECK(entries(*store) == 3);
  REQUIRE(store->check().ok());
  CHECK(entries(*store) == 50);
  REQUIRE(store->check().ok());
  CHECK(entries(*store) == 50);
}

TEST_CASE("an index that says only by its entries how far it goes is carried on") {
  Scratch scratch;
  {
    auto store = indexed(scratch.path());
    REQUIRE(store->database().execute("DELETE FROM meta WHERE key = 'indexed'").ok());
    put_pages(*store, 4, 5);
  }
  StoreOptions options;
  options.search_index = true;
  auto store = std::move(*SqliteStore::open(scratch.path(), options));
  REQUIRE(store->check().ok());
  CHECK(entries(*store) == 5);
}

TEST_CASE("pages that were stored without an index come into it when one is kept") {
  Scratch scratch;
  put_pages(*indexed(scratch.path(), false), 4, 20);
  StoreOptions options;
  options.search_index = true;
  auto store = std::move(*SqliteStore::open(scratch.path(), options));
  REQUIRE(store->check().ok());
  CHECK(entries(*store) == 20);
}

TEST_CASE("small pieces of the index are merged by sixty-four, in a database of before, too") {
  Scratch scratch;
  const auto pieces = [](SqliteStore& store) {
    return *store.database().number("SELECT count(DISTINCT segid) FROM search_idx");
  };
  {
    auto store = indexed(scratch.path());
    REQUIRE(store->database()
                .execute("INSERT INTO search (search, rank) VALUES ('crisismerge', 16)")
                .ok());
  }
  StoreOptions options;
  options.search_index = true;
  auto store = std::move(*SqliteStore::open(scratch.path(), options));
  for (PageId id = 4; id <= 65; ++id) {
    put_pages(*store, id, id);
    REQUIRE(store->check().ok());
  }
  CHECK(pieces(*store) == 63);
  put_pages(*store, 66, 66);
  REQUIRE(store->check().ok());
  CHECK(pieces(*store) == 1);
  CHECK(entries(*store) == 66);
}

TEST_CASE("without an index the message says how to get one") {
  Scratch scratch;
  auto store = indexed(scratch.path(), false);
  auto reader = std::move(*Database::open_reader(scratch.path()));
  CHECK_THAT(found(*reader, {.words = "bread"}), Catch::Contains("search_index: true"));
}
