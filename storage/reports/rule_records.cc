#include "storage/reports/rule_records.h"

#include <vector>

#include "crawler/base/escape.h"

namespace crawld::storage {
namespace {

// One of a field, or of a key of the object that it holds.
struct FieldColumn {
  std::string field;
  std::string key;  // empty: the field itself
  bool has_values = false;
};

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out += quote;
}

base::Result<std::vector<FieldColumn>> columns_of_rule(Database& reader, std::string_view rule) {
  std::vector<FieldColumn> columns;
  const auto read = reader.each(
      "SELECT j.key, ifnull(k.key, ''), max(j.type NOT IN ('null', 'object')) "
      "FROM records AS r JOIN json_each(r.fields) AS j "
      "LEFT JOIN json_each(CASE j.type WHEN 'object' THEN j.value ELSE '{}' END) AS k "
      "WHERE r.rule = ?1 GROUP BY 1, 2 ORDER BY min(j.id), j.key, min(k.id)",
      [&](Statement& s) { s.text(1, rule); },
      [&](Statement& s) {
        columns.push_back({std::string(s.text(0)), std::string(s.text(1)), s.integer(2) != 0});
      });
  if (!read) return read.error();
  // Where it is an object, or nothing, the object's keys are enough.
  const auto has_keys = [&columns](const std::string& field) {
    for (const FieldColumn& column : columns) {
      if (column.field == field && !column.key.empty()) return true;
    }
    return false;
  };
  std::vector<FieldColumn> kept;
  for (const FieldColumn& column : columns) {
    const bool is_empty = column.key.empty() && !column.has_values;
    if (!is_empty || !has_keys(column.field)) kept.push_back(column);
  }
  return kept;
}

base::Result<std::string> rules_with_records(Database& reader) {
  std::string names;
  const auto read = reader.each(
      "SELECT DISTINCT rule FROM records ORDER BY rule LIMIT 20", [](Statement&) {},
      [&](Statement& s) { names += (names.empty() ? "" : ", ") + base::printable(s.text(0)); });
  if (!read) return read.error();
  return names;
}

std::string value_of(const FieldColumn& column) {
  const std::string as_json =
      "CASE x.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE x.value END";
  const std::string field = sql_text(column.field);
  if (column.key.empty()) {
    return "(SELECT " + as_json + " FROM json_each(r.fields) AS x WHERE x.key = " + field + ")";
  }
  return "(SELECT " + as_json +
         " FROM json_each(r.fields) AS j JOIN json_each(CASE j.type WHEN 'object' THEN j.value "
         "ELSE '{}' END) AS x WHERE j.key = " +
         field + " AND x.key = " + sql_text(column.key) + ")";
}

// The page's own columns keep their names.
std::string name_of(const FieldColumn& column) {
  if (!column.key.empty()) return column.field + "." + column.key;
  const bool taken = column.field == "url" || column.field == "fetched_at";
  return (taken ? "fields." : "") + column.field;
}

}  // namespace

std::string sql_text(std::string_view text) { return quoted(text, '\''); }

base::Status require_records_of(Database& reader, std::string_view rule) {
  bool found = false;
  auto read = reader.each(
      "SELECT 1 FROM records WHERE rule = ?1 LIMIT 1", [&](Statement& s) { s.text(1, rule); },
      [&](Statement&) { found = true; });
  if (!read || found) return read;
  const auto names = rules_with_records(reader);
  if (!names) return names.error();
  return base::Error{base::Error::Code::not_found,
                     "no record of a rule \"" + base::printable(rule) + "\"; " +
                         (names->empty() ? "there are no records" : "there are " + *names)};
}

base::Result<std::string> rule_records_sql(Database& reader, std::string_view rule) {
  const auto columns = columns_of_rule(reader, rule);
  if (!columns) return columns.error();
  std::string sql = "SELECT r.id, u.url AS url";
  for (const FieldColumn& column : *columns) {
    sql += ", " + value_of(column) + " AS " + quoted(name_of(column), '"');
  }
  return sql +
         ", strftime('%Y-%m-%dT%H:%M:%fZ', p.fetched_at / 1000.0, 'unixepoch') AS fetched_at "
         "FROM records AS r JOIN urls AS u ON u.id = r.url_id JOIN pages AS p ON p.id = r.page_id "
         "WHERE r.rule = " +
         sql_text(rule) + " AND r.id > ?1 AND p.fetched_at >= ?3 ORDER BY r.id LIMIT ?2";
}

}  // namespace crawld::storage
