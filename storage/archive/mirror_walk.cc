#include "storage/archive/mirror_walk.h"

#include <optional>
#include <utility>

namespace crawld::storage {

base::Result<std::vector<MirrorPage>> walk_mirror(Database& reader, model::UrlId after,
                                                  std::uint32_t limit) {
  std::vector<MirrorPage> pages;
  auto done = reader.each(
      "SELECT v.url_id, p.id, u.url, p.kind, p.content_type, p.fetched_at, p.truncated "
      "FROM visits AS v JOIN pages AS p ON p.id = v.page_id JOIN urls AS u ON u.id = v.url_id "
      "WHERE v.url_id > ?1 AND p.body_id IS NOT NULL "
      "AND ifnull(v.status, 0) NOT IN (301, 308, 404, 410) ORDER BY v.url_id LIMIT ?2",
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(after)).integer(2, limit); },
      [&](Statement& s) {
        pages.push_back({.url_id = static_cast<model::UrlId>(s.integer(0)),
                         .id = static_cast<PageId>(s.integer(1)),
                         .url = std::string(s.text(2)),
                         .kind = std::string(s.text(3)),
                         .content_type = std::string(s.text(4)),
                         .fetched_at = s.integer(5),
                         .truncated = s.integer(6) != 0});
      });
  if (!done) return std::move(done).error();
  return pages;
}

base::Status each_redirect(
    Database& reader,
    const std::function<base::Status(std::string_view url, std::string_view target)>& visit) {
  constexpr std::int64_t kSlice = 5'000;  // ids of fetches a read
  const auto end = reader.number("SELECT max(id) FROM fetches");
  if (!end) return end.error();
  std::optional<base::Error> refused;
  for (std::int64_t first = 1; first <= *end && !refused; first += kSlice) {
    auto done = reader.each(
        "SELECT u.url, f.detail FROM fetches AS f JOIN urls AS u ON u.id = f.url_id "
        "WHERE f.id BETWEEN ?1 AND ?2 AND f.outcome = 'redirected' AND f.detail IS NOT NULL "
        "ORDER BY f.id",
        [&](Statement& s) { s.integer(1, first).integer(2, first + kSlice - 1); },
        [&](Statement& s) {
          if (refused) return;
          if (auto taken = visit(s.text(0), s.text(1)); !taken) refused = taken.error();
        });
    if (!done) return done;
  }
  if (refused) return *std::move(refused);
  return base::Done{};
}

base::Result<std::vector<StartPage>> start_pages(Database& reader, std::uint32_t limit) {
  std::vector<StartPage> pages;
  auto done = reader.each(
      "SELECT u.url, p.title FROM urls AS u LEFT JOIN visits AS v ON v.url_id = u.id "
      "LEFT JOIN pages AS p ON p.id = v.page_id WHERE u.hop = 'S' ORDER BY u.id LIMIT ?1",
      [&](Statement& s) { s.integer(1, limit); },
      [&](Statement& s) {
        pages.push_back({.url = std::string(s.text(0)), .title = std::string(s.text(1))});
      });
  if (!done) return std::move(done).error();
  return pages;
}

}  // namespace crawld::storage
