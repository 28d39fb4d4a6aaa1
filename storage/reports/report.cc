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
    // Hosts whose HTML pages have the same content at the same paths: spellings of one site, or
    // mirrors. Files are left out: hosts of one kind share scripts, and are two. Content that many
    // hosts have ("It works!") tells nothing.
    {"aliases", "Hosts that seem to be one, and what to set",
     "WITH stood AS NOT MATERIALIZED (SELECT u.host_id AS host, u.url AS url, "
     "p.content_hash AS content FROM visits AS v JOIN pages AS p ON p.id = v.page_id "
     "JOIN urls AS u ON u.id = v.url_id WHERE p.status = 200 AND p.kind = 'html'), "
     "shared AS MATERIALIZED (SELECT content FROM stood WHERE (SELECT count(*) FROM hosts) > 1 "
     "GROUP BY content HAVING min(host) <> max(host) AND count(*) <= 64), "
     "twins AS MATERIALIZED (SELECT s.host AS host, substr(s.url, length(h.host) + 1) AS path, "
     "s.content AS content FROM stood AS s JOIN hosts AS h ON h.id = s.host "
     "WHERE s.content IN (SELECT content FROM shared)), "
     "named AS NOT MATERIALIZED (SELECT id, host, substr(host, instr(host, '://') + 3) AS name, "
     "substr(replace(host, '://www.', '://'), instr(host, '://') + 3) AS bare, "
     "2 * (host LIKE 'http:%') + (instr(host, '://www.') > 0) AS rank FROM hosts), "
     "pairs AS MATERIALIZED (SELECT x.host AS a, y.host AS b FROM twins AS x JOIN twins AS y "
     "ON y.content = x.content AND y.path = x.path AND y.host > x.host "
     "GROUP BY x.host, y.host ORDER BY count(*) DESC LIMIT 200), "
     "both AS MATERIALIZED (SELECT iif(x.rank <= y.rank, a, b) AS a, "
     "iif(x.rank <= y.rank, b, a) AS b FROM pairs JOIN named AS x ON x.id = a "
     "JOIN named AS y ON y.id = b), "
     "ours AS MATERIALIZED (SELECT s.host AS host, substr(s.url, length(h.host) + 1) AS path, "
     "s.content AS content FROM stood AS s JOIN hosts AS h ON h.id = s.host "
     "WHERE s.host IN (SELECT a FROM both UNION SELECT b FROM both)), "
     "told AS (SELECT a, b, count(*) AS same_path, sum(x.content = y.content) AS same_content "
     "FROM both JOIN ours AS x ON x.host = a JOIN ours AS y ON y.host = b AND y.path = x.path "
     "GROUP BY a, b) "
     "SELECT x.host AS host, y.host AS alias, same_path, same_content, "
     "CASE WHEN x.bare = y.bare AND x.rank % 2 <> y.rank % 2 THEN 'canonicalize.fold_www: true' "
     "WHEN x.bare = y.bare THEN 'seeds with ' || substr(x.host, 1, instr(x.host, ':') - 1) || "
     "' only' "
     // The port stays as it is. An IPv6 address is no name.
     "WHEN instr(x.name || y.name, '[') = 0 AND substr(x.name, instr(x.name || ':', ':')) = "
     "substr(y.name, instr(y.name || ':', ':')) THEN 'canonicalize.host_aliases: {' || "
     "substr(y.name, 1, instr(y.name || ':', ':') - 1) || ': ' || "
     "substr(x.name, 1, instr(x.name || ':', ':') - 1) || '}' "
     "ELSE 'seeds of one of them only' END AS suggestion "
     "FROM told JOIN named AS x ON x.id = a JOIN named AS y ON y.id = b "
     "WHERE same_content * 2 >= same_path AND (same_content > 2 OR x.bare = y.bare) "
     "ORDER BY same_content DESC, x.host, y.host LIMIT 200"},
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
     "ifnull(json_extract(r.changes, '$.orphaned'), 0) AS orphaned, "
     "ifnull(json_extract(r.changes, '$.adopted'), 0) AS adopted "
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
