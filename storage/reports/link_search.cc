#include "storage/reports/link_search.h"

#include <algorithm>

namespace crawld::storage {
namespace {

constexpr std::int64_t kMostVersions = 100'000;
constexpr std::int64_t kSlice = 2'000;  // of a read, which holds no snapshot for long

}  // namespace

base::Status each_link_with(Database& reader, std::string_view part,
                            const std::function<bool(const FoundLink&)>& visit) {
  const auto end = reader.number("SELECT ifnull(max(page_id), 0) FROM links");
  if (!end) return end.error();
  bool more = true;
  for (std::int64_t first = std::max<std::int64_t>(*end - kMostVersions, 0) + 1;
       more && first <= *end; first += kSlice) {
    auto done = reader.each(
        "SELECT u.url, CASE substr(json_extract(j.value, '$[0]'), 1, 1) WHEN '/' "
        "THEN h.host || json_extract(j.value, '$[0]') ELSE json_extract(j.value, '$[0]') END, "
        "json_extract(j.value, '$[3]'), json_extract(j.value, '$[4]'), p.robots "
        "FROM links AS l JOIN pages AS p ON p.id = l.page_id "
        "JOIN visits AS v ON v.url_id = p.url_id AND v.page_id = p.id "
        "JOIN urls AS u ON u.id = p.url_id LEFT JOIN hosts AS h ON h.id = u.host_id "
        "JOIN json_each(l.links) AS j "
        "WHERE l.page_id BETWEEN ?1 AND ?2 AND instr(l.links, ?3) > 0 "
        "AND instr(json_extract(j.value, '$[0]'), ?3) > 0",
        [&](Statement& s) { s.integer(1, first).integer(2, first + kSlice - 1).text(3, part); },
        [&](Statement& s) {
          if (!more) return;
          more = visit({.from = s.text(0),
                        .target = s.text(1),
                        .tag = s.text(2),
                        .nofollow = s.integer(3) != 0,
                        .page_robots = s.text(4)});
        });
    if (!done) return done;
  }
  return base::Done{};
}

}  // namespace crawld::storage
