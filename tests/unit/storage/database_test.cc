#include "storage/database.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::storage;
using Code = base::Error::Code;

namespace {

std::unique_ptr<Database> open_new(const std::string& path) {
  auto opened = Database::open_writer(path, {});
  if (!opened) FAIL(opened.error().message);
  return std::move(*opened);
}

base::Error refusal(const std::string& path, const OpenOptions& options = {}) {
  auto opened = Database::open_writer(path, options);
  REQUIRE_FALSE(opened.ok());
  return opened.error();
}

// What `say` comes to for a user who may read the database at `path`, and write nothing there.
template <class Say>
std::string said_without_rights(const std::string& path, Say say) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(path).parent_path();
  for (const fs::path& file : fs::directory_iterator(folder)) ::chmod(file.c_str(), 0444);
  ::chmod(folder.c_str(), 0555);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const bool root = ::geteuid() == 0;
    const bool other = !root || (::setgid(65'534) == 0 && ::setuid(65'534) == 0);
    const std::string text = other ? say() : "cannot become another user";
    (void)!::write(ends[1], text.data(), text.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text(1'000, '\0');
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(ends[0], text.data(), 1'000), 0)));
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  ::chmod(folder.c_str(), 0755);
  for (const fs::path& file : fs::directory_iterator(folder)) ::chmod(file.c_str(), 0644);
  return text;
}

void foreign_database(const std::string& path) {
  sqlite3* db = nullptr;
  sqlite3_open(path.c_str(), &db);
  sqlite3_exec(db, "CREATE TABLE a(b); INSERT INTO a VALUES (1)", nullptr, nullptr, nullptr);
  sqlite3_close(db);
}

}  // namespace

TEST_CASE("a statement that is refused names the file of the database") {
  const Scratch scratch;
  const auto database = open_new(scratch.path());
  auto refused = Statement::prepare(database->raw(), "SELECT json('{')");
  REQUIRE(refused.ok());
  CHECK(refused->step().error().message ==
        scratch.path() + ": the database refused a statement: malformed JSON");
  const auto unknown = Statement::prepare(database->raw(), "SELECT 1 FROM nowhere");
  CHECK(unknown.error().message ==
        scratch.path() + ": cannot prepare a statement: no such table: nowhere");
}

TEST_CASE("a new database has our application id, the newest schema and mode 0600") {
  Scratch scratch;
  { auto db = open_new(scratch.path()); }
  struct stat status {};
  REQUIRE(::stat(scratch.path().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(status.st_nlink == 1);
  auto reader = Database::open_reader(scratch.path());
  REQUIRE(reader.ok());
  CHECK(*(*reader)->number("PRAGMA application_id") == kApplicationId);
  CHECK(*(*reader)->number("PRAGMA user_version") == migrations().back().version);
  CHECK_FALSE(std::filesystem::exists(scratch.path("crawl.db.new")));
}

TEST_CASE("every view can be read in an empty database") {
  Scratch scratch;
  auto db = open_new(scratch.path());
  std::vector<std::string> views;
  REQUIRE(db->each(
      "SELECT name FROM sqlite_master WHERE type = 'view'", [](Statement&) {},
      [&](Statement& s) { views.emplace_back(s.text(0)); }));
  CHECK(std::find(views.begin(), views.end(), "v_pages") != views.end());
  for (const std::string& view : views) {
    const std::string sql = "SELECT count(*) FROM " + view;
    INFO(view);
    CHECK(*db->number(sql.c_str()) == 0);
  }
}

TEST_CASE("a second writer is refused with the pid of the first") {
  Scratch scratch;
  auto first = open_new(scratch.path());
  const auto error = refusal(scratch.path());
  CHECK(error.code == Code::busy);
  CHECK_THAT(error.message, Catch::Contains("process " + std::to_string(::getpid())));
}

TEST_CASE("a lock file left behind by a killed process does not block") {
  Scratch scratch;
  { auto db = open_new(scratch.path()); }
  write_file(scratch.path("crawl.db.lock"), "1\n");
  auto db = open_new(scratch.path());
  CHECK(read_file(scratch.path("crawl.db.lock")) == std::to_string(::getpid()) + "\n");
}

TEST_CASE("a file that is no database is refused and left as it is") {
  Scratch scratch;
  const std::string text(5000, 'x');
  write_file(scratch.path(), text);
  const auto error = refusal(scratch.path());
  CHECK(error.code == Code::incompatible);
  CHECK_THAT(error.message, Catch::Contains("no SQLite database"));
  CHECK(read_file(scratch.path()) == text);
  CHECK_FALSE(std::filesystem::exists(scratch.path("crawl.db.lock")));
}

TEST_CASE("a database of another program is refused and left as it is") {
  Scratch scratch;
  foreign_database(scratch.path());
  const std::string before = read_file(scratch.path());
  const auto error = refusal(scratch.path());
  CHECK(error.code == Code::incompatible);
  CHECK_THAT(error.message, Catch::Contains("another program"));
  CHECK(read_file(scratch.path()) == before);
}

TEST_CASE("a newer schema is refused and left as it is") {
  Scratch scratch;
  {
    auto db = open_new(scratch.path());
    REQUIRE(db->execute("PRAGMA user_version=999").ok());
  }
  const std::string before = read_file(scratch.path());
  const auto error = refusal(scratch.path());
  CHECK(error.code == Code::incompatible);
  CHECK_THAT(error.message, Catch::Contains("999"));
  CHECK(read_file(scratch.path()) == before);
}

TEST_CASE("a missing directory is named") {
  const auto error = refusal("/tmp/no/such/dir/crawl.db");
  CHECK(error.code == Code::not_found);
  CHECK_THAT(error.message, Catch::Contains("/tmp/no/such/dir"));
}

TEST_CASE("a file of two names is read, and not written until one of them is gone") {
  Scratch scratch;
  const std::string path = scratch.path("crawl.db");
  REQUIRE(Database::open_writer(path, {}));
  REQUIRE(::link(path.c_str(), scratch.path("other.db").c_str()) == 0);
  for (const char* name : {"crawl.db", "other.db"}) {
    CHECK_THAT(refusal(scratch.path(name)).message, Catch::Contains("hard link"));
    CHECK(Database::open_reader(scratch.path(name)));
  }
  CHECK(!std::filesystem::exists(scratch.path("other.db.lock")));
  std::filesystem::remove(scratch.path("other.db"));
  CHECK(Database::open_writer(path, {}));
}

TEST_CASE("a directory that cannot be written: what stands without its log is read") {
  Scratch scratch;
  const std::string path = scratch.path("odd#name?.db");
  { auto db = open_new(path); }
  const auto rows = [&] {
    auto reader = Database::open_reader(path);
    if (!reader) return reader.error().message;
    auto count = (*reader)->number("SELECT count(*) FROM meta");
    return count ? std::to_string(*count) : count.error().message;
  };
  CHECK(said_without_rights(path, rows) == rows());

  auto writer = std::move(*Database::open_writer(path, {}));
  REQUIRE(writer->execute("INSERT INTO meta VALUES ('more', 1)").ok());
  const std::string log = read_file(path + "-wal");
  writer.reset();
  write_file(path + "-wal", log);
  CHECK_THAT(said_without_rights(path, rows), Catch::Contains("copy both files"));
}

TEST_CASE("a file that cannot be written, or that another program has locked, is told as such") {
  Scratch scratch;
  { auto db = open_new(scratch.path()); }
  CHECK_THAT(
      said_without_rights(scratch.path(), [&] { return refusal(scratch.path()).message; }),
      Catch::Contains("cannot write " + scratch.path() + ": Permission denied; make it writable"));

  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(scratch.path().c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE", nullptr, nullptr,
                       nullptr) == SQLITE_OK);
  const OpenOptions impatient{.busy_timeout = std::chrono::milliseconds(1)};
  const auto writer = Database::open_writer(scratch.path(), impatient);
  REQUIRE_FALSE(writer);
  CHECK_THAT(writer.error().message, Catch::Contains("is locked by another program; close it"));
  const auto reader = Database::open_reader(scratch.path(), impatient);
  REQUIRE_FALSE(reader);
  CHECK_THAT(reader.error().message, Catch::Contains("is locked by another program; close it"));
  sqlite3_close(other);
}

TEST_CASE("a symbolic link, a directory and a FIFO are refused") {
  Scratch scratch;
  { auto db = open_new(scratch.path("real.db")); }
  REQUIRE(::symlink(scratch.path("real.db").c_str(), scratch.path("link.db").c_str()) == 0);
  CHECK_THAT(refusal(scratch.path("link.db")).message, Catch::Contains("symbolic link"));
  REQUIRE(::mkdir(scratch.path("dir.db").c_str(), 0700) == 0);
  CHECK(refusal(scratch.path("dir.db")).code == Code::invalid);
  REQUIRE(::mkfifo(scratch.path("fifo.db").c_str(), 0600) == 0);
  CHECK(refusal(scratch.path("fifo.db")).code == Code::invalid);
}

TEST_CASE("an overwritten header is refused with a way to recover") {
  Scratch scratch;
  { auto db = open_new(scratch.path()); }
  std::string bytes = read_file(scratch.path());
  bytes.replace(0, 100, std::string(100, 'z'));
  write_file(scratch.path(), bytes);
  CHECK_THAT(refusal(scratch.path()).message, Catch::Contains(".recover"));
  CHECK(read_file(scratch.path()) == bytes);
}

TEST_CASE("a log without its database is not thrown away") {
  Scratch scratch;
  write_file(scratch.path("crawl.db-wal"), std::string(4152, 'w'));
  CHECK_THAT(refusal(scratch.path()).message, Catch::Contains("-wal is still there"));
}

TEST_CASE("damage in the middle is found at the start after an unclean stop") {
  Scratch scratch;
  if (const pid_t child = ::fork(); child == 0) {
    auto db = Database::open_writer(scratch.path(), {});
    if (!db.ok()) ::_exit(1);
    (void)(*db)->execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
        "INSERT INTO sites SELECT i, 'site number ' || i, 1 FROM n");
    (void)(*db)->checkpoint();
    ::_exit(0);  // without a clean close
  } else {
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(status == 0);
  }
  std::string bytes = read_file(scratch.path());
  bytes.replace(bytes.size() - 5 * 4096, 4096, std::string(4096, '\x55'));
  write_file(scratch.path(), bytes);
  const auto error = refusal(scratch.path());
  CHECK(error.code == Code::corrupt);
  CHECK_THAT(error.message, Catch::Contains(".recover"));
  CHECK(read_file(scratch.path()) == bytes);
}

TEST_CASE("a clean stop leaves one file and is remembered") {
  Scratch scratch;
  { auto db = open_new(scratch.path()); }
  CHECK_FALSE(std::filesystem::exists(scratch.path("crawl.db-wal")));
  CHECK(open_new(scratch.path())->was_clean());
}

TEST_CASE("readers cannot write and read while the writer writes") {
  Scratch scratch;
  auto writer = open_new(scratch.path());
  auto reader = Database::open_reader(scratch.path());
  REQUIRE(reader.ok());
  CHECK_FALSE((*reader)->execute("INSERT INTO sites VALUES (9, 'a', 1)").ok());
  REQUIRE(writer->begin().ok());
  REQUIRE(writer->execute("INSERT INTO sites VALUES (9, 'a', 1)").ok());
  CHECK(*(*reader)->number("SELECT count(*) FROM sites") == 0);
  REQUIRE(writer->commit().ok());
  CHECK(*(*reader)->number("SELECT count(*) FROM sites") == 1);
}

TEST_CASE("an older schema is migrated in one step after a copy was kept") {
  Scratch scratch;
  const Migration first[] = {{1, "one",
                              "CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT;"
                              "CREATE TABLE old (a) ;"}};
  { REQUIRE(Database::open_writer(scratch.path(), {}, first).ok()); }
  const Migration broken[] = {first[0],
                              {2, "two", "CREATE TABLE fresh (a); CREATE TABLE old (b);"}};
  CHECK_FALSE(Database::open_writer(scratch.path(), {}, broken).ok());
  const Migration second[] = {first[0], {2, "two", "ALTER TABLE old ADD COLUMN b;"}};
  auto db = Database::open_writer(scratch.path(), {}, second);
  REQUIRE(db.ok());
  CHECK(*(*db)->number("PRAGMA user_version") == 2);
  CHECK(*(*db)->number("SELECT count(*) FROM pragma_table_info('old')") == 2);
  CHECK(*(*db)->number("SELECT count(*) FROM sqlite_schema WHERE name = 'fresh'") == 0);
  CHECK(std::filesystem::exists(scratch.path("crawl.db.v1")));
}

TEST_CASE("every earlier schema is brought forward with its rows, after a copy was kept") {
  const auto all = migrations();
  for (std::size_t steps = 1; steps < all.size(); ++steps) {
    CAPTURE(steps);
    Scratch scratch;
    {
      auto old = Database::open_writer(scratch.path(), {}, all.first(steps));
      REQUIRE(old.ok());
      REQUIRE((*old)
                  ->execute(
                      "INSERT INTO sites VALUES (1, 'a', 1);"
                      "INSERT INTO hosts (id, host) VALUES (1, 'http://a.test/');"
                      "INSERT INTO urls (id, url, host_id, site_id, state, depth, redirects, "
                      "attempts, hop, run_id) VALUES (1, 'http://a.test/', 1, 1, 'done', 0, 0, 1, "
                      "'S', 1);"
                      "INSERT INTO visits (url_id, page_id, status) VALUES (1, 1, 200);"
                      "INSERT INTO pages (id, url_id, run_id, site_id, fetched_at, status, change, "
                      "bytes, size, truncated, kind, title) VALUES (1, 1, 1, 1, 5, 200, 'new', 9, "
                      "9, 0, 'html', 'kept')")
                  .ok());
    }
    const std::string copy = scratch.path("crawl.db.v" + std::to_string(steps));
    auto db = open_new(scratch.path());
    CHECK(*db->number("PRAGMA user_version") == all.back().version);
    CHECK(*db->number("SELECT count(*) FROM v_pages WHERE title = 'kept' AND status = 200") == 1);
    CHECK(*db->number("SELECT count(*) FROM v_hosts") == 1);
    auto kept = Database::open_writer(copy, {}, all.first(steps));
    REQUIRE(kept.ok());
    CHECK(*(*kept)->number("PRAGMA user_version") == static_cast<std::int64_t>(steps));
    CHECK(*(*kept)->number("SELECT count(*) FROM pages WHERE title = 'kept'") == 1);
  }
}

TEST_CASE("a copy that keeps no log, as VACUUM INTO makes it, is written with one") {
  Scratch scratch;
  const std::string copy = scratch.path() + ".copy";
  REQUIRE(open_new(scratch.path())->execute(("VACUUM INTO '" + copy + "'").c_str()));
  auto db = open_new(copy);
  REQUIRE(db->execute("CREATE TABLE t (x)"));
  CHECK(db->verify_file().ok());
}

TEST_CASE("a database moved away while in use is noticed") {
  Scratch scratch;
  auto db = open_new(scratch.path());
  CHECK(db->verify_file().ok());
  std::filesystem::rename(scratch.path(), scratch.path("elsewhere.db"));
  CHECK(db->verify_file().error().code == Code::not_found);
}

TEST_CASE("a file that another program overwrites while in use is noticed, and left as it is") {
  Scratch scratch;
  std::string bytes;
  std::uintmax_t log = 0;
  {
    auto db = open_new(scratch.path());
    REQUIRE(db->checkpoint().ok());
    REQUIRE(db->execute("INSERT INTO sites VALUES (7, 'in the log', 1)").ok());
    log = std::filesystem::file_size(scratch.path("crawl.db-wal"));
    CHECK(db->verify_file().ok());
    bytes = read_file(scratch.path());
    for (std::size_t at = 4096; at < bytes.size(); at += 4096) bytes.replace(at, 64, 64, '\xA5');
    overwrite_file(scratch.path(), bytes);
    for (int look = 0; look < 2; ++look) {
      const auto noticed = db->verify_file();
      REQUIRE_FALSE(noticed);
      CHECK(noticed.error().code == Code::corrupt);
      CHECK_THAT(noticed.error().message, Catch::Contains("overwritten while in use"));
    }
  }
  CHECK(read_file(scratch.path()) == bytes);
  CHECK(std::filesystem::file_size(scratch.path("crawl.db-wal")) == log);
}

TEST_CASE("a foreign write that does no harm is let pass") {
  Scratch scratch;
  auto db = open_new(scratch.path());
  REQUIRE(db->checkpoint().ok());
  overwrite_file(scratch.path(), read_file(scratch.path()));
  CHECK(db->verify_file().ok());
  CHECK(db->verify_file().ok());
}

TEST_CASE("readers in the process of the writer leave its locks: no other program ends the log") {
  Scratch scratch;
  auto writer = Database::open_writer(scratch.path(), {});
  REQUIRE(writer.ok());
  REQUIRE((*writer)->execute("INSERT INTO meta (key, value) VALUES ('before', 1)").ok());
  REQUIRE(Database::open_reader(scratch.path()).ok());
  // As any SQLite program does; the last one to close would remove the log.
  REQUIRE(std::system(
              ("sqlite3 " + scratch.path() + " 'SELECT count(*) FROM meta' >/dev/null").c_str()) ==
          0);
  CHECK(std::filesystem::exists(scratch.path("crawl.db-wal")));
  CHECK(std::filesystem::exists(scratch.path("crawl.db-shm")));
}

TEST_CASE(
    "a reader with an old snapshot lets the log grow with a warning, and no longer than it stays") {
  Scratch scratch;
  OpenOptions options;
  options.checkpoint_bytes = 100'000;
  options.warn_log_bytes = 600'000;
  auto opened = Database::open_writer(scratch.path(), options);
  REQUIRE(opened.ok());
  Database& db = **opened;
  const auto write = [&](int commits) {
    for (; commits > 0; --commits) {
      REQUIRE(db.begin().ok());
      REQUIRE(
          db.execute("INSERT INTO meta (key, value) VALUES (hex(randomblob(8)), randomblob(20000))")
              .ok());
      REQUIRE(db.commit().ok());
      REQUIRE(db.checkpoint_if_due().ok());
    }
  };
  write(50);
  CHECK_FALSE(db.log_grew_too_large());
  auto reader = Database::open_reader(scratch.path());
  REQUIRE(reader.ok());
  REQUIRE((*reader)->execute("BEGIN; SELECT count(*) FROM meta").ok());
  write(50);
  CHECK(db.log_bytes() > options.warn_log_bytes);
  CHECK(db.log_grew_too_large());
  CHECK_FALSE(db.log_grew_too_large());  // told once
  REQUIRE((*reader)->execute("COMMIT").ok());
  write(50);
  CHECK(db.log_bytes() < options.warn_log_bytes);
  CHECK_FALSE(db.log_grew_too_large());
  CHECK(std::filesystem::file_size(scratch.path("crawl.db-wal")) < 2 * options.warn_log_bytes);
  CHECK(*db.number("SELECT count(*) FROM meta WHERE typeof(value) = 'blob'") == 150);
}

TEST_CASE("a removed log is noticed and its pages are saved") {
  Scratch scratch;
  {
    auto db = open_new(scratch.path());
    REQUIRE(db->execute("INSERT INTO sites VALUES (7, 'kept', 1)").ok());
    std::filesystem::remove(scratch.path("crawl.db-wal"));
    CHECK_THAT(db->verify_file().error().message, Catch::Contains("saved"));
  }
  auto db = open_new(scratch.path());
  CHECK(*db->number("SELECT id FROM sites") == 7);
}

namespace {

void copy_all(const Scratch& from, const Scratch& to) {
  for (const char* name : {"crawl.db", "crawl.db-wal", "crawl.db.lock"}) {
    if (std::filesystem::exists(from.path(name))) {
      std::filesystem::copy_file(from.path(name), to.path(name));
    }
  }
}

void add_sites(Database& db, int count) {
  for (int n = 0; n < count; ++n) {
    REQUIRE(db.execute("INSERT INTO sites SELECT ifnull(max(id), 0) + 1, hex(randomblob(999)), 1 "
                       "FROM sites")
                .ok());
  }
}

}  // namespace

TEST_CASE("a log left over from the file that stood there before is set aside") {
  Scratch scratch;
  Scratch killed;
  { add_sites(*open_new(scratch.path()), 3); }
  const std::string backup = read_file(scratch.path());
  {
    auto db = open_new(scratch.path());
    add_sites(*db, 400);
    copy_all(scratch, killed);
  }
  const std::string log = read_file(killed.path("crawl.db-wal"));
  overwrite_file(killed.path(), backup);
  std::filesystem::resize_file(killed.path(), backup.size());
  auto db = open_new(killed.path());
  CHECK(*db->number("SELECT count(*) FROM sites") == 3);
  CHECK(read_file(killed.path("crawl.db-wal.stray")) == log);
}

TEST_CASE("a kill at any time between two starts leaves a log that is known as the file's own") {
  Scratch scratch;
  { auto db = open_new(scratch.path()); }
  for (const int sites : {0, 1, 3}) {
    Scratch killed;
    auto db = open_new(scratch.path());
    add_sites(*db, sites);
    copy_all(scratch, killed);
    const auto expected = *db->number("SELECT count(*) FROM sites");
    auto again = open_new(killed.path());
    CHECK(*again->number("SELECT count(*) FROM sites") == expected);
    CHECK_FALSE(std::filesystem::exists(killed.path("crawl.db-wal.stray")));
  }
}

TEST_CASE("a reader with a snapshot holds up neither start nor stop, and a kill loses nothing") {
  Scratch scratch;
  { add_sites(*open_new(scratch.path()), 1); }
  auto reader = Database::open_reader(scratch.path());
  REQUIRE(reader.ok());
  REQUIRE((*reader)->execute("BEGIN; SELECT count(*) FROM meta").ok());
  OpenOptions patient;
  patient.busy_timeout = std::chrono::hours(1);  // the time that neither may take
  for (int sites = 2; sites < 4; ++sites) {
    Scratch killed;
    auto db = Database::open_writer(scratch.path(), patient);
    REQUIRE(db.ok());
    add_sites(**db, 1);
    copy_all(scratch, killed);
    auto again = open_new(killed.path());
    CHECK(*again->number("SELECT count(*) FROM sites") == sites);
    CHECK_FALSE(std::filesystem::exists(killed.path("crawl.db-wal.stray")));
    CHECK(read_file(killed.path("crawl.db.lock")) == std::to_string(::getpid()) + "\n");
  }
}
