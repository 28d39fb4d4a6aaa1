#include "storage/reports/audit.h"

#include <algorithm>
#include <cstring>

#include "crawler/model/settlement.h"
#include "storage/seen/seen_run.h"

namespace crawld::storage {
namespace {

std::uint64_t as_count(std::int64_t value) { return static_cast<std::uint64_t>(value); }

// Checks that one statement answers: how many rows there are, how many of them are
// wrong, and one of these as an example.
struct SqlCheck {
  const char* name;
  const char* sql;
  int schema = 1;  // the first that can be asked so
};

constexpr SqlCheck kSqlChecks[] = {
    {"URL ids rise without gaps",
     "SELECT count(*), ifnull(max(id), 0) - count(*), 'max id ' || max(id) FROM urls"},
    {"the kept counts are the counts of the states",
     "WITH real AS (SELECT site_id, state, count(*) AS n FROM urls GROUP BY site_id, state), "
     "pairs AS (SELECT r.state AS state, r.n AS n, ifnull(c.count, 0) AS kept FROM real AS r "
     "LEFT JOIN url_counts AS c ON c.site_id = r.site_id AND c.state = r.state UNION ALL "
     "SELECT c.state, 0, c.count FROM url_counts AS c LEFT JOIN real AS r "
     "ON c.site_id = r.site_id AND c.state = r.state WHERE r.n IS NULL) "
     "SELECT ifnull(sum(n), 0), sum(n <> kept), max(CASE WHEN n <> kept THEN state || ': ' || n || "
     "' URLs, ' || kept || ' kept' END) FROM pairs"},
    // A redirect may lead to javascript: or file:, which is booked as blocked and has none.
    {"every URL belongs to a host",
     "SELECT count(*), sum(lost), max(CASE WHEN lost THEN url END) "
     "FROM (SELECT u.url, h.id IS NULL AND NOT (u.host_id = 0 AND u.state = 'blocked') AS lost "
     "FROM urls AS u LEFT JOIN hosts AS h ON h.id = u.host_id)"},
    {"every visited URL is known",
     "SELECT count(*), sum(u.id IS NULL), max(CASE WHEN u.id IS NULL THEN 'URL ' || v.url_id END) "
     "FROM visits AS v LEFT JOIN urls AS u ON u.id = v.url_id"},
    {"the newest version of every URL is a page of that URL",
     "SELECT count(*), sum(p.id IS NULL), max(CASE WHEN p.id IS NULL THEN 'page ' || v.page_id END)"
     " FROM visits AS v LEFT JOIN pages AS p ON p.id = v.page_id AND p.url_id = v.url_id "
     "WHERE v.page_id IS NOT NULL"},
    {"every page belongs to a known URL",
     "SELECT count(*), sum(u.id IS NULL), max(CASE WHEN u.id IS NULL THEN 'page ' || p.id END) "
     "FROM pages AS p LEFT JOIN urls AS u ON u.id = p.url_id"},
    {"every page has the body it names",
     "SELECT count(*), sum(b.id IS NULL OR b.hash IS NOT p.content_hash), "
     "max(CASE WHEN b.id IS NULL THEN 'page ' || p.id END) "
     "FROM pages AS p LEFT JOIN bodies AS b ON b.id = p.body_id WHERE p.body_id IS NOT NULL"},
    {"every text that stands with another page is there",
     "SELECT count(*), sum(t.text IS NULL), max(CASE WHEN t.text IS NULL THEN 'page ' || p.id END) "
     "FROM pages AS p LEFT JOIN pages AS t ON t.id = p.text_page_id "
     "WHERE p.text IS NULL AND p.text_page_id IS NOT NULL",
     7},
    {"every body is named by a page",
     "SELECT count(*), sum(id NOT IN (SELECT body_id FROM pages WHERE body_id IS NOT NULL)), "
     "NULL FROM bodies"},
    {"every dictionary that packed a body is there",
     "SELECT count(*), sum(d.id IS NULL), max(CASE WHEN d.id IS NULL THEN 'body ' || b.id END) "
     "FROM bodies AS b LEFT JOIN dictionaries AS d ON d.id = CAST(substr(b.codec, 6) AS INTEGER) "
     "WHERE b.codec GLOB 'zstd:*'",
     10},
    {"every content is stored once",
     "SELECT count(*), count(*) - count(DISTINCT hash), NULL FROM bodies"},
    {"every list of links belongs to a page",
     "SELECT count(*), sum(p.id IS NULL), max(CASE WHEN p.id IS NULL THEN 'page ' || l.page_id END)"
     " FROM links AS l LEFT JOIN pages AS p ON p.id = l.page_id"},
    {"every record belongs to a page",
     "SELECT count(*), sum(p.id IS NULL), max(CASE WHEN p.id IS NULL THEN 'record ' || r.id END) "
     "FROM records AS r LEFT JOIN pages AS p ON p.id = r.page_id"},
    // robots.txt is a fact about a host: its fetches carry no URL.
    {"every fetch is of a known URL",
     "SELECT count(*), sum(u.id IS NULL), max(CASE WHEN u.id IS NULL THEN 'fetch ' || f.id END) "
     "FROM fetches AS f LEFT JOIN urls AS u ON u.id = f.url_id WHERE f.url_id <> 0"},
    {"every body of an answer belongs to a fetch",
     "SELECT count(*), sum(f.id IS NULL), max(CASE WHEN f.id IS NULL THEN 'fetch ' || a.fetch_id "
     "END) FROM answer_bodies AS a LEFT JOIN fetches AS f ON f.id = a.fetch_id",
     12},
    {"every URL that is done was visited",
     "SELECT count(*), sum(v.url_id IS NULL), max(CASE WHEN v.url_id IS NULL THEN u.url END) "
     "FROM urls AS u LEFT JOIN visits AS v ON v.url_id = u.id WHERE u.state = 'done'"},
    {"every URL that waits for a retry has a time for it",
     "SELECT count(*), sum(due_at IS NULL), max(CASE WHEN due_at IS NULL THEN url END) "
     "FROM urls WHERE state = 'retry_later'"},
};

base::Status sql_check(Database& reader, const SqlCheck& check, std::vector<AuditCheck>& checks) {
  AuditCheck result{.name = check.name, .example = {}};
  auto done = reader.each(
      check.sql, [](Statement&) {},
      [&](Statement& s) {
        result.seen = as_count(s.integer(0));
        result.wrong = as_count(s.integer(1));
        if (result.wrong != 0) result.example = s.text(2);
      });
  checks.push_back(std::move(result));
  return done;
}

base::Status check_states(Database& reader, std::vector<AuditCheck>& checks) {
  AuditCheck result{.name = "every URL is in one named state", .example = {}};
  auto done = reader.each(
      "SELECT state, count(*) FROM urls GROUP BY state", [](Statement&) {},
      [&](Statement& s) {
        const std::uint64_t count = as_count(s.integer(1));
        result.seen += count;
        if (model::verdict_from(s.text(0))) return;
        result.wrong += count;
        result.example = s.text(0);
      });
  checks.push_back(std::move(result));
  return done;
}

// The ids that queue chunks name, as a bit each.
base::Result<std::vector<bool>> chunked_ids(Database& reader, AuditCheck& result) {
  auto last = reader.number("SELECT max(id) FROM urls");
  if (!last) return std::move(last).error();
  std::vector<bool> chunked(as_count(*last) + 1);
  auto done = reader.each(
      "SELECT id, count, ids FROM queue_chunks", [](Statement&) {},
      [&](Statement& s) {
        const std::string_view bytes = s.blob(2);
        const std::size_t count = bytes.size() / sizeof(model::UrlId);
        bool whole =
            count * sizeof(model::UrlId) == bytes.size() && count == as_count(s.integer(1));
        for (std::size_t i = 0; i < count; ++i) {
          model::UrlId id = 0;
          std::memcpy(&id, bytes.data() + i * sizeof id, sizeof id);
          whole = whole && id < chunked.size();
          if (id < chunked.size()) chunked[id] = true;
        }
        ++result.seen;
        if (whole) return;
        ++result.wrong;
        result.example = "chunk " + std::to_string(s.integer(0));
      });
  if (!done) return std::move(done).error();
  return chunked;
}

base::Status check_queue(Database& reader, std::vector<AuditCheck>& checks) {
  AuditCheck chunks{.name = "every queue chunk names known URLs", .example = {}};
  AuditCheck waiting{.name = "every queued URL is in a chunk or above the horizon", .example = {}};
  auto chunked = chunked_ids(reader, chunks);
  if (!chunked) return std::move(chunked).error();
  auto horizon = reader.number("SELECT value FROM meta WHERE key = 'horizon'", 1);
  if (!horizon) return std::move(horizon).error();
  auto done = reader.each(
      "SELECT id, url FROM urls WHERE state = 'queued' AND due_at IS NULL", [](Statement&) {},
      [&](Statement& s) {
        ++waiting.seen;
        const std::int64_t id = s.integer(0);
        if (id >= *horizon || (*chunked)[as_count(id)]) return;
        ++waiting.wrong;
        waiting.example = s.text(1);
      });
  checks.push_back(std::move(chunks));
  checks.push_back(std::move(waiting));
  return done;
}

// No URL twice, by hash, in slices of the hash's range so that memory stays bounded.
base::Status check_doubles(Database& reader, std::vector<AuditCheck>& checks) {
  constexpr std::int64_t kPerSlice = 8'000'000;
  AuditCheck result{.name = "no URL is known twice", .example = {}};
  auto count = reader.number("SELECT count(*) FROM urls");
  if (!count) return std::move(count).error();
  const auto seed = seen_seed(reader);
  if (!seed) return seed.error();
  const auto slices = static_cast<std::uint64_t>(*count / kPerSlice + 1);
  for (std::uint64_t slice = 0; slice < slices; ++slice) {
    std::vector<std::pair<std::uint64_t, std::int64_t>> hashes;
    auto done = reader.each(
        "SELECT id, url FROM urls", [](Statement&) {},
        [&](Statement& s) {
          const std::uint64_t hash = seen_hash(s.text(1), *seed);
          if (hash % slices == slice) hashes.emplace_back(hash, s.integer(0));
        });
    if (!done) return done;
    std::sort(hashes.begin(), hashes.end());
    result.seen += hashes.size();
    for (std::size_t i = 1; i < hashes.size(); ++i) {
      if (hashes[i].first != hashes[i - 1].first) continue;
      ++result.wrong;
      result.example = "URLs " + std::to_string(hashes[i - 1].second) + " and " +
                       std::to_string(hashes[i].second);
    }
  }
  checks.push_back(std::move(result));
  return base::Done{};
}

// Adds up, in any order, to one number for the same entries.
std::uint64_t print_of(const SeenEntry& entry) {
  std::uint64_t x = entry.hash ^ entry.id * 0x9E3779B97F4A7C15ULL;
  x = (x ^ x >> 32) * 0xD6E8FEB86659FD93ULL;
  return x ^ x >> 32;
}

// Every row of every run in order, and the entries are those of the flushed URLs.
base::Status check_seen(Database& reader, std::vector<AuditCheck>& checks) {
  AuditCheck result{.name = "the seen index holds every URL below its last flush", .example = {}};
  const SeenTables& tables = seen_tables(SeenKeys::urls);
  auto runs = list_seen_runs(reader, tables);
  if (!runs) return std::move(runs).error();
  const auto seed = seen_seed(reader);
  if (!seed) return seed.error();
  model::UrlId last = 0;
  std::uint64_t print = 0;
  std::vector<SeenEntry> entries;
  for (const SeenRun& run : *runs) {
    last = std::max(last, run.last_id);
    std::uint64_t before = 0;
    for (std::size_t n = 0; n < run.fences.size(); ++n) {
      if (auto done = load_seen_row(reader, tables, run.row_at(n), entries); !done) return done;
      result.seen += entries.size();
      for (const SeenEntry& entry : entries) {
        result.wrong += entry.hash <= before || entry.id == 0 || entry.id > run.last_id;
        before = entry.hash;
        print += print_of(entry);
      }
    }
  }
  if (result.wrong != 0) result.example = "hashes out of order";
  std::uint64_t flushed = 0;
  auto done = reader.each(
      "SELECT id, url FROM urls WHERE id <= ?1",
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(last)); },
      [&](Statement& s) {
        ++flushed;
        print -= print_of({seen_hash(s.text(1), *seed), as_count(s.integer(0))});
      });
  if (!done) return done;
  if (flushed != result.seen) {
    ++result.wrong;
    result.example = std::to_string(flushed) + " URLs, " + std::to_string(result.seen) + " entries";
  } else if (print != 0 && result.wrong == 0) {
    ++result.wrong;
    result.example = "entries that are no URL's";
  }
  checks.push_back(std::move(result));
  return base::Done{};
}

base::Status check_pages(Database& reader, std::vector<AuditCheck>& checks) {
  AuditCheck result{.name = "SQLite finds the file sound", .seen = 1, .example = {}};
  auto done = reader.each(
      "PRAGMA quick_check(1)", [](Statement&) {},
      [&](Statement& s) {
        if (s.text(0) == "ok") return;
        ++result.wrong;
        result.example = s.text(0);
      });
  checks.push_back(std::move(result));
  return done;
}

base::Status run_checks(Database& reader, std::vector<AuditCheck>& checks) {
  const auto schema = reader.number("PRAGMA user_version");
  if (!schema) return schema.error();
  auto done = check_states(reader, checks);
  for (const SqlCheck& check : kSqlChecks) {
    if (done && check.schema <= *schema) done = sql_check(reader, check, checks);
  }
  if (done) done = check_queue(reader, checks);
  if (done) done = check_doubles(reader, checks);
  if (done) done = check_seen(reader, checks);
  if (done) done = check_pages(reader, checks);
  return done;
}

}  // namespace

base::Result<std::vector<AuditCheck>> audit(Database& reader) {
  std::vector<AuditCheck> checks;
  if (auto done = reader.execute("BEGIN"); !done) return std::move(done).error();
  auto done = run_checks(reader, checks);
  reader.rollback();
  if (!done) return std::move(done).error();
  return checks;
}

}  // namespace crawld::storage
