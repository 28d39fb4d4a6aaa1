#include "storage/search/search_index.h"

#include <algorithm>

namespace crawld::storage {
namespace {

constexpr std::size_t kIndexedBytes = 16U << 20;  // as much as a batch holds

// FTS5's own: words are kept in 1 MiB, so that hundreds of pages make several segments, and four
// segments of a size are merged, so that each word is written again at every power of four. With
// these an index of 130,000 pages cost two thirds of the CPU, at the same size and no slower to
// ask. All of a level are merged at once, in one commit, only where merging fell far behind.
struct Setting {
  const char* name;
  std::int64_t value;
};
constexpr Setting kSettings[] = {{"hashsize", 8 << 20}, {"automerge", 16}, {"crisismerge", 64}};

base::Result<bool> is_set(Database& database, const Setting& setting) {
  bool stands = false;
  auto done = database.each(
      "SELECT v FROM search_config WHERE k = ?1", [&](Statement& s) { s.text(1, setting.name); },
      [&](Statement& s) { stands = s.integer(0) == setting.value; });
  if (!done) return std::move(done).error();
  return stands;
}

base::Status set(Database& database, const Setting& setting) {
  return database.run("INSERT INTO search (search, rank) VALUES (?1, ?2)",
                      [&](Statement& s) { s.text(1, setting.name).integer(2, setting.value); });
}

}  // namespace

base::Status tune_search_index(Database& database) {
  bool all = true;
  for (const Setting& setting : kSettings) {
    auto stands = is_set(database, setting);
    if (!stands) return std::move(stands).error();
    all = all && *stands;
  }
  if (all) return base::Done{};
  auto done = database.begin();
  for (const Setting& setting : kSettings) {
    if (done) done = set(database, setting);
  }
  if (done) done = database.commit();
  if (!done) database.rollback();
  return done;
}

base::Result<PageId> indexed_up_to(Database& database) {
  // Databases that were indexed page by page have entries, but say nothing in `meta`.
  auto known = database.number(
      "SELECT max(ifnull((SELECT value FROM meta WHERE key = 'indexed'), 0), "
      "ifnull((SELECT max(id) FROM search_docsize), 0))");
  if (!known) return std::move(known).error();
  return static_cast<PageId>(*known);
}

base::Result<PageId> index_pages(Database& database, PageId from) {
  auto pages = Statement::prepare(
      database.raw(),
      "SELECT id, title, body FROM search_content WHERE id > ?1 ORDER BY id LIMIT ?2");
  if (!pages) return std::move(pages).error();
  pages->integer(1, as_integer(from)).integer(2, kIndexedTogether);
  PageId last = from;
  for (std::size_t bytes = 0; bytes < kIndexedBytes;) {
    auto row = pages->step();
    if (!row) return std::move(row).error();
    if (!*row) break;
    last = static_cast<PageId>(pages->integer(0));
    const std::string_view title = pages->text(1);
    const std::string_view body = pages->text(2);
    if (title.empty() && body.empty()) continue;
    bytes += title.size() + body.size();
    auto done = database.run(
        "INSERT INTO search (rowid, title, body) VALUES (?1, ?2, ?3)",
        [&](Statement& s) { s.integer(1, as_integer(last)).text(2, title).text(3, body); });
    if (!done) return std::move(done).error();
  }
  if (last == from) return from;
  auto done = database.run(
      "INSERT INTO meta (key, value) VALUES ('indexed', ?1) "
      "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      [&](Statement& s) { s.integer(1, as_integer(last)); });
  if (!done) return std::move(done).error();
  return last;
}

}  // namespace crawld::storage
