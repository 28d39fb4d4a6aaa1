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
  const char* made = "CREATE TABLE notes AS SELECT 'kept' AS note";
  REQUIRE(sqlite3_exec(other, made, nullptr, nullptr, nullptr) == SQLITE_OK);

  auto refused = Database::open_writer(scratch.path(), {});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == base::Error::Code::busy);
  CHECK_THAT(refused.error().message, Catch::Contains("close it there and try again"));
  CHECK_FALSE(std::filesystem::exists(scratch.path("crawl.db-wal.stray")));

  REQUIRE(sqlite3_close(other) == SQLITE_OK);
  auto opened = Database::open_writer(scratch.path(), {});
  REQUIRE(opened.ok());
  CHECK(*(*opened)->number("SELECT count(*) FROM notes") == 1);
}
