#include "storage/report.h"

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
    {"outcomes", "Outcomes",
     "SELECT state, sum(count) AS urls FROM url_counts GROUP BY state HAVING urls > 0 "
     "ORDER BY urls DESC",
     1},
    {"reasons", "Why not",
     "SELECT state, reason, count(*) AS urls FROM urls WHERE reason IS NOT NULL "
     "GROUP BY state, reason ORDER BY urls DESC LIMIT 50",
     2},
    {"status", "Status codes",
     "SELECT status, count(*) AS urls FROM visits WHERE status IS NOT NULL GROUP BY status "
     "ORDER BY urls DESC",
     1},
    {"types", "Media types",
     "SELECT lower(trim(substr(content_type, 1, instr(content_type || ';', ';') - 1))) AS type, "
     "count(*) AS pages, sum(bytes) AS bytes FROM v_pages GROUP BY type ORDER BY pages DESC "
     "LIMIT 50",
     1},
    {"depths", "Depth",
     "SELECT u.depth AS depth, count(*) AS urls, count(v.page_id) AS pages FROM urls AS u "
     "LEFT JOIN visits AS v ON v.url_id = u.id GROUP BY u.depth ORDER BY u.depth LIMIT 200",
     2},
    {"slowest_hosts", "Slowest hosts",
     "SELECT h.host AS host, count(*) AS requests, round(avg(f.total_us) / 1000.0, 1) AS mean_ms, "
     "round(max(f.total_us) / 1000.0, 1) AS longest_ms FROM fetches AS f "
     "JOIN urls AS u ON u.id = f.url_id JOIN hosts AS h ON h.id = u.host_id "
     "GROUP BY h.id ORDER BY mean_ms DESC LIMIT 20",
     2},
    // What a page links to is looked up as written, without its fragment; a URL that was
    // rewritten on the way is at least shown with the page it was found on.
    {"broken_links", "Broken links and the pages that hold them",
     "WITH broken AS MATERIALIZED (SELECT u.id AS id, u.url AS url, u.parent_id AS parent_id, "
     "ifnull(u.reason, u.state) AS why FROM urls AS u WHERE u.state IN ('gone', 'failed')) "
     "SELECT url, why, held_by FROM ("
     "SELECT b.url AS url, b.why AS why, l.from_url AS held_by FROM broken AS b JOIN v_links AS l "
     "ON b.url = substr(l.to_url, 1, instr(l.to_url || '#', '#') - 1) "
     "UNION SELECT b.url, b.why, o.url FROM broken AS b LEFT JOIN urls AS o ON o.id = b.parent_id) "
     "ORDER BY url, held_by LIMIT 200"},
    {"redirects", "Redirects",
     "SELECT u.url AS url, u.reason AS how, ifnull(t.url, f.target) AS target FROM urls AS u "
     "LEFT JOIN urls AS t ON t.parent_id = u.id AND t.hop = 'R' "
     "LEFT JOIN (SELECT url_id, max(detail) AS target FROM fetches WHERE outcome = 'redirected' "
     "GROUP BY url_id) AS f ON f.url_id = u.id "
     "WHERE u.state = 'redirected' ORDER BY u.url LIMIT 200"},
    {"duplicates", "The same content under several URLs",
     "SELECT p.content_hash AS content, count(*) AS urls, min(u.url) AS one, max(u.url) AS another "
     "FROM visits AS v JOIN pages AS p ON p.id = v.page_id JOIN urls AS u ON u.id = v.url_id "
     "WHERE p.content_hash IS NOT NULL AND p.status = 200 GROUP BY p.content_hash "
     "HAVING count(*) > 1 ORDER BY urls DESC LIMIT 200"},
    {"titles_missing", "Pages without a title",
     "SELECT u.url AS url FROM visits AS v JOIN pages AS p ON p.id = v.page_id "
     "JOIN urls AS u ON u.id = v.url_id WHERE p.status = 200 AND p.kind IN ('html', 'xhtml') "
     "AND p.title IS NULL ORDER BY u.url LIMIT 200"},
    {"titles_double", "Titles that several pages bear",
     "SELECT p.title AS title, count(*) AS pages, min(u.url) AS one, max(u.url) AS another "
     "FROM visits AS v JOIN pages AS p ON p.id = v.page_id JOIN urls AS u ON u.id = v.url_id "
     "WHERE p.status = 200 AND p.title IS NOT NULL GROUP BY p.title HAVING count(*) > 1 "
     "ORDER BY pages DESC LIMIT 200"},
    {"fields", "Coverage of extracted fields",
     "SELECT r.rule AS rule, j.key AS field, count(*) AS records, "
     "sum(j.type <> 'null') AS filled, round(100.0 * sum(j.type <> 'null') / count(*), 1) AS "
     "percent FROM records AS r JOIN json_each(r.fields) AS j GROUP BY r.rule, j.key "
     "ORDER BY r.rule, percent LIMIT 200",
     4},
};

}  // namespace

std::span<const ReportSection> report_sections() { return kSections; }

}  // namespace crawld::storage
