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
    {"titles_missing", "Pages without a title", "SELECT * FROM v_report_titles_missing LIMIT 200"},
    {"titles_double", "Titles that several pages bear",
     "SELECT * FROM v_report_titles_double LIMIT 200"},
    {"fields", "Coverage of extracted fields", "SELECT * FROM v_report_fields LIMIT 200", 4},
};

}  // namespace

std::span<const ReportSection> report_sections() { return kSections; }

}  // namespace crawld::storage
