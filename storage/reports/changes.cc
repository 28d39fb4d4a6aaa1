#include "storage/reports/changes.h"

#include <algorithm>

#include "crawler/base/escape.h"

namespace crawld::storage {
namespace {

// Ids looked at in one read, so that a long row of unwanted changes holds no snapshot.
constexpr std::int64_t kWindow = 20'000;

constexpr std::string_view kNumbers[] = {"status", "run_id", "page_id", "previous_page_id"};
constexpr std::string_view kColumns[] = {"id",     "url",     "change",          "seen_at",
                                         "status", "title",   "moved_to",        "site",
                                         "run_id", "page_id", "previous_page_id"};

std::string json_of(const Statement& s) {
  std::string json = "{";
  for (std::size_t i = 0; i < std::size(kColumns); ++i) {
    const int at = static_cast<int>(i);
    const bool number = i == 0 || std::find(std::begin(kNumbers), std::end(kNumbers),
                                            kColumns[i]) != std::end(kNumbers);
    json += (i == 0 ? "\"" : ",\"") + std::string(kColumns[i]) + "\":";
    if (s.is_null(at)) {
      json += "null";
    } else if (number) {
      json += std::to_string(s.integer(at));
    } else {
      json += base::json_string(s.text(at));
    }
  }
  return json + "}";
}

std::string json_list(const std::set<std::string>& texts) {
  std::string json = "[";
  for (const std::string& text : texts) {
    json += (json.size() > 1 ? "," : "") + base::json_string(text);
  }
  return json + "]";
}

}  // namespace

base::Result<std::uint64_t> last_change(Database& reader) {
  std::string sql = "SELECT max(0, ifnull((SELECT max(id) FROM fetches), 0)";
  // Databases of before have no such tables, and are read all the same.
  auto done = reader.each(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('orphanings', 'adoptions')",
      [](Statement&) {},
      [&](Statement& s) {
        sql += ", ifnull((SELECT max(id) FROM " + std::string(s.text(0)) + "), 0)";
      });
  if (!done) return std::move(done).error();
  auto last = Statement::prepare(reader.raw(), sql + ")");
  if (!last) return std::move(last).error();
  if (auto row = last->step(); !row) return std::move(row).error();
  return static_cast<std::uint64_t>(last->integer(0));
}

base::Result<ChangeSlice> read_changes(Database& reader, std::uint64_t after, std::size_t most,
                                       const std::set<std::string>& wanted) {
  const auto last = last_change(reader);
  if (!last) return last.error();
  ChangeSlice slice{.changes = {}, .last_id = after};
  const auto from = static_cast<std::int64_t>(after);
  const std::int64_t to = std::min(static_cast<std::int64_t>(*last), from + kWindow);
  if (to <= from) return slice;
  const std::string kinds = json_list(wanted);
  std::uint64_t taken = after;
  auto done = reader.each(
      "SELECT fetch_id, url, change, seen_at, status, title, moved_to, site, run_id, page_id, "
      "previous_page_id FROM v_changes WHERE fetch_id > ?1 AND fetch_id <= ?2 "
      "AND change IN (SELECT value FROM json_each(?3)) ORDER BY fetch_id LIMIT ?4",
      [&](Statement& s) {
        s.integer(1, from).integer(2, to).text(3, kinds);
        s.integer(4, static_cast<std::int64_t>(most));
      },
      [&](Statement& s) {
        taken = static_cast<std::uint64_t>(s.integer(0));
        slice.changes.push_back(json_of(s));
      });
  if (!done) return std::move(done).error();
  const bool full = slice.changes.size() == most;
  slice.last_id = full ? taken : static_cast<std::uint64_t>(to);
  slice.more = slice.last_id < *last;
  return slice;
}

base::Result<std::optional<std::uint64_t>> hook_cursor(Database& reader, const std::string& hook) {
  std::optional<std::uint64_t> cursor;
  auto done = reader.each(
      "SELECT last_id FROM hook_cursors WHERE hook = ?1", [&](Statement& s) { s.text(1, hook); },
      [&](Statement& s) { cursor = static_cast<std::uint64_t>(s.integer(0)); });
  if (!done) return std::move(done).error();
  return cursor;
}

}  // namespace crawld::storage
