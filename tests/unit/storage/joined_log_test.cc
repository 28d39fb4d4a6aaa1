// The log of a database as the system sees it, and what becomes of it where writes fail, other
// connections write, and transactions are too large for the page cache.
#include "storage/joined_log.h"

#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/storage/scratch.h"

using namespace crawld::storage;

namespace {

using Write = ssize_t (*)(int, const void*, size_t, off64_t);

// The writes of all connections, counted; one of them fails where it is asked for.
struct Disk {
  Disk() {
    disk = this;
    sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
    real = reinterpret_cast<Write>(vfs->xGetSystemCall(vfs, "pwrite64"));
    REQUIRE(vfs->xSetSystemCall(vfs, "pwrite64", reinterpret_cast<sqlite3_syscall_ptr>(write)) ==
            SQLITE_OK);
  }
  ~Disk() {
    sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
    vfs->xSetSystemCall(vfs, "pwrite64", nullptr);
    disk = nullptr;
  }
  static ssize_t write(int fd, const void* data, size_t size, off64_t at) {
    ++disk->writes;
    if (disk->writes == disk->failing) {
      errno = EIO;
      return -1;
    }
    return disk->real(fd, data, size, at);
  }

  static inline Disk* disk = nullptr;
  Write real = nullptr;
  int writes = 0;
  int failing = 0;  // the how manieth fails
};

class Connection {
 public:
  explicit Connection(const std::string& path, const char* vfs = joined_log()) {
    REQUIRE(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs) ==
            SQLITE_OK);
    run("PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA wal_autocheckpoint=0; CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, b)");
  }
  ~Connection() { sqlite3_close(db_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool try_to(const std::string& sql) {
    return sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  }
  void run(const std::string& sql) {
    INFO(sql);
    REQUIRE(try_to(sql));
  }
  std::string ask(const std::string& sql) {
    std::string answer;
    REQUIRE(sqlite3_exec(
                db_, sql.c_str(),
                [](void* into, int count, char** values, char**) {
                  for (int i = 0; i < count; ++i) {
                    *static_cast<std::string*>(into) += values[i] == nullptr ? "-" : values[i];
                  }
                  return 0;
                },
                &answer, nullptr) == SQLITE_OK);
    return answer;
  }
  // A row of its own page.
  void insert(int id) { run(insertion(id)); }
  static std::string insertion(int id) {
    return "INSERT OR REPLACE INTO t VALUES (" + std::to_string(id) + ", zeroblob(4000))";
  }
  std::string ids() { return ask("SELECT group_concat(id) FROM (SELECT id FROM t ORDER BY id)"); }
  bool whole() { return ask("PRAGMA integrity_check") == "ok"; }

 private:
  sqlite3* db_ = nullptr;
};

void insert_many(Connection& connection, int first, int last) {
  connection.run("BEGIN");
  for (int id = first; id <= last; ++id) connection.insert(id);
  connection.run("COMMIT");
}

}  // namespace

TEST_CASE("a transaction of many pages reaches the log in one write") {
  Scratch scratch;
  Connection connection(scratch.path());
  Disk disk;
  insert_many(connection, 1, 20);
  CHECK(disk.writes == 1);
  insert_many(connection, 21, 22);
  CHECK(disk.writes == 2);
}

TEST_CASE("a transaction that is larger than what is held goes out in a few writes") {
  Scratch scratch;
  Connection connection(scratch.path());
  Disk disk;
  insert_many(connection, 1, 1'000);
  CHECK(disk.writes <= 40);
  CHECK(connection.whole());
}

TEST_CASE("other connections see a transaction as soon as it is committed") {
  Scratch scratch;
  Connection writer(scratch.path());
  Connection reader(scratch.path(), nullptr);
  for (int id = 1; id <= 5; ++id) {
    insert_many(writer, id * 10, id * 10 + 9);
    CHECK(reader.ask("SELECT count(*) FROM t") == std::to_string(id * 10));
  }
  writer.run("PRAGMA wal_checkpoint(RESTART)");
  insert_many(writer, 100, 109);
  CHECK(reader.ask("SELECT count(*) FROM t") == "60");
}

TEST_CASE("whichever write fails, its transaction alone is lost") {
  for (const std::string cache : {"2000", "5"}) {
    for (int failing = 1; failing <= 12; ++failing) {
      Scratch scratch;
      Connection connection(scratch.path());
      connection.run("PRAGMA cache_size=" + cache);
      Disk disk;
      disk.failing = failing;
      std::string expected;
      for (int turn = 0; turn < 8; ++turn) {
        bool done = connection.try_to("BEGIN");
        std::string ids;
        for (int id = turn * 10; id < turn * 10 + 10; ++id) {
          done = done && connection.try_to(Connection::insertion(id));
          ids += (expected.empty() && ids.empty() ? "" : ",") + std::to_string(id);
        }
        done = done && connection.try_to("COMMIT");
        if (done) expected += ids;
        if (!done) connection.try_to("ROLLBACK");
      }
      INFO("write " << failing << ", cache " << cache);
      CHECK(disk.writes >= 8);
      CHECK(connection.ids() == expected);
      Connection other(scratch.path(), nullptr);
      CHECK(other.ids() == expected);
      CHECK(other.whole());
    }
  }
}

TEST_CASE("what is left of a transaction that was rolled back spoils nothing") {
  Scratch scratch;
  Connection ours(scratch.path());
  Connection other(scratch.path(), nullptr);
  ours.run("PRAGMA cache_size=5");
  insert_many(ours, 1, 3);
  ours.run("BEGIN");
  for (int id = 10; id < 40; ++id) ours.insert(id);  // pages of it are in the log by now
  ours.run("ROLLBACK");
  insert_many(other, 4, 20);
  insert_many(ours, 21, 22);
  CHECK(other.ids() == "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22");
  CHECK(ours.ids() == other.ids());
  CHECK(ours.whole());
}

const char* const kAll = "SELECT id || ':' || length(b) || ' ' FROM t ORDER BY id";

// What the next start finds where the process is killed now. (SQLite 3.40 may have lost the last
// commits by then, where savepoints were rolled back; crawld uses none.)
std::string after_a_kill(const std::string& path) {
  Scratch scratch;
  write_file(scratch.path(), read_file(path));
  write_file(scratch.path() + "-wal", read_file(path + "-wal"));
  Connection next(scratch.path(), nullptr);
  CHECK(next.whole());
  return next.ask(kAll);
}

TEST_CASE("any course of transactions leaves what it leaves with SQLite's own log") {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    Scratch scratch;
    Scratch plain_scratch;
    Connection joined(scratch.path());
    Connection plain(plain_scratch.path(), nullptr);
    std::mt19937 random(seed);
    const auto number = [&](int below) { return static_cast<int>(random() % unsigned(below)); };
    const auto both = [&](const std::string& sql) {
      const bool done = joined.try_to(sql);
      REQUIRE(done == plain.try_to(sql));
    };
    both("PRAGMA cache_size=" + std::to_string(3 + number(20)));
    both(number(2) == 0 ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    for (int turn = 0; turn < 60; ++turn) {
      both("BEGIN");
      const int rows = number(40);
      for (int row = 0; row < rows; ++row) {
        switch (number(8)) {
          case 0:
            both("SAVEPOINT s");
            break;
          case 1:
            both("ROLLBACK TO s");  // an error without one, in both
            break;
          case 2:
            both("DELETE FROM t WHERE id % 7 = " + std::to_string(number(7)));
            break;
          case 3:
            both("UPDATE t SET b = zeroblob(3000) WHERE id < " + std::to_string(number(100)));
            break;
          default:
            both(Connection::insertion(number(200)));
        }
      }
      both(number(5) == 0 ? "ROLLBACK" : "COMMIT");
      if (turn % 4 == 0)
        REQUIRE(after_a_kill(scratch.path()) == after_a_kill(plain_scratch.path()));
      if (number(6) == 0) both("PRAGMA wal_checkpoint(PASSIVE)");
      if (number(12) == 0) both("PRAGMA wal_checkpoint(RESTART)");
      if (number(12) == 0) both("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    INFO("seed " << seed);
    CHECK(joined.ask(kAll) == plain.ask(kAll));
    CHECK(joined.whole());
    Connection other(scratch.path(), nullptr);
    CHECK(other.ask(kAll) == plain.ask(kAll));
  }
}
