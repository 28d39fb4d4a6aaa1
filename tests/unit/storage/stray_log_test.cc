// Logs and locks that another program, or nobody, answers for when a crawl starts.
#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "storage/database.h"
#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::storage;

TEST_CASE("a start leaves a log alone that another program writes, and asks to close it there") {
  Scratch scratch;
  { REQUIRE(Database::open_writer(scratch.path(), {}).ok()); }
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(scratch.path().c_str(), &other) == SQLITE_OK);
  const char* wrote = GENERATE("CREATE TABLE notes AS SELECT 'kept' AS note",
                               "INSERT INTO meta VALUES ('note', 'kept')");
  REQUIRE(sqlite3_exec(other, wrote, nullptr, nullptr, nullptr) == SQLITE_OK);

  auto refused = Database::open_writer(scratch.path(), {});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == base::Error::Code::busy);
  CHECK_THAT(refused.error().message, Catch::Contains("close it there and try again"));
  CHECK_FALSE(std::filesystem::exists(scratch.path("crawl.db-wal.stray")));

  REQUIRE(sqlite3_close(other) == SQLITE_OK);
  auto opened = Database::open_writer(scratch.path(), {});
  REQUIRE(opened.ok());
  CHECK(*(*opened)->number("SELECT count(*) FROM sqlite_schema WHERE name = 'notes'") +
            *(*opened)->number("SELECT count(*) FROM meta WHERE key = 'note'") ==
        1);
}

TEST_CASE("a second start is refused also where the lock file of the first was removed") {
  Scratch scratch;
  auto first = Database::open_writer(scratch.path(), {});
  REQUIRE(first.ok());
  std::filesystem::remove(scratch.path("crawl.db.lock"));
  auto refused = Database::open_writer(scratch.path(), {});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == base::Error::Code::busy);
  CHECK_THAT(refused.error().message, Catch::Contains("crawl.db.lock was removed"));
  // Or the start after this one would take it for that of a run that is over.
  CHECK_FALSE(std::filesystem::exists(scratch.path("crawl.db.lock")));
}

TEST_CASE("a lock file that was removed after a stop or a kill stands in nobody's way") {
  Scratch scratch;
  Scratch killed;
  {
    auto db = Database::open_writer(scratch.path(), {});
    REQUIRE(db.ok());
    for (const char* name : {"crawl.db", "crawl.db-wal"}) {
      std::filesystem::copy_file(scratch.path(name), killed.path(name));
    }
  }
  std::filesystem::remove(scratch.path("crawl.db.lock"));
  auto reader = Database::open_reader(scratch.path());
  REQUIRE(reader.ok());
  CHECK(Database::open_writer(scratch.path(), {}).ok());
  CHECK(Database::open_writer(killed.path(), {}).ok());
}
