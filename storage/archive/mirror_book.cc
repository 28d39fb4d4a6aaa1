#include "storage/archive/mirror_book.h"

#include <sqlite3.h>

#include <utility>

namespace crawld::storage {
namespace {

// A journal would keep what nobody goes back to: the file is gone with the connection anyway.
constexpr const char* kSchema =
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32768; "
    "CREATE TABLE names (folded TEXT PRIMARY KEY, kind INTEGER NOT NULL) WITHOUT ROWID; "
    "CREATE TABLE pages (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, "
    "path TEXT NOT NULL UNIQUE, url_id INTEGER NOT NULL, page_id INTEGER NOT NULL, "
    "kind TEXT NOT NULL, content_type TEXT NOT NULL, fetched_at INTEGER NOT NULL, "
    "truncated INTEGER NOT NULL); "
    "CREATE TABLE redirects (url TEXT PRIMARY KEY, target TEXT NOT NULL) WITHOUT ROWID; "
    "CREATE TABLE old (path TEXT PRIMARY KEY) WITHOUT ROWID; "
    "BEGIN";

}  // namespace

base::Result<std::unique_ptr<MirrorBook>> MirrorBook::open() {
  sqlite3* db = nullptr;
  const int code = sqlite3_open("", &db);
  std::unique_ptr<MirrorBook> book(new MirrorBook(db));
  if (code != SQLITE_OK) return database_error(db, code, "cannot open a temporary database");
  if (auto ready = book->prepare(); !ready) return std::move(ready).error();
  return book;
}

MirrorBook::~MirrorBook() {
  for (Statement* statement : {&name_, &take_, &add_, &add_redirect_, &path_, &redirect_, &entries_,
                               &add_old_, &old_, &gone_}) {
    Statement ended = std::move(*statement);
  }
  sqlite3_close(db_);
}

base::Status MirrorBook::prepare() {
  if (const int code = sqlite3_exec(db_, kSchema, nullptr, nullptr, nullptr); code != SQLITE_OK) {
    return database_error(db_, code, "cannot make a temporary database");
  }
  const std::pair<Statement*, const char*> statements[] = {
      {&name_, "SELECT kind FROM names WHERE folded = ?1"},
      {&take_, "INSERT OR IGNORE INTO names (folded, kind) VALUES (?1, ?2)"},
      {&add_,
       "INSERT OR IGNORE INTO pages (url, path, url_id, page_id, kind, content_type, fetched_at, "
       "truncated) "
       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"},
      {&add_redirect_, "INSERT OR REPLACE INTO redirects (url, target) VALUES (?1, ?2)"},
      {&path_, "SELECT path FROM pages WHERE url = ?1"},
      {&redirect_, "SELECT target FROM redirects WHERE url = ?1"},
      {&entries_,
       "SELECT id, path, url, url_id, page_id, kind, content_type, fetched_at, truncated "
       "FROM pages WHERE id > ?1 ORDER BY id LIMIT ?2"},
      {&add_old_, "INSERT OR IGNORE INTO old (path) VALUES (?1)"},
      {&old_, "SELECT 1 FROM old WHERE path = ?1"},
      {&gone_,
       "SELECT path FROM old WHERE path > ?1 AND path NOT IN (SELECT path FROM pages) "
       "ORDER BY path LIMIT ?2"},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = Statement::prepare(db_, sql);
    if (!prepared) return std::move(prepared).error();
    *statement = *std::move(prepared);
  }
  return base::Done{};
}

base::Result<std::string> MirrorBook::text_of(Statement& statement, std::string_view key) {
  statement.text(1, key);
  auto row = statement.step();
  if (!row) return std::move(row).error();
  std::string text = *row ? std::string(statement.text(0)) : std::string();
  statement.reset();
  return text;
}

base::Result<MirrorBook::Name> MirrorBook::name(std::string_view folded) {
  name_.text(1, folded);
  auto row = name_.step();
  if (!row) return std::move(row).error();
  const Name found = *row ? static_cast<Name>(name_.integer(0)) : Name::free;
  name_.reset();
  return found;
}

base::Status MirrorBook::take_name(std::string_view folded, Name as) {
  return take_.text(1, folded).integer(2, static_cast<std::int64_t>(as)).run();
}

base::Status MirrorBook::add(const MirrorPage& page, std::string_view path) {
  add_.text(1, page.url).text(2, path).integer(3, static_cast<std::int64_t>(page.url_id));
  add_.integer(4, static_cast<std::int64_t>(page.id)).text(5, page.kind);
  add_.text(6, page.content_type).integer(7, page.fetched_at).integer(8, page.truncated);
  return add_.run();
}

base::Status MirrorBook::add_redirect(std::string_view url, std::string_view target) {
  return add_redirect_.text(1, url).text(2, target).run();
}

base::Result<std::string> MirrorBook::path_of(std::string_view url) { return text_of(path_, url); }

base::Result<std::string> MirrorBook::redirect_of(std::string_view url) {
  return text_of(redirect_, url);
}

base::Result<std::vector<MirrorBook::Entry>> MirrorBook::entries(std::int64_t after,
                                                                 std::uint32_t limit) {
  std::vector<Entry> found;
  entries_.integer(1, after).integer(2, limit);
  while (true) {
    auto row = entries_.step();
    if (!row) return std::move(row).error();
    if (!*row) return found;
    const Statement& s = entries_;
    found.push_back({.key = s.integer(0),
                     .path = std::string(s.text(1)),
                     .page = {.url_id = static_cast<model::UrlId>(s.integer(3)),
                              .id = static_cast<PageId>(s.integer(4)),
                              .url = std::string(s.text(2)),
                              .kind = std::string(s.text(5)),
                              .content_type = std::string(s.text(6)),
                              .fetched_at = s.integer(7),
                              .truncated = s.integer(8) != 0}});
  }
}

base::Status MirrorBook::add_old(std::string_view path) { return add_old_.text(1, path).run(); }

base::Result<bool> MirrorBook::was_there(std::string_view path) {
  auto found = text_of(old_, path);
  if (!found) return std::move(found).error();
  return !found->empty();
}

base::Result<std::vector<std::string>> MirrorBook::gone(std::string_view after,
                                                        std::uint32_t limit) {
  std::vector<std::string> paths;
  gone_.text(1, after).integer(2, limit);
  while (true) {
    auto row = gone_.step();
    if (!row) return std::move(row).error();
    if (!*row) return paths;
    paths.emplace_back(gone_.text(0));
  }
}

}  // namespace crawld::storage
