#include "storage/reports/link_walk.h"

#include <algorithm>
#include <string>

// Of a visit v: the page that is stored stands; its URL did not say since that it is gone or
// elsewhere for good.
#define STANDS "ifnull(v.status, 0) NOT IN (301, 308, 404, 410) "

namespace crawld::storage {
namespace {

constexpr std::int64_t kSlice = 500;  // ids of pages a read

// Calls `slice(first, last)` over the ids of a table whose largest is `end`.
template <class Slice>
base::Status in_slices(std::int64_t end, std::int64_t size, Slice slice) {
  for (std::int64_t first = 1; first <= end; first += size) {
    if (auto done = slice(first, std::min(first + size - 1, end)); !done) return done;
  }
  return base::Done{};
}

// `condition`: on the visit v.
base::Status each_link_where(std::string_view condition, Database& reader,
                             const std::function<void(const LinkOfPage&)>& visit) {
  const auto end = reader.number("SELECT max(id) FROM pages");
  if (!end) return end.error();
  const std::string sql =
      "SELECT u.url, s.name, "
      "CASE substr(json_extract(j.value, '$[0]'), 1, 1) WHEN '/' "
      "THEN h.host || json_extract(j.value, '$[0]') ELSE json_extract(j.value, '$[0]') END, " STANDS
      "FROM pages AS p JOIN visits AS v ON v.url_id = p.url_id AND v.page_id = p.id "
      "JOIN links AS l ON l.page_id = p.id JOIN urls AS u ON u.id = v.url_id "
      "LEFT JOIN hosts AS h ON h.id = u.host_id LEFT JOIN sites AS s ON s.id = u.site_id "
      "JOIN json_each(l.links) AS j WHERE p.id BETWEEN ?1 AND ?2 " +
      std::string(condition);
  return in_slices(*end, kSlice, [&](std::int64_t first, std::int64_t last) {
    return reader.each(
        sql.c_str(), [&](Statement& s) { s.integer(1, first).integer(2, last); },
        [&](Statement& s) {
          visit({.from = s.text(0),
                 .site = s.text(1),
                 .target = s.text(2),
                 .stands = s.integer(3) != 0});
        });
  });
}

}  // namespace

base::Status each_standing_link(Database& reader,
                                const std::function<void(const LinkOfPage&)>& visit) {
  return each_link_where("AND " STANDS, reader, visit);
}

base::Status each_link(Database& reader, const std::function<void(const LinkOfPage&)>& visit) {
  return each_link_where("", reader, visit);
}

base::Status each_page_found_by_link(Database& reader,
                                     const std::function<void(const FoundPage&)>& visit) {
  const auto end = reader.number("SELECT max(url_id) FROM visits");
  if (!end) return end.error();
  return in_slices(*end, kSlice * 10, [&](std::int64_t first, std::int64_t last) {
    return reader.each(
        "SELECT u.id, u.url FROM visits AS v JOIN urls AS u ON u.id = v.url_id "
        "LEFT JOIN visits AS w ON w.url_id = u.parent_id "
        "WHERE v.url_id BETWEEN ?1 AND ?2 AND v.page_id IS NOT NULL AND u.purpose IS NULL "
        "AND " STANDS
        "AND u.state NOT IN ('parked', 'out_of_scope') "
        "AND (u.hop IN ('L', 'E') OR (u.hop = 'R' AND ifnull(w.status, 0) NOT BETWEEN 301 AND "
        "308))",
        [&](Statement& s) { s.integer(1, first).integer(2, last); },
        [&](Statement& s) {
          visit({.id = static_cast<model::UrlId>(s.integer(0)), .url = s.text(1)});
        });
  });
}

base::Status each_page_found_by_sitemap(Database& reader,
                                        const std::function<bool(const ListedPage&)>& visit) {
  const auto end = reader.number("SELECT max(url_id) FROM visits");
  if (!end) return end.error();
  bool wanted = true;
  return in_slices(*end, kSlice * 10, [&](std::int64_t first, std::int64_t last) -> base::Status {
    if (!wanted) return base::Done{};
    return reader.each(
        "SELECT u.url, s.url FROM visits AS v JOIN urls AS u ON u.id = v.url_id "
        "LEFT JOIN urls AS s ON s.id = u.parent_id "
        "WHERE v.url_id BETWEEN ?1 AND ?2 AND v.page_id IS NOT NULL AND u.purpose IS NULL "
        "AND u.hop = 'M' AND " STANDS "AND u.state NOT IN ('parked', 'out_of_scope')",
        [&](Statement& s) { s.integer(1, first).integer(2, last); },
        [&](Statement& s) {
          if (wanted) wanted = visit({.url = s.text(0), .listed_in = s.text(1)});
        });
  });
}

base::Status each_redirect_target(Database& reader,
                                  const std::function<void(std::string_view target)>& visit) {
  return reader.each(
      "SELECT max(id), detail FROM fetches WHERE outcome = 'redirected' GROUP BY url_id",
      [](Statement&) {}, [&](Statement& s) { visit(s.text(1)); });
}

base::Status each_open_orphan(Database& reader,
                              const std::function<void(const OpenOrphan&)>& visit) {
  return reader.each(
      "SELECT u.id, u.url, v.page_id IS NOT NULL AND " STANDS
      "AND u.state NOT IN ('parked', 'out_of_scope') "
      "FROM orphanings AS o JOIN urls AS u ON u.id = o.url_id "
      "LEFT JOIN visits AS v ON v.url_id = u.id "
      "WHERE o.adopted_in IS NULL ORDER BY o.url_id",
      [](Statement&) {},
      [&](Statement& s) {
        visit({.id = static_cast<model::UrlId>(s.integer(0)),
               .url = s.text(1),
               .stands = s.integer(2) != 0});
      });
}

base::Result<std::uint64_t> count_urls(Database& reader) {
  auto count = reader.number("SELECT sum(count) FROM url_counts");
  if (!count) return std::move(count).error();
  return static_cast<std::uint64_t>(*count);
}

}  // namespace crawld::storage
