#include "storage/reports/page_walk.h"

#include "storage/seen/seen_index.h"

namespace crawld::storage {

base::Result<std::vector<WalkedPage>> walk_pages(Database& reader, PageId after,
                                                 std::uint32_t limit) {
  std::vector<WalkedPage> pages;
  auto done = reader.each(
      "SELECT p.id, p.url_id, u.url, ifnull(s.name, ''), p.fetched_at, v.changed_at, p.status, "
      "p.truncated, p.kind, p.canonical, p.robots, "
      "(SELECT r.rule_set FROM records AS r WHERE r.page_id = p.id LIMIT 1), "
      "p.main_text IS NOT NULL, p.markdown IS NOT NULL, "
      "coalesce(p.jsonld, p.microdata, p.opengraph, p.structured) IS NOT NULL, "
      "coalesce(p.text, p.text_page_id) IS NOT NULL, p.content_type "
      "FROM pages AS p JOIN visits AS v ON v.url_id = p.url_id AND v.page_id = p.id "
      "JOIN urls AS u ON u.id = p.url_id LEFT JOIN sites AS s ON s.id = p.site_id "
      "WHERE p.id > ?1 ORDER BY p.id LIMIT ?2",
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(after)).integer(2, limit); },
      [&](Statement& s) {
        pages.push_back({.id = static_cast<PageId>(s.integer(0)),
                         .url_id = static_cast<model::UrlId>(s.integer(1)),
                         .url = std::string(s.text(2)),
                         .site = std::string(s.text(3)),
                         .fetched_at = s.integer(4),
                         .changed_at = s.integer(5),
                         .status = static_cast<int>(s.integer(6)),
                         .truncated = s.integer(7) != 0,
                         .kind = std::string(s.text(8)),
                         .content_type = std::string(s.text(16)),
                         .canonical = std::string(s.text(9)),
                         .robots = std::string(s.text(10)),
                         .rule_set = std::string(s.text(11)),
                         .has_text = s.integer(15) != 0,
                         .has_main_text = s.integer(12) != 0,
                         .has_markdown = s.integer(13) != 0,
                         .has_structured = s.integer(14) != 0});
      });
  if (!done) return std::move(done).error();
  return pages;
}

base::Result<std::int64_t> count_walk(Database& reader, PageId after) {
  std::int64_t count = 0;
  auto done = reader.each(
      "SELECT count(*) FROM visits WHERE page_id > ?1",
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(after)); },
      [&](Statement& s) { count = s.integer(0); });
  if (!done) return std::move(done).error();
  return count;
}

base::Result<PageId> extracted_up_to(Database& reader, const std::string& site,
                                     const std::string& reading) {
  PageId page = 0;
  auto done = reader.each(
      "SELECT CAST(substr(value, length(?2) + 2) AS INTEGER) FROM meta "
      "WHERE key = 'extracted:' || ?1 AND substr(value, 1, length(?2) + 1) = ?2 || ' '",
      [&](Statement& s) { s.text(1, site).text(2, reading); },
      [&](Statement& s) { page = static_cast<PageId>(s.integer(0)); });
  if (!done) return std::move(done).error();
  return page;
}

base::Result<std::vector<std::string>> site_names(Database& reader) {
  std::vector<std::string> names;
  auto done = reader.each(
      "SELECT name FROM sites ORDER BY id", [](Statement&) {},
      [&](Statement& s) { names.emplace_back(s.text(0)); });
  if (!done) return std::move(done).error();
  return names;
}

base::Result<VersionAt> version_at(Database& reader, std::string_view href, Millis at) {
  constexpr Millis kWithinTheSecond = 999;
  const auto url = find_url(reader, href);
  if (!url) return base::Error(url.error());
  VersionAt version;
  auto done = reader.each(
      "WITH RECURSIVE versions (id, at, body, before) AS (SELECT p.id, p.fetched_at, p.body_id, "
      "p.previous_id FROM visits AS v JOIN pages AS p ON p.id = v.page_id WHERE v.url_id = ?1 "
      "UNION SELECT p.id, p.fetched_at, p.body_id, p.previous_id FROM versions AS n "
      "JOIN pages AS p ON p.id = n.before) "
      "SELECT id, body FROM versions WHERE at <= ?2 ORDER BY at DESC LIMIT 1",
      [&](Statement& s) {
        s.integer(1, static_cast<std::int64_t>(*url)).integer(2, at + kWithinTheSecond);
      },
      [&](Statement& s) {
        version = {.page = static_cast<PageId>(s.integer(0)),
                   .body = static_cast<std::uint64_t>(s.integer(1))};
      });
  if (!done) return std::move(done).error();
  return version;
}

}  // namespace crawld::storage
