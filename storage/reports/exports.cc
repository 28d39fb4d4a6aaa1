#include "storage/reports/exports.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "crawler/base/escape.h"
#include "storage/reports/changes.h"
#include "storage/reports/rule_records.h"

namespace crawld::storage {
namespace {

// The key comes first and is not written. A column whose name ends in "_json" holds
// JSON and is written as such, without the ending.
constexpr const char* kPages =
    "SELECT p.id, u.url AS url, p.status AS status, p.title AS title, "
    "strftime('%Y-%m-%dT%H:%M:%fZ', p.fetched_at / 1000.0, 'unixepoch') AS fetched_at, "
    "u.depth AS depth, p.content_type AS content_type, p.bytes AS bytes, p.lang AS lang, "
    "s.name AS site, p.size AS size, p.truncated AS truncated, p.description AS description, "
    "p.author AS author, p.date AS date, p.canonical AS canonical, p.robots AS robots, "
    "p.charset AS charset, p.change AS change, p.content_hash AS content_hash, "
    "printf('%016x', p.simhash) AS simhash, p.parse_error AS parse_error, "
    "ifnull(p.headings, '[]') AS headings_json, ifnull(p.meta, '[]') AS meta_json, "
    "ifnull(p.jsonld, '[]') AS jsonld_json, ifnull(p.microdata, '[]') AS microdata_json, "
    "ifnull(p.opengraph, '{}') AS opengraph_json, ifnull(p.feeds, '[]') AS feeds_json, "
    "(SELECT x.text FROM v_pages AS x WHERE x.url_id = p.url_id) AS text, p.main_text AS "
    "main_text, p.markdown AS markdown "
    "FROM pages AS p JOIN visits AS v ON v.url_id = p.url_id AND v.page_id = p.id "
    "JOIN urls AS u ON u.id = p.url_id LEFT JOIN sites AS s ON s.id = p.site_id "
    "WHERE p.id > ?1 AND p.fetched_at >= ?3 ORDER BY p.id LIMIT ?2";

constexpr const char* kRecords =
    "SELECT r.id, u.url AS url, r.rule AS rule, r.fields AS fields_json, "
    "r.errors AS errors_json, s.name AS site, "
    "strftime('%Y-%m-%dT%H:%M:%fZ', p.fetched_at / 1000.0, 'unixepoch') AS fetched_at, "
    "r.page_id AS page_id FROM records AS r JOIN urls AS u ON u.id = r.url_id "
    "JOIN pages AS p ON p.id = r.page_id LEFT JOIN sites AS s ON s.id = r.site_id "
    "WHERE r.id > ?1 AND p.fetched_at >= ?3 ORDER BY r.id LIMIT ?2";

// The key is the page: a slice is so many pages with all their links.
constexpr const char* kLinks =
    "SELECT p.id, u.url AS from_url, "
    "CASE substr(json_extract(j.value, '$[0]'), 1, 1) WHEN '/' "
    "THEN h.host || json_extract(j.value, '$[0]') ELSE json_extract(j.value, '$[0]') END "
    "AS to_url, json_extract(j.value, '$[1]') AS text, json_extract(j.value, '$[2]') AS rel, "
    "json_extract(j.value, '$[3]') AS tag, json_extract(j.value, '$[4]') AS nofollow "
    "FROM (SELECT id, url_id, fetched_at FROM pages WHERE id > ?1 ORDER BY id LIMIT ?2) AS p "
    "JOIN visits AS v ON v.url_id = p.url_id AND v.page_id = p.id "
    "JOIN links AS l ON l.page_id = p.id JOIN urls AS u ON u.id = p.url_id "
    "LEFT JOIN hosts AS h ON h.id = u.host_id JOIN json_each(l.links) AS j "
    "WHERE p.fetched_at >= ?3 ORDER BY p.id, j.key";

// A slice is so many keys, not rows: databases of before schema 16 are read all the same, of whose
// view SQLite makes all that a condition leaves, and sorts it, before it gives the first row.
constexpr const char* kChanges =
    "SELECT fetch_id, url, change, seen_at, status, title, moved_to, site, run_id, page_id, "
    "previous_page_id FROM v_changes "
    "WHERE fetch_id > ?1 AND fetch_id <= ?2 AND seen_ms >= ?3 ORDER BY fetch_id";

constexpr const char* kUrls =
    "SELECT u.id, u.url AS url, u.state AS state, u.reason AS reason, u.depth AS depth, "
    "u.attempts AS attempts, u.hop AS hop, o.url AS found_on, s.name AS site, "
    "strftime('%Y-%m-%dT%H:%M:%fZ', u.due_at / 1000.0, 'unixepoch') AS due_at, "
    "u.metadata AS metadata_json FROM urls AS u LEFT JOIN urls AS o ON o.id = u.parent_id "
    "LEFT JOIN sites AS s ON s.id = u.site_id WHERE u.id > ?1 AND ?3 = ?3 ORDER BY u.id LIMIT ?2";

const char* sql_of(ExportTable table) {
  switch (table) {
    case ExportTable::pages:
      return kPages;
    case ExportTable::records:
      return kRecords;
    case ExportTable::links:
      return kLinks;
    case ExportTable::changes:
      return kChanges;
    case ExportTable::urls:
      return kUrls;
  }
  return kPages;
}

// "AND u.site_id = 3 ", of the tables as each statement calls them.
base::Result<std::string> site_condition(Database& reader, const ExportOptions& options) {
  constexpr std::size_t kMostNamed = 20;  // a message is a line, and there may be thousands
  std::int64_t id = 0;
  std::size_t sites = 0;
  std::string names;
  const auto read = reader.each(
      "SELECT id, name FROM sites ORDER BY name", [](Statement&) {},
      [&](Statement& s) {
        if (s.text(1) == options.site) id = s.integer(0);
        if (++sites > kMostNamed) return;
        names += (names.empty() ? "" : ", ") + base::printable(s.text(1));
      });
  if (!read) return read.error();
  if (id == 0) {
    return base::Error{base::Error::Code::not_found,
                       "there is no site \"" + base::printable(options.site) + "\"; " +
                           (names.empty() ? "there are none" : "there are " + names) +
                           (sites > kMostNamed ? ", ..." : "")};
  }
  switch (options.table) {
    case ExportTable::pages:
      return "AND p.site_id = " + std::to_string(id) + " ";
    case ExportTable::records:
      return "AND r.site_id = " + std::to_string(id) + " ";
    case ExportTable::links:
    case ExportTable::urls:
      return "AND u.site_id = " + std::to_string(id) + " ";
    case ExportTable::changes:
      return "AND site = " + sql_text(options.site) + " ";
  }
  return std::string();
}

bool has_fields_as_columns(const ExportOptions& options) {
  return options.format == ExportFormat::csv && !options.rule.empty();
}

base::Result<std::string> rule_sql(Database& reader, const ExportOptions& options) {
  std::string sql = sql_of(options.table);
  if (options.rule.empty()) return sql;
  if (auto known = require_records_of(reader, options.rule); !known) return known.error();
  if (has_fields_as_columns(options)) return rule_records_sql(reader, options.rule);
  sql.insert(sql.rfind("ORDER BY"), "AND r.rule = " + sql_text(options.rule) + " ");
  return sql;
}

base::Result<std::string> sql_of(Database& reader, const ExportOptions& options) {
  auto sql = rule_sql(reader, options);
  if (!sql || options.site.empty()) return sql;
  const auto condition = site_condition(reader, options);
  if (!condition) return condition.error();
  // The last: that of the links has another, of the pages that they are of.
  sql->insert(sql->rfind("ORDER BY"), *condition);
  return sql;
}

constexpr std::string_view kJsonEnding = "_json";

struct Column {
  std::string name;
  bool json = false;
};

std::vector<Column> columns_of(const Statement& statement, bool of_fields) {
  std::vector<Column> columns;
  for (int i = 1; i < statement.columns(); ++i) {
    std::string_view name = sqlite3_column_name(statement.raw(), i);
    const bool json = !of_fields && name.ends_with(kJsonEnding);
    if (json) name.remove_suffix(kJsonEnding.size());
    columns.push_back({std::string(name), json});
  }
  return columns;
}

void append_json(std::string& line, const Statement& s, int at, bool json) {
  switch (sqlite3_column_type(s.raw(), at)) {
    case SQLITE_NULL:
      line += "null";
      return;
    case SQLITE_INTEGER:
      line += std::to_string(s.integer(at));
      return;
    default:
      line += json ? std::string(s.text(at)) : base::json_string(s.text(at));
  }
}

std::string json_line(const Statement& s, const std::vector<Column>& columns) {
  std::string line = "{";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i != 0) line += ',';
    line += '"';
    line += columns[i].name;
    line += "\":";
    append_json(line, s, static_cast<int>(i) + 1, columns[i].json);
  }
  return line += "}\n";
}

std::string csv_line(const Statement& s, const std::vector<Column>& columns, bool quote_formulas) {
  std::string line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i != 0) line += ',';
    const std::string_view text = s.text(static_cast<int>(i) + 1);
    line += quote_formulas ? csv_field(without_formula(text)) : csv_field(text);
  }
  return line += "\r\n";
}

std::string csv_header(const std::vector<Column>& columns) {
  std::string line;
  for (const Column& column : columns) {
    if (!line.empty()) line += ',';
    line += column.name;
  }
  return line += "\r\n";
}

std::string line_of(const Statement& s, const std::vector<Column>& columns,
                    const ExportOptions& options) {
  switch (options.format) {
    case ExportFormat::jsonl:
      return json_line(s, columns);
    case ExportFormat::csv:
      return csv_line(s, columns, options.quote_formulas);
    case ExportFormat::urls:
      return std::string(s.text(1)) + "\n";
  }
  return {};
}

// Read as a whole before any of it is written: a slow reader of our output must not
// hold a snapshot of the database.
struct Slice {
  std::vector<std::pair<std::int64_t, std::string>> lines;  // key, line
  std::int64_t last_key = 0;  // of the slice; as before when there is nothing more
};

base::Result<Slice> read_slice(Database& reader, Statement& s, const std::vector<Column>& columns,
                               const ExportOptions& options, std::int64_t after) {
  Slice slice{.lines = {}, .last_key = after};
  std::int64_t bound = options.slice;
  if (options.table == ExportTable::changes) {
    const auto last = last_change(reader);
    if (!last) return last.error();
    bound = std::min(after + bound, static_cast<std::int64_t>(*last));
    if (bound <= after) return slice;
  }
  s.integer(1, after).integer(2, bound).integer(3, options.since);
  while (true) {
    auto row = s.step();
    if (!row) return std::move(row).error();
    if (!*row) break;
    slice.lines.emplace_back(s.integer(0), line_of(s, columns, options));
  }
  if (!slice.lines.empty()) slice.last_key = slice.lines.back().first;
  if (options.table == ExportTable::changes) slice.last_key = bound;
  if (options.table != ExportTable::links) return slice;
  // Pages without links are part of the slice, too.
  auto done = reader.each(
      "SELECT ifnull(max(id), ?1) FROM (SELECT id FROM pages WHERE id > ?1 ORDER BY id LIMIT ?2)",
      [&](Statement& last) { last.integer(1, after).integer(2, options.slice); },
      [&](Statement& last) { slice.last_key = last.integer(0); });
  if (!done) return std::move(done).error();
  return slice;
}

// False when `write` stopped; `end` then names the last key that is written in full.
bool write_slice(const Slice& slice, const std::function<bool(std::string_view)>& write,
                 ExportEnd& end) {
  for (std::size_t i = 0; i < slice.lines.size(); ++i) {
    const auto& [key, line] = slice.lines[i];
    if (i > 0 && slice.lines[i - 1].first != key) end.last_key = slice.lines[i - 1].first;
    if (!write(line)) return false;
    ++end.rows;
  }
  end.last_key = slice.last_key;
  return true;
}

}  // namespace

std::optional<ExportTable> export_table_from(std::string_view name) {
  if (name == "pages") return ExportTable::pages;
  if (name == "records") return ExportTable::records;
  if (name == "links") return ExportTable::links;
  if (name == "changes") return ExportTable::changes;
  if (name == "urls") return ExportTable::urls;
  return std::nullopt;
}

std::optional<ExportFormat> export_format_from(std::string_view name) {
  if (name == "jsonl") return ExportFormat::jsonl;
  if (name == "csv") return ExportFormat::csv;
  if (name == "urls") return ExportFormat::urls;
  return std::nullopt;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

std::string without_formula(std::string_view text) {
  const bool formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != text.npos;
  const bool number = text.find_first_not_of("+-0123456789.eE") == text.npos;
  return (formula && !number ? "'" : "") + std::string(text);
}

base::Result<ExportEnd> export_rows(Database& reader, const ExportOptions& options,
                                    const std::function<bool(std::string_view)>& write) {
  const auto sql = sql_of(reader, options);
  if (!sql) return sql.error();
  // Not one of those that the reader keeps: they are known by the place of a constant text.
  auto statement = Statement::prepare(reader.raw(), *sql);
  if (!statement) return std::move(statement).error();
  const std::vector<Column> columns = columns_of(*statement, has_fields_as_columns(options));
  ExportEnd end{.last_key = options.after};
  if (options.format == ExportFormat::csv && options.header && !write(csv_header(columns))) {
    end.complete = false;
    return end;
  }
  while (true) {
    if (options.enough()) {
      end.complete = false;
      return end;
    }
    auto slice = read_slice(reader, *statement, columns, options, end.last_key);
    if (!slice) return std::move(slice).error();
    if (slice->last_key == end.last_key) return end;
    if (!write_slice(*slice, write, end)) {
      end.complete = false;
      return end;
    }
  }
}

}  // namespace crawld::storage
