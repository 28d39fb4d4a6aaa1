// The store on a disk that fails: children of this program run with a preloaded
// library that breaks their writes (tests/support/faults/disk_faults.cc).
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <sstream>
#include <thread>

#include "storage/reports/audit.h"
#include "storage/sqlite_store.h"
#include "tests/unit/storage/batches.h"
#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::storage;
using Code = base::Error::Code;

namespace {

constexpr std::uint64_t kBatches = 6;
constexpr std::uint64_t kPagesPerBatch = 3;

std::string page_url(std::uint64_t n) { return "http://a.test/" + std::to_string(n); }

StoreOptions small_options() {
  StoreOptions options;
  options.seen.run_entries = 7;  // flush and merge within a few batches
  options.seen_bodies.run_entries = 7;
  options.database.checkpoint_bytes = 40'000;
  options.search_index = true;
  options.database.busy_timeout = std::chrono::milliseconds(100);
  return options;
}

CommitBatch numbered_batch(PageStore& store, std::uint64_t number) {
  CommitBatch batch;
  batch.hosts = {host_named(1, "http://a.test")};
  const std::uint64_t first = number * kPagesPerBatch + 1;
  for (std::uint64_t n = first; n < first + kPagesPerBatch; ++n) {
    batch.new_urls.push_back(new_url(store, n, page_url(n)));
    batch.updates.push_back({.id = n, .state = model::Verdict::done});
    batch.visits.push_back({.url_id = n, .visited_at = 1, .status = 200, .visits = 1});
    batch.pages.push_back(page_of(n, n, page_url(n), std::string(3'000, 'a' + n % 26)));
    batch.fetches.push_back({.id = n, .url_id = n, .outcome = "done"});
    std::get<model::ParsedPage>(batch.pages.back().parsed.page).records = {{"r", "{}", "{}"}};
  }
  // The last one brings the search index up to date.
  batch.has_run = number + 1 == kBatches;
  if (batch.has_run) batch.run = {.ended_at = 1, .exit = "finished"};
  return batch;
}

// Every text has its words in the search index, once the run has ended.
void check_search(Database& db, std::int64_t pages) {
  CHECK(db.execute("INSERT INTO search (search) VALUES ('integrity-check')").ok());
  if (*db.number("SELECT count(*) FROM runs WHERE ended_at IS NOT NULL") == 0) return;
  CHECK(*db.number("SELECT count(*) FROM search_docsize") == pages);
  CHECK(*db.number("SELECT count(*) FROM search WHERE search MATCH 'title'") == pages);
}

// Says in the file beside the database how far it came: one byte per stored batch.
void acknowledge(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0 || ::write(fd, "+", 1) != 1) ::_exit(9);
  ::close(fd);
}

// What a crawl does: starts where the database stands, puts each batch until it is stored.
int crawl(const std::string& db, const std::string& acks, std::uint64_t batches) {
  auto store = SqliteStore::open(db, small_options());
  if (!store) {
    std::fprintf(stderr, "open: %s\n", store.error().message.c_str());
    return 20 + static_cast<int>(store.error().code);
  }
  if (auto run = (*store)->begin_run({.command = "child", .sites = {"a"}}); !run) {
    std::fprintf(stderr, "begin: %s\n", run.error().message.c_str());
    return 20 + static_cast<int>(run.error().code);
  }
  for (std::uint64_t n = ((*store)->next_ids().url - 1) / kPagesPerBatch; n < batches; ++n) {
    const CommitBatch batch = numbered_batch(**store, n);
    for (int tries = 0;; ++tries) {
      const auto done = (*store)->put(batch);
      if (done) break;
      const Code code = done.error().code;
      if (tries == 200 || (code != Code::io && code != Code::disk_full && code != Code::busy)) {
        std::fprintf(stderr, "put: %s\n", done.error().message.c_str());
        return 40 + static_cast<int>(code);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    acknowledge(acks);
  }
  return 0;
}

struct Child {
  int status = 0;
  long operations = 0;  // that the plan concerned
  bool killed() const { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }
  bool finished() const { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }
};

std::string shim() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().string() + "/disk_faults.so";
}

bool shim_missing() {
  if (std::filesystem::exists(shim())) return false;
  WARN("not run: there is no " + shim());
  return true;
}

Child run_child(const Scratch& scratch, const std::string& plan, std::uint64_t batches = kBatches) {
  const std::string report = scratch.path("operations");
  std::vector<std::string> environment = {
      "LD_PRELOAD=" + shim(), "DISK_FAULTS=" + plan, "DISK_FAULTS_REPORT=" + report,
      "CRAWLD_FAULT_DB=" + scratch.path(), "CRAWLD_FAULT_BATCHES=" + std::to_string(batches),
      "CRAWLD_FAULT_ACKS=" + scratch.path("acks"),
      // The sanitizer's own library comes after the preloaded one.
      "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0"};
  std::vector<char*> envp;
  for (std::string& entry : environment) envp.push_back(entry.data());
  envp.push_back(nullptr);
  std::string program = "/proc/self/exe";
  std::string name = "(child) a crawl on a failing disk";
  char* argv[] = {program.data(), name.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, scratch.path("out").c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t pid = 0;
  REQUIRE(::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv, envp.data()) == 0);
  posix_spawn_file_actions_destroy(&actions);
  Child child;
  ::waitpid(pid, &child.status, 0);
  std::istringstream(read_file(report)) >> child.operations;
  return child;
}

// What was acknowledged is there, whole, once; the books balance.
void check_database(const Scratch& scratch) {
  const std::uint64_t acknowledged = read_file(scratch.path("acks")).size();
  auto store = SqliteStore::open(scratch.path(), small_options());
  if (!store) FAIL(store.error().message);
  Database& db = (*store)->database();
  const auto pages = static_cast<std::uint64_t>(*db.number("SELECT count(*) FROM pages"));
  CHECK(pages >= acknowledged * kPagesPerBatch);
  CHECK(pages % kPagesPerBatch == 0);
  CHECK(*db.number("SELECT count(*) FROM urls") == static_cast<std::int64_t>(pages));
  CHECK(*db.number("SELECT count(*) FROM records") == static_cast<std::int64_t>(pages));
  for (std::uint64_t n = 1; n <= pages; ++n) {
    CHECK((*store)->seen().find(page_url(n)) == n);
  }
  check_search(db, static_cast<std::int64_t>(pages));
  const auto checks = audit(db);
  REQUIRE(checks.ok());
  for (const AuditCheck& check : *checks) {
    INFO(check.name << ": " << check.example);
    CHECK(check.wrong == 0);
  }
}

// So many operations open a new database and close it: the next falls into a batch.
long opening(const std::string& op) {
  Scratch scratch;
  return run_child(scratch, "path=crawl.db op=" + op, 0).operations;
}

// The crawl goes on without faults and ends complete.
void check_resumes(const Scratch& scratch) {
  const Child again = run_child(scratch, "path=none");
  INFO(read_file(scratch.path("out")));
  CHECK(again.finished());
  auto reader = Database::open_reader(scratch.path());
  REQUIRE(reader.ok());
  CHECK(*(*reader)->number("SELECT count(*) FROM pages") ==
        static_cast<std::int64_t>(kBatches * kPagesPerBatch));
}

void check_rides_out(const std::string& fault) {
  INFO(fault);
  Scratch scratch;
  const Child child = run_child(scratch, "path=crawl.db " + fault);
  INFO(read_file(scratch.path("out")));
  CHECK(child.finished());
  check_database(scratch);
  CHECK(read_file(scratch.path("acks")).size() == kBatches);
}

}  // namespace

TEST_CASE("(child) a crawl on a failing disk", "[.]") {
  const char* db = ::getenv("CRAWLD_FAULT_DB");
  const char* acks = ::getenv("CRAWLD_FAULT_ACKS");
  const char* batches = ::getenv("CRAWLD_FAULT_BATCHES");
  if (db == nullptr || acks == nullptr || batches == nullptr) return;
  const int code = crawl(db, acks, std::strtoull(batches, nullptr, 10));
  if (code != 0) std::exit(code);
}

TEST_CASE("killed inside any write, the database opens, is whole, and the crawl goes on") {
  if (shim_missing()) return;
  long operations = 0;
  {
    Scratch scratch;
    const Child child = run_child(scratch, "path=crawl.db op=any");
    INFO(read_file(scratch.path("out")));
    REQUIRE(child.finished());
    operations = child.operations;
  }
  REQUIRE(operations > 50);
  for (long n = 1; n <= operations; ++n) {
    INFO("operation " << n << " of " << operations);
    Scratch scratch;
    const Child child =
        run_child(scratch, "path=crawl.db op=any nth=" + std::to_string(n) + " do=kill");
    REQUIRE(child.killed());
    check_database(scratch);
    if (n % 16 == 0) check_resumes(scratch);
  }
}

TEST_CASE("a full disk, an I/O error or a short write at any moment is ridden out") {
  if (shim_missing()) return;
  const long first = opening("any");
  for (const char* deed : {"enospc", "eio", "short"}) {
    for (long nth = first; nth < first + 90; nth += 7) {
      check_rides_out("op=any nth=" + std::to_string(nth) + " do=" + deed +
                      " count=" + std::to_string(nth % 2 == 0 ? 1 : 9));
    }
  }
}

TEST_CASE("a disk that is full or broken for a while is ridden out") {
  if (shim_missing()) return;
  const std::string later = std::to_string(opening("any") + 20);
  check_rides_out("op=any do=enospc for=120 nth=" + later);
  check_rides_out("op=any do=eio for=120 nth=" + later);
  check_rides_out("op=sync do=eio for=120 nth=" + std::to_string(opening("sync") + 1));
}

TEST_CASE("a failed fsync never counts as stored") {
  if (shim_missing()) return;
  const long first = opening("sync");
  for (long nth = first; nth < first + 8; ++nth) {
    check_rides_out("op=sync do=eio nth=" + std::to_string(nth));
  }
}

TEST_CASE("a disk that is full at the start is said, and leaves nothing half made") {
  if (shim_missing()) return;
  for (int nth = 1; nth <= 24; ++nth) {
    INFO("operation " << nth);
    Scratch scratch;
    const Child child =
        run_child(scratch, "path=crawl.db op=any count=0 do=enospc nth=" + std::to_string(nth));
    CHECK(WIFEXITED(child.status));
    CHECK_FALSE(child.finished());
    check_resumes(scratch);
  }
}

TEST_CASE("a file system that turns read-only ends the crawl with one message") {
  if (shim_missing()) return;
  Scratch scratch;
  const Child child = run_child(
      scratch, "path=crawl.db op=any do=erofs count=0 nth=" + std::to_string(opening("any") + 5));
  CHECK(WIFEXITED(child.status));
  CHECK(WEXITSTATUS(child.status) == 40 + static_cast<int>(Code::invalid));
  check_resumes(scratch);
}

TEST_CASE("with the tail of the log destroyed the last transactions are gone, no more") {
  if (shim_missing()) return;
  Scratch scratch;
  // Some way into the log, and not while it is moved into the file.
  const std::string nth = std::to_string(opening("any") + 75);
  REQUIRE(run_child(scratch, "path=crawl.db op=any do=kill nth=" + nth).killed());
  const std::string log = read_file(scratch.path("crawl.db-wal"));
  const std::string file = read_file(scratch.path());
  REQUIRE(log.size() > 20'000);
  for (const std::size_t lost : {1'000UL, 5'000UL, log.size() / 2, log.size() - 32}) {
    write_file(scratch.path(), file);
    write_file(scratch.path("acks"), "");
    std::string torn = log;
    torn.replace(log.size() - lost, lost, std::string(lost, '\x5A'));
    write_file(scratch.path("crawl.db-wal"), torn);
    std::filesystem::remove(scratch.path("crawl.db-shm"));
    check_database(scratch);
  }
}

namespace {

// A database as the first schema left it.
void make_old_database(const Scratch& scratch) {
  auto old = Database::open_writer(scratch.path(), {}, migrations().first(1));
  REQUIRE(old.ok());
  REQUIRE((*old)->execute("INSERT INTO sites VALUES (7, 'kept', 1)").ok());
}

// The old schema or the new one, whole, and the next start brings it to the new one.
void check_migrates(const Scratch& scratch) {
  {
    auto reader = Database::open_reader(scratch.path());
    REQUIRE(reader.ok());
    const auto version = *(*reader)->number("PRAGMA user_version");
    CHECK((version == 1 || version == migrations().back().version));
    CHECK(*(*reader)->number("SELECT id FROM sites WHERE name = 'kept'") == 7);
  }
  auto store = SqliteStore::open(scratch.path(), small_options());
  if (!store) FAIL(store.error().message);
  Database& db = (*store)->database();
  CHECK(*db.number("PRAGMA user_version") == migrations().back().version);
  CHECK(*db.number("SELECT id FROM sites WHERE name = 'kept'") == 7);
}

// Operations of a migration, the opening and the end included.
long migration_operations() {
  Scratch scratch;
  make_old_database(scratch);
  const Child child = run_child(scratch, "path=crawl.db op=any", 0);
  INFO(read_file(scratch.path("out")));
  REQUIRE(child.finished());
  return child.operations;
}

}  // namespace

TEST_CASE("killed inside a migration, the database is the old one or the new one") {
  if (shim_missing()) return;
  const long operations = migration_operations();
  REQUIRE(operations > 20);
  for (long n = 1; n <= operations; n += std::max(1L, operations / 40)) {
    INFO("operation " << n << " of " << operations);
    Scratch scratch;
    make_old_database(scratch);
    const Child child =
        run_child(scratch, "path=crawl.db op=any nth=" + std::to_string(n) + " do=kill", 0);
    CHECK(child.killed());
    check_migrates(scratch);
  }
}

TEST_CASE("a disk that is full during a migration leaves the old database or the new one") {
  if (shim_missing()) return;
  const long operations = migration_operations();
  for (long n = 1; n <= operations; n += std::max(1L, operations / 12)) {
    INFO("operation " << n << " of " << operations);
    Scratch scratch;
    make_old_database(scratch);
    (void)run_child(scratch, "path=crawl.db op=any count=0 do=enospc nth=" + std::to_string(n), 0);
    check_migrates(scratch);
  }
}
