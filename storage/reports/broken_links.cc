#include "storage/reports/broken_links.h"

namespace crawld::storage {

base::Status each_broken_way(Database& reader, std::size_t most,
                             const std::function<void(const BrokenWay&)>& visit) {
  return reader.each(
      "WITH RECURSIVE redirects AS MATERIALIZED (SELECT DISTINCT url_id, detail AS target "
      "FROM fetches WHERE outcome = 'redirected'), "
      "broken AS MATERIALIZED (SELECT url, ifnull(reason, state) AS why, parent_id, hop FROM urls "
      "WHERE state IN ('gone', 'failed') OR (state = 'too_deep' AND reason = 'max_redirects') "
      "ORDER BY url LIMIT ?1), "
      "asked (url, why, asked_url, parent_id, hop, steps) AS ("
      "SELECT url, why, url, parent_id, hop, 0 FROM broken "
      "UNION SELECT a.url, a.why, u.url, u.parent_id, u.hop, a.steps + 1 FROM asked AS a "
      "JOIN urls AS u ON u.id = a.parent_id "
      "WHERE a.hop = 'R' AND u.state = 'redirected' AND a.steps < 64 "
      "UNION SELECT a.url, a.why, u.url, u.parent_id, u.hop, a.steps + 1 FROM asked AS a "
      "JOIN redirects AS r ON r.target = a.asked_url JOIN urls AS u ON u.id = r.url_id "
      "WHERE a.steps < 64) "
      "SELECT DISTINCT w.url, w.why, w.asked_url, "
      "NOT (w.hop = 'R' AND ifnull(o.state, '') = 'redirected'), ifnull(o.url, '') "
      "FROM asked AS w LEFT JOIN urls AS o ON o.id = w.parent_id",
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(most)); },
      [&](Statement& s) {
        BrokenWay way{.url = s.text(0), .why = s.text(1), .asked = s.text(2)};
        if (s.integer(3) != 0) way.found_on = s.text(4);
        visit(way);
      });
}

}  // namespace crawld::storage
