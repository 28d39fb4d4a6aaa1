#include "storage/reports/url_story.h"

#include <algorithm>

namespace crawld::storage {
namespace {

constexpr std::size_t kLongestWay = 256;

base::Status read_facts(Database& reader, model::UrlId id, std::optional<UrlStory>& story) {
  return reader.each(
      "SELECT u.url, u.state, u.reason, ifnull(u.purpose, 'page'), s.name, u.depth, u.redirects, "
      "u.attempts, u.run_id, u.due_at, u.metadata, v.visits, v.changes, v.visited_at, v.status, "
      "h.host, h.reason, max(ifnull(h.next_allowed, 0), ifnull(h.backed_off_until, 0)), "
      "h.delay_ms, h.failures, h.robots_status, h.robots_fetched_at, r.text, "
      "p.truncated, p.kind = 'html' AND p.simhash IS NULL AND p.parse_error IS NULL "
      "AND (SELECT instr(links, '\"script\"') > 0 FROM links WHERE page_id = p.id), p.robots, "
      "p.parse_error, ifnull(s.active, 1), l.ended_at, l.exit, "
      "ifnull(o.value, w.value), w.key IS NOT NULL, p.canonical "
      "FROM urls AS u LEFT JOIN sites AS s ON s.id = u.site_id "
      "LEFT JOIN visits AS v ON v.url_id = u.id LEFT JOIN pages AS p ON p.id = v.page_id "
      "LEFT JOIN hosts AS h ON h.id = u.host_id "
      "LEFT JOIN runs AS l ON l.id = (SELECT max(id) FROM runs) "
      "LEFT JOIN meta AS w ON w.key = 'paused:' LEFT JOIN meta AS o ON o.key = 'paused:' || s.name "
      "LEFT JOIN robots_versions AS r ON r.id = CASE WHEN u.reason LIKE "
      "'robots.txt line %, version %' THEN CAST(substr(u.reason, instr(u.reason, 'version ') + 8) "
      "AS INTEGER) ELSE h.robots_id END WHERE u.id = ?1",
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(id)); },
      [&](Statement& s) {
        story = UrlStory{.id = id,
                         .url = std::string(s.text(0)),
                         .state = std::string(s.text(1)),
                         .reason = std::string(s.text(2)),
                         .purpose = std::string(s.text(3)),
                         .site = std::string(s.text(4)),
                         .depth = s.integer(5),
                         .redirects = s.integer(6),
                         .attempts = s.integer(7),
                         .found_in_run = s.integer(8),
                         .due_at = s.integer(9),
                         .metadata = std::string(s.text(10)),
                         .way = {},
                         .visits = s.integer(11),
                         .changes = s.integer(12),
                         .visited_at = s.integer(13),
                         .status = static_cast<int>(s.integer(14)),
                         .truncated = s.integer(23) != 0,
                         .script_only = s.integer(24) != 0,
                         .page_robots = std::string(s.text(25)),
                         .canonical = std::string(s.text(32)),
                         .parse_error = std::string(s.text(26)),
                         .login_trouble = {},
                         .paused_since = s.integer(30),
                         .all_paused = s.integer(31) != 0,
                         .in_last_run = s.integer(27) != 0,
                         .run_ended_at = s.integer(28),
                         .run_exit = std::string(s.text(29)),
                         .host = std::string(s.text(15)),
                         .host_reason = std::string(s.text(16)),
                         .host_opens_at = s.integer(17),
                         .host_delay_ms = s.integer(18),
                         .host_failures = s.integer(19),
                         .robots_status = static_cast<int>(s.integer(20)),
                         .robots_fetched_at = s.integer(21),
                         .robots_trouble = {},
                         .robots_txt = std::string(s.text(22)),
                         .fetches = {}};
      });
}

base::Status read_way(Database& reader, UrlStory& story) {
  model::UrlId at = story.id;
  while (at != 0 && story.way.size() < kLongestWay) {
    model::UrlId parent = 0;
    auto done = reader.each(
        "SELECT url, hop, parent_id FROM urls WHERE id = ?1",
        [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(at)); },
        [&](Statement& s) {
          const std::string_view hop = s.text(1);
          story.way.push_back({std::string(s.text(0)), hop.empty() ? 'L' : hop.front()});
          parent = static_cast<model::UrlId>(s.integer(2));
        });
    if (!done) return done;
    // A parent is always older; damaged rows must not send us in a circle.
    at = parent < at ? parent : 0;
  }
  std::reverse(story.way.begin(), story.way.end());
  return base::Done{};
}

base::Status read_fetches(Database& reader, UrlStory& story) {
  return reader.each(
      "SELECT started_at, outcome, detail, status, bytes, total_us FROM fetches "
      "WHERE id > (SELECT ifnull(max(id), 0) - 2000000 FROM fetches) AND url_id = ?1 "
      "ORDER BY id DESC LIMIT 5",
      [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(story.id)); },
      [&](Statement& s) {
        story.fetches.push_back({.at = s.integer(0),
                                 .outcome = std::string(s.text(1)),
                                 .detail = std::string(s.text(2)),
                                 .status = static_cast<int>(s.integer(3)),
                                 .bytes = s.integer(4),
                                 .total_us = s.integer(5)});
      });
}

// The row of a robots.txt tells "URL: what was wrong".
base::Status read_robots_trouble(Database& reader, UrlStory& story) {
  if (story.robots_status != 0 || story.robots_fetched_at == 0) return base::Done{};
  const std::string url = story.host + "/robots.txt";
  return reader.each(
      "SELECT outcome, detail FROM fetches "
      "WHERE id > (SELECT ifnull(max(id), 0) - 2000000 FROM fetches) AND url_id = 0 "
      "AND substr(detail, 1, length(?1)) = ?1 ORDER BY id DESC LIMIT 1",
      [&](Statement& s) { s.text(1, url); },
      [&](Statement& s) {
        story.robots_trouble = std::string(s.text(0)) + std::string(s.text(1).substr(url.size()));
      });
}

// A login that is through, or was never begun, holds nothing up.
base::Status read_login_trouble(Database& reader, UrlStory& story) {
  if (story.state != "queued" && story.state != "retry_later") return base::Done{};
  const std::string detail = login_detail(story.site);
  return reader.each(
      "SELECT outcome, detail FROM fetches "
      "WHERE id > (SELECT ifnull(max(id), 0) - 2000000 FROM fetches) AND url_id = 0 "
      "AND substr(detail, 1, length(?1)) = ?1 ORDER BY id DESC LIMIT 1",
      [&](Statement& s) { s.text(1, detail); },
      [&](Statement& s) {
        if (s.text(0) == "login_done") return;
        story.login_trouble =
            std::string(s.text(0)) + ", " + std::string(s.text(1).substr(detail.size()));
      });
}

}  // namespace

std::string login_detail(std::string_view site) { return "login of " + std::string(site) + ": "; }

base::Result<std::optional<UrlStory>> url_story(Database& reader, model::UrlId id) {
  std::optional<UrlStory> story;
  auto done = read_facts(reader, id, story);
  if (done && story) done = read_way(reader, *story);
  if (done && story) done = read_fetches(reader, *story);
  if (done && story) done = read_robots_trouble(reader, *story);
  if (done && story) done = read_login_trouble(reader, *story);
  if (!done) return std::move(done).error();
  return story;
}

}  // namespace crawld::storage
