// What other connections read while the store writes: SQL, exports, audit, backup.
#include <catch2/catch.hpp>
#include <set>
#include <utility>

#include "storage/reports/audit.h"
#include "storage/reports/backup.h"
#include "storage/reports/exports.h"
#include "storage/reports/query.h"
#include "storage/sqlite_store.h"
#include "tests/unit/storage/batches.h"
#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::storage;
using Code = base::Error::Code;

namespace {

constexpr std::uint64_t kPages = 25;

std::string page_url(std::uint64_t n) { return "http://a.test/" + std::to_string(n); }

std::unique_ptr<SqliteStore> crawled(const std::string& path, std::uint64_t pages = kPages) {
  StoreOptions options;
  options.search_index = true;
  options.seen.run_entries = 10;
  auto store = std::move(*SqliteStore::open(path, options));
  REQUIRE(store->begin_run({.started_at = 1, .command = "crawl", .sites = {"a"}}).ok());
  for (std::uint64_t n = 1; n <= pages; ++n) {
    CommitBatch batch;
    batch.hosts = {host_named(1, "http://a.test")};
    batch.new_urls = {new_url(*store, n, page_url(n))};
    batch.updates = {{.id = n, .state = model::Verdict::done}};
    batch.visits = {{.url_id = n, .visited_at = 1, .status = 200, .visits = 1}};
    batch.pages = {page_of(n, n, page_url(n), "text " + std::to_string(n % 7))};
    batch.fetches = {{.id = n,
                      .url_id = n,
                      .outcome = "done",
                      .change = model::Change::first_seen,
                      .page_id = n}};
    REQUIRE(store->put(batch).ok());
  }
  return store;
}

std::unique_ptr<Database> reader_of(const std::string& path) {
  return std::move(*Database::open_reader(path));
}

// Of the files beside the database.
std::set<std::string> names_with(const Scratch& scratch, std::string_view part) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(scratch.path(""))) {
    const std::string name = entry.path().filename().string();
    if (name.find(part) != std::string::npos) names.insert(name);
  }
  return names;
}

struct Collected final : QueryRows {
  void columns(std::span<const std::string_view> names) override {
    for (const auto name : names) head += std::string(name) + " ";
  }
  bool row(std::span<const Value>) override { return ++rows < limit; }
  std::string head;
  int rows = 0;
  int limit = 1'000;
};

std::vector<AuditCheck> wrong_checks(Database& reader) {
  auto checks = audit(reader);
  if (!checks) FAIL(checks.error().message);
  std::erase_if(*checks, [](const AuditCheck& check) { return check.wrong == 0; });
  return *checks;
}

}  // namespace

TEST_CASE("a query gives columns and rows and stops when asked") {
  Scratch scratch;
  auto store = crawled(scratch.path());
  auto reader = reader_of(scratch.path());
  Collected rows;
  REQUIRE(query(*reader, "SELECT url, status FROM v_pages;", rows).ok());
  CHECK(rows.head == "url status ");
  CHECK(rows.rows == kPages);
  Collected few;
  few.limit = 3;
  REQUIRE(query(*reader, "SELECT 1 FROM urls", few).ok());
  CHECK(few.rows == 3);
}

TEST_CASE("a query may not write, attach, set or run two statements") {
  Scratch scratch;
  auto store = crawled(scratch.path(), 1);
  auto reader = reader_of(scratch.path());
  for (const char* sql :
       {"DELETE FROM urls", "INSERT INTO sites VALUES (5, 'x', 1)", "DROP TABLE urls",
        "ATTACH '/tmp/x.db' AS x", "PRAGMA query_only=OFF", "PRAGMA user_version=3",
        "PRAGMA journal_mode=DELETE", "VACUUM INTO '/tmp/x.db'", "BEGIN", "CREATE TEMP TABLE t (a)",
        "SELECT load_extension('x')", "SELECT 1; SELECT 2", "", "-- x", "SELEC 1"}) {
    Collected rows;
    INFO(sql);
    const auto done = query(*reader, sql, rows);
    CHECK((!done.ok() && done.error().code == Code::invalid));
  }
  Collected rows;
  CHECK(query(*reader, "PRAGMA table_info(urls)", rows).ok());
  CHECK(rows.rows > 5);
}

TEST_CASE("a query may search the full-text index, and not change it") {
  Scratch scratch;
  auto store = crawled(scratch.path());
  REQUIRE(store->put({.has_run = true, .run = {.ended_at = 1, .exit = "finished"}}).ok());
  auto reader = reader_of(scratch.path());
  Collected rows;
  const auto found = query(*reader,
                           "SELECT rowid, snippet(search, 1, '[', ']', '...', 8) FROM search "
                           "WHERE search MATCH 'NEAR(text 3)' ORDER BY rank",
                           rows);
  INFO((found ? "" : found.error().message));
  CHECK(found.ok());
  CHECK(rows.rows > 1);
  CHECK_FALSE(query(*reader, "INSERT INTO search (search) VALUES ('rebuild')", rows).ok());
  CHECK_FALSE(query(*reader, "UPDATE sqlite_master SET sql = ''", rows).ok());
}

TEST_CASE("a query that runs too long is stopped") {
  Scratch scratch;
  auto store = crawled(scratch.path(), 1);
  auto reader = reader_of(scratch.path());
  Collected rows;
  const auto done = query(*reader,
                          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                          "SELECT count(*) FROM n",
                          rows, {.timeout = std::chrono::milliseconds(30)});
  CHECK((!done.ok() && done.error().code == Code::busy));
}

TEST_CASE("an export in small slices gives every row once and goes on where it stopped") {
  Scratch scratch;
  auto store = crawled(scratch.path());
  auto reader = reader_of(scratch.path());
  for (const auto table :
       {ExportTable::pages, ExportTable::links, ExportTable::changes, ExportTable::urls}) {
    std::string whole;
    auto all = export_rows(*reader, {.table = table, .slice = 4}, [&](std::string_view line) {
      whole += line;
      return true;
    });
    REQUIRE(all.ok());
    CHECK(all->complete);
    CHECK(all->last_key == kPages);
    CHECK(all->rows == (table == ExportTable::links ? 2 * kPages : kPages));
    std::string parts;
    std::int64_t after = 0;
    for (int calls = 0; calls < 100; ++calls) {
      int lines = 0;
      std::string part;
      auto some = export_rows(*reader, {.table = table, .after = after, .slice = 4},
                              [&](std::string_view line) {
                                if (++lines > 7) return false;
                                part += line;
                                return true;
                              });
      // What was written of a key that is not complete comes again.
      if (table != ExportTable::links) parts += part;
      after = some->last_key;
      if (some->complete) break;
    }
    CHECK(after == static_cast<std::int64_t>(kPages));
    if (table != ExportTable::links) CHECK(parts == whole);
  }
}

TEST_CASE("an export that has enough ends with whole keys, and the next call goes on there") {
  Scratch scratch;
  auto store = crawled(scratch.path());
  auto reader = reader_of(scratch.path());
  std::string whole;
  std::string parts;
  const auto into = [](std::string& text) {
    return [&text](std::string_view line) { return !(text += line).empty(); };
  };
  REQUIRE(export_rows(*reader, {.table = ExportTable::links}, into(whole)).ok());
  int asked = 0;
  const auto enough = [&] { return ++asked % 3 == 0; };
  ExportEnd end{.complete = false};
  for (int calls = 0; calls < 100 && !end.complete; ++calls) {
    const ExportOptions options{
        .table = ExportTable::links, .after = end.last_key, .slice = 4, .enough = enough};
    end = *export_rows(*reader, options, into(parts));
  }
  CHECK(asked > 3);
  CHECK(end.complete);
  CHECK(parts == whole);
}

TEST_CASE("JSON Lines hold JSON columns as JSON, CSV quotes what it must") {
  Scratch scratch;
  auto store = crawled(scratch.path(), 1);
  auto reader = reader_of(scratch.path());
  std::string jsonl;
  REQUIRE(export_rows(*reader, {.table = ExportTable::pages}, [&](std::string_view line) {
            jsonl += line;
            return true;
          }).ok());
  CHECK_THAT(jsonl,
             Catch::StartsWith(R"({"url":"http://a.test/1","status":200,"title":"title of )"));
  CHECK_THAT(jsonl, Catch::Contains(R"("headings":[],"meta":[])"));
  std::string csv;
  REQUIRE(export_rows(*reader, {.table = ExportTable::links, .format = ExportFormat::csv},
                      [&](std::string_view line) {
                        csv += line;
                        return true;
                      })
              .ok());
  CHECK(csv ==
        "from_url,to_url,text,rel,tag,nofollow\r\n"
        "http://a.test/1,http://a.test/1x,\"a \"\"link\"\"\",next,a,0\r\n"
        "http://a.test/1,https://else.test/,away,,a,1\r\n");
}

TEST_CASE("the books of a crawl balance, and each kind of damage is named") {
  Scratch scratch;
  auto store = crawled(scratch.path());
  auto reader = reader_of(scratch.path());
  CHECK(wrong_checks(*reader).empty());
  const std::pair<const char*, const char*> damages[] = {
      {"UPDATE urls SET state = 'lost' WHERE id = 3", "every URL is in one named state"},
      {"DELETE FROM urls WHERE id = 4", "URL ids rise without gaps"},
      {"UPDATE urls SET host_id = 0 WHERE id = 6", "every URL belongs to a host"},
      {"DELETE FROM bodies WHERE id = 1", "every page has the body it names"},
      {"UPDATE pages SET body_id = NULL", "every body is named by a page"},
      {"UPDATE urls SET state = 'queued' WHERE id = 5; UPDATE meta SET value = 9 WHERE key = "
       "'horizon'",
       "every queued URL is in a chunk or above the horizon"},
      {"UPDATE urls SET url = 'http://a.test/7' WHERE id = 8", "no URL is known twice"},
      {"DELETE FROM visits WHERE url_id = 9", "every URL that is done was visited"},
      {"INSERT INTO queue_chunks VALUES (1, 1, 2, x'0102030405060708')",
       "every queue chunk names known URLs"}};
  for (const auto& [damage, name] : damages) {
    REQUIRE(store->database().begin().ok());
    REQUIRE(store->database().execute(damage).ok());
    // Seen from inside, so that it can be taken back.
    REQUIRE(store->database().execute("COMMIT").ok());
    const auto wrong = wrong_checks(*reader);
    INFO(damage);
    CHECK(std::any_of(wrong.begin(), wrong.end(),
                      [&](const AuditCheck& check) { return check.name == name; }));
  }
}

TEST_CASE("an index that holds other URLs than the books is named, where the numbers agree too") {
  Scratch scratch;
  auto store = crawled(scratch.path());
  const char* damage = GENERATE("UPDATE meta SET value = value + 1 WHERE key = 'seen_seed'",
                                "UPDATE urls SET url = 'http://a.test/other' WHERE id = 8");
  REQUIRE(store->database().execute(damage).ok());
  const auto wrong = wrong_checks(*reader_of(scratch.path()));
  REQUIRE(wrong.size() == 1);
  CHECK(wrong[0].name == "the seen index holds every URL below its last flush");
  CHECK(wrong[0].example == "entries that are no URL's");
}

TEST_CASE("a backup is a whole crawl database of one moment, made while the crawl writes") {
  Scratch scratch;
  auto store = crawled(scratch.path());
  auto reader = reader_of(scratch.path());
  bool wrote = false;
  const auto done = backup(*reader, scratch.path("copy.db"), [&](const BackupProgress&) {
    CommitBatch batch;
    batch.new_urls = {new_url(*store, kPages + 1, "http://a.test/later")};
    if (!wrote) REQUIRE(store->put(batch).ok());
    wrote = true;
    return true;
  });
  if (!done) FAIL(done.error().message);
  CHECK(wrote);
  auto copy = std::move(*Database::open_writer(scratch.path("copy.db"), {}));
  CHECK(copy->was_clean());
  CHECK(*copy->number("SELECT count(*) FROM urls") == kPages);
  CHECK(wrong_checks(*copy).empty());
  CHECK(*find_url(*copy, page_url(3)) == 3);
  CHECK(names_with(scratch, ".crawld-part").empty());
}

TEST_CASE("a backup clears what killed ones left in its folder, and nothing that is written to") {
  Scratch scratch;
  auto store = crawled(scratch.path());
  auto reader = reader_of(scratch.path());
  for (const char* name : {"monday.db.a1B2c3.crawld-part", "monday.db.a1B2c3.crawld-part-journal",
                           "tuesday.db.d4E5f6.crawld-part", "film.part"}) {
    std::ofstream(scratch.path(name)) << "x";
    const bool young = std::string_view(name).starts_with("tuesday");
    const auto age = young ? std::chrono::minutes(50) : std::chrono::minutes(70);
    std::filesystem::last_write_time(scratch.path(name),
                                     std::filesystem::file_time_type::clock::now() - age);
  }
  REQUIRE(backup(*reader, scratch.path("wednesday.db")).ok());
  CHECK(names_with(scratch, "part") ==
        std::set<std::string>{"film.part", "tuesday.db.d4E5f6.crawld-part"});
}

TEST_CASE("of two backups to one name the second to end is refused, and the first is whole") {
  Scratch scratch;
  auto store = crawled(scratch.path());
  auto reader = reader_of(scratch.path());
  auto other = reader_of(scratch.path());
  base::Status meanwhile = base::Done{};
  bool begun = false;
  const auto done = backup(*reader, scratch.path("copy.db"), [&](const BackupProgress&) {
    if (!std::exchange(begun, true)) meanwhile = backup(*other, scratch.path("copy.db"));
    return true;
  });
  CHECK(meanwhile.ok());
  CHECK_FALSE(done.ok());
  CHECK(*reader_of(scratch.path("copy.db"))->number("SELECT count(*) FROM urls") == kPages);
  CHECK(names_with(scratch, ".crawld-part").empty());
}

TEST_CASE("a backup by a name that leaves no room for SQLite's own files is refused for that") {
  Scratch scratch;
  auto store = crawled(scratch.path(), 1);
  auto reader = reader_of(scratch.path());
  const std::size_t letters = GENERATE(228, 229, 255, 256);
  const auto done = backup(*reader, scratch.path(std::string(letters, 'x')));
  CHECK(done.ok() == (letters == 228));
  if (!done) {
    CHECK(done.error().code == Code::invalid);
    CHECK(done.error().message.ends_with(
        "x: the name is too long: SQLite makes files of its own beside it; name a shorter one"));
  }
  CHECK(names_with(scratch, ".crawld-part").empty());
}

TEST_CASE("a backup by a path that is longer than SQLite takes is refused for that") {
  Scratch scratch;
  auto store = crawled(scratch.path(), 1);
  auto reader = reader_of(scratch.path());
  std::string folder = std::string(200, 'f');
  for (int deep = 0; deep < 2; ++deep) folder += "/" + std::string(200, 'f');
  std::filesystem::create_directories(scratch.path(folder));
  const auto done = backup(*reader, scratch.path(folder + "/copy.db"));
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().code == Code::invalid);
  CHECK(done.error().message.find("/copy.db: the path is too long: SQLite takes ") !=
        std::string::npos);
}

TEST_CASE("where a redirect to javascript: is booked, the books balance") {
  Scratch scratch;
  auto store = crawled(scratch.path(), 1);
  CommitBatch batch;
  batch.new_urls = {new_url(*store, 2, "javascript:alert(1)", 0)};
  batch.new_urls[0].state = model::Verdict::blocked;
  REQUIRE(store->put(batch).ok());
  CHECK(wrong_checks(*reader_of(scratch.path())).empty());
}

TEST_CASE("a backup never replaces a file") {
  Scratch scratch;
  auto store = crawled(scratch.path(), 1);
  auto reader = reader_of(scratch.path());
  write_file(scratch.path("copy.db"), "precious");
  CHECK(backup(*reader, scratch.path("copy.db")).error().code == Code::invalid);
  CHECK(read_file(scratch.path("copy.db")) == "precious");
}
