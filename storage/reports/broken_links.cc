#include "storage/reports/broken_links.h"

namespace crawld::storage {

base::Status each_broken_way(Database& reader, std::size_t most,
                             const std::function<void(const BrokenWay&)>& visit) {
  return reader.each(
      "WITH RECURSIVE redirects AS MATERIALIZED (SELECT DISTINCT url_id, detail AS target "
      "FROM fetches WHERE outcome = 'redirected'), "
      "broken AS MATERIALIZED (SELECT url, ifnull(reason, state) AS why FROM urls "
      "WHERE state IN ('gone', 'failed') OR (state = 'too_deep' AND reason = 'max_redirects') "
      "ORDER BY url LIMIT ?1), "
      "asked (url, why, asked_url, steps) AS (SELECT url, why, url, 0 FROM broken "
      "UNION SELECT a.url, a.why, u.url, a.steps + 1 FROM asked AS a "
      "JOIN redirects AS r ON r.target = a.asked_url JOIN urls AS u ON u.id = r.url_id "
      "WHERE a.steps < 64) SELECT DISTINCT url, why, asked_url FROM asked",
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(most)); },
      [&](Statement& s) { visit({.url = s.text(0), .why = s.text(1), .asked = s.text(2)}); });
}

}  // namespace crawld::storage
