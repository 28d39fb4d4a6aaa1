#include "storage/reports/report.h"

#include "storage/reports/near_duplicates.h"

namespace crawld::storage {
namespace {

constexpr ReportSection kSections[] = {
    {"overview", "Overview",
     "SELECT 'URLs known' AS what, ifnull(sum(count), 0) AS value FROM url_counts "
     "UNION ALL SELECT 'pages stored', count(*) FROM visits WHERE page_id IS NOT NULL "
     "UNION ALL SELECT 'versions stored', count(*) FROM pages "
     "UNION ALL SELECT 'records', count(*) FROM records "
     "UNION ALL SELECT 'requests', count(*) FROM fetches "
     "UNION ALL SELECT 'bytes received', ifnull(sum(bytes), 0) FROM fetches "
     "UNION ALL SELECT 'hosts', count(*) FROM hosts "
     "UNION ALL SELECT 'runs', count(*) FROM runs "
     "UNION ALL SELECT 'first request', strftime('%Y-%m-%dT%H:%M:%SZ', min(started_at) / 1000, "
     "'unixepoch') FROM fetches "
     "UNION ALL SELECT 'last request', strftime('%Y-%m-%dT%H:%M:%SZ', max(started_at) / 1000, "
     "'unixepoch') FROM fetches"},
    {"outcomes", "Outcomes", "SELECT * FROM v_report_outcomes", 1},
    {"reasons", "Why not", "SELECT * FROM v_report_reasons LIMIT 50", 2},
    {"status", "Status codes", "SELECT * FROM v_report_status", 1},
    {"types", "Media types", "SELECT * FROM v_report_types LIMIT 50", 1},
    {"depths", "Depth", "SELECT * FROM v_report_depths LIMIT 200", 2},
    {"slowest_hosts", "Slowest hosts", "SELECT * FROM v_report_hosts LIMIT 20", 2},
    {"broken_links", "Broken links and the pages that hold them",
     "SELECT * FROM v_report_broken_links LIMIT 200"},
    {"redirects", "Redirects", "SELECT * FROM v_report_redirects LIMIT 200"},
    {"duplicates", "The same content under several URLs",
     "SELECT * FROM v_report_duplicates LIMIT 200"},
    {"near_duplicates", "Nearly the same text under several URLs", {}, -1, report_near_duplicates},
    // Two spellings of one site: http and https, or with and without "www.". Pages of the same
    // path and content say so.
    {"aliases", "Hosts that seem to be one, and what to set",
     "WITH pairs AS MATERIALIZED (SELECT a.id AS a, b.id AS b, a.host AS host, b.host AS alias, "
     "length(a.host) AS a_length, length(b.host) AS b_length FROM hosts AS a JOIN hosts AS b "
     "ON b.host IN (replace(a.host, '://', '://www.'), replace(a.host, 'https://', 'http://'), "
     "replace(a.host, 'https://', 'http://www.')) AND a.id <> b.id), "
     "ours AS MATERIALIZED (SELECT u.host_id AS host, u.url AS url, p.content_hash AS content "
     "FROM visits AS v JOIN pages AS p ON p.id = v.page_id JOIN urls AS u ON u.id = v.url_id "
     "WHERE p.status = 200 AND u.host_id IN (SELECT a FROM pairs UNION SELECT b FROM pairs)), "
     "paths AS MATERIALIZED (SELECT pairs.a AS a, pairs.b AS b, "
     "substr(ours.url, pairs.a_length + 1) AS path, ours.content AS content "
     "FROM pairs JOIN ours ON ours.host = pairs.a), "
     "others AS MATERIALIZED (SELECT pairs.a AS a, pairs.b AS b, "
     "substr(ours.url, pairs.b_length + 1) AS path, ours.content AS content "
     "FROM pairs JOIN ours ON ours.host = pairs.b) "
     "SELECT pairs.host AS host, pairs.alias AS alias, count(*) AS same_path, "
     "sum(x.content = y.content) AS same_content, "
     "CASE WHEN instr(pairs.alias, '://www.') > 0 AND instr(pairs.host, '://www.') = 0 "
     "THEN 'canonicalize.fold_www: true' ELSE 'seeds with ' || substr(pairs.host, 1, "
     "instr(pairs.host, ':') - 1) || ' only' END AS suggestion "
     "FROM pairs JOIN paths AS x ON x.a = pairs.a AND x.b = pairs.b "
     "JOIN others AS y ON y.a = x.a AND y.b = x.b AND y.path = x.path "
     "GROUP BY pairs.a, pairs.b HAVING same_content > 0 AND same_content * 2 >= same_path "
     "ORDER BY same_content DESC LIMIT 200"},
    {"canonical", "Pages that name another URL as theirs (rel=canonical)",
     "SELECT u.url AS url, p.canonical AS canonical FROM visits AS v "
     "JOIN pages AS p ON p.id = v.page_id JOIN urls AS u ON u.id = v.url_id "
     "WHERE p.status = 200 AND p.canonical IS NOT NULL AND p.canonical <> u.url "
     "ORDER BY p.canonical, u.url LIMIT 200"},
    {"orphans", "Pages that nobody links to any more",
     "SELECT url, state, orphan_since, found_on FROM v_orphans ORDER BY orphan_since DESC, url "
     "LIMIT 200"},
    {"soft_errors", "Answers that look like a \"not found\" page or a login wall",
     "SELECT url, reason, state FROM urls WHERE reason IN ('soft_404', 'login_wall') "
     "ORDER BY url LIMIT 200"},
    {"changes", "Changes of each run",
     "SELECT r.id AS run, strftime('%Y-%m-%dT%H:%M:%SZ', r.started_at / 1000, 'unixepoch') AS "
     "started_at, ifnull(json_extract(r.changes, '$.new'), 0) AS new, "
     "ifnull(json_extract(r.changes, '$.changed'), 0) AS changed, "
     "ifnull(json_extract(r.changes, '$.unchanged'), 0) AS unchanged, "
     "ifnull(json_extract(r.changes, '$.gone'), 0) AS gone, "
     "ifnull(json_extract(r.changes, '$.moved'), 0) AS moved, "
     "ifnull(json_extract(r.changes, '$.orphaned'), 0) AS orphaned "
     "FROM runs AS r ORDER BY r.id DESC LIMIT 50"},
    {"titles_missing", "Pages without a title", "SELECT * FROM v_report_titles_missing LIMIT 200"},
    {"titles_double", "Titles that several pages bear",
     "SELECT * FROM v_report_titles_double LIMIT 200"},
    {"fields", "Coverage of extracted fields", "SELECT * FROM v_report_fields LIMIT 200", 4},
};

}  // namespace

std::span<const ReportSection> report_sections() { return kSections; }

base::Status report_section(Database& reader, const ReportSection& section, QueryRows& rows) {
  return section.walk != nullptr ? section.walk(reader, rows) : query(reader, section.sql, rows);
}

}  // namespace crawld::storage
