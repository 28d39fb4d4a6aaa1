#include "storage/reports/url_walk.h"

namespace crawld::storage {
namespace {

constexpr std::int64_t kSlice = 20'000;  // ids a read

JudgedUrl judged_url(const Statement& s) {
  return {.id = static_cast<model::UrlId>(s.integer(0)),
          .url = s.text(1),
          .site = s.text(2),
          .state = model::verdict_from(s.text(3)).value_or(model::Verdict::queued),
          .reason = s.text(4),
          .depth = static_cast<std::uint32_t>(s.integer(5)),
          .redirects = static_cast<std::uint32_t>(s.integer(9)),
          .is_seed = s.text(6) == "S",
          .is_embedded = s.text(6) == "E",
          .is_target = s.text(6) == "R",
          .is_due = !s.is_null(7),
          .purpose = s.text(8) == "sitemap" ? model::Purpose::sitemap : model::Purpose::page};
}

}  // namespace

base::Status each_judged_url(Database& reader, const std::function<void(const JudgedUrl&)>& visit,
                             const std::function<bool()>& go_on) {
  const auto end = reader.number("SELECT max(id) FROM urls");
  if (!end) return end.error();
  for (std::int64_t first = 1; first <= *end && go_on(); first += kSlice) {
    auto done = reader.each(
        "SELECT u.id, u.url, s.name, u.state, u.reason, u.depth, u.hop, u.due_at, u.purpose, "
        "u.redirects "
        "FROM urls AS u JOIN sites AS s ON s.id = u.site_id WHERE u.id BETWEEN ?1 AND ?2 "
        "AND (u.due_at IS NOT NULL OR u.state IN "
        "('queued', 'retry_later', 'out_of_scope', 'too_deep', 'trapped', 'blocked', "
        "'disallowed', 'over_budget') OR s.active = 0)",
        [&](Statement& s) { s.integer(1, first).integer(2, first + kSlice - 1); },
        [&](Statement& s) { visit(judged_url(s)); });
    if (!done) return done;
  }
  return base::Done{};
}

base::Status each_url_over_limits(Database& reader,
                                  const std::function<void(model::UrlId)>& visit) {
  return reader.each(
      "SELECT id FROM urls WHERE state = 'over_budget' "
      "AND reason IN ('limits.time', 'limits.bytes', 'limits.errors')",
      [](Statement&) {}, [&](Statement& s) { visit(static_cast<model::UrlId>(s.integer(0))); });
}

}  // namespace crawld::storage
