// When URLs are due: what a recrawl, the daemon's start and a clock that was set change.
#include "storage/sqlite_store.h"

namespace crawld::storage {
namespace {

// What is of today: pages, and refusals that another day may not make. A sitemap too many is none.
#define MAY_BE_VISITED_AGAIN                                                            \
  "(state IN ('done', 'not_modified', 'redirected', 'gone', 'parse_error', 'skipped', " \
  "'failed', 'disallowed') OR (state = 'over_budget' AND ifnull(reason, '') <> 'sitemaps'))"

template <class Bind>
base::Status change(Database& database, const char* sql, Bind bind) {
  return database.each(sql, bind, [](Statement&) {});
}

// Its two-part value: the run that planned last, and by which rhythm.
std::string mark_of(RunId run, const VisitPlan& plan) {
  return std::to_string(run) + " " + plan.rhythm;
}

}  // namespace

template <class Work>
base::Status SqliteStore::in_transaction(Work work) {
  if (auto begun = database_->begin(); !begun) return begun;
  base::Status done = work();
  if (done) return database_->commit();
  database_->rollback();
  return done;
}

base::Status SqliteStore::make_visited_due(Millis now) {
  return in_transaction([&]() -> base::Status {
    auto done = change(*database_,
                       "UPDATE urls SET due_at = ?1 "
                       "WHERE (" MAY_BE_VISITED_AGAIN
                       " OR (state = 'blocked' AND reason = 'blocked_address')) "
                       "AND site_id IN (SELECT id FROM sites WHERE active = 1 AND NOT EXISTS "
                       "(SELECT 1 FROM meta WHERE key = 'recrawl:' || name))",
                       [&](Statement& s) { s.integer(1, now); });
    if (!done) return done;
    return change(*database_,
                  "INSERT OR IGNORE INTO meta (key, value) "
                  "SELECT 'recrawl:' || name, ?1 FROM sites WHERE active = 1",
                  [&](Statement& s) { s.integer(1, now); });
  });
}

base::Status SqliteStore::plan_visits(std::span<const VisitPlan> plans, Millis now) {
  return in_transaction([&]() -> base::Status {
    auto done = database_->execute(
        "CREATE TEMP TABLE site_plans "
        "(site_id INTEGER PRIMARY KEY, beat INTEGER, interval_ms INTEGER, latest INTEGER)");
    bool any = false;
    for (const VisitPlan& plan : plans) {
      if (done) done = enter_plan(plan, any);
    }
    if (done && any) done = plan_entered(now);
    if (done) done = database_->execute("DROP TABLE temp.site_plans");
    return done;
  });
}

// Where the run before planned by the same rhythm, every URL of the site has its time.
base::Status SqliteStore::enter_plan(const VisitPlan& plan, bool& any) {
  const std::int64_t site = sites_.row_of(plan.site);
  std::string before;
  auto done = database_->each(
      "SELECT m.value FROM sites AS s JOIN meta AS m ON m.key = 'planned:' || s.name "
      "WHERE s.id = ?1",
      [&](Statement& s) { s.integer(1, site); }, [&](Statement& s) { before = s.text(0); });
  const std::string mark = mark_of(run_, plan);
  if (!done || (before == mark && !plan.anew)) return done;
  if (plan.anew || before != mark_of(run_ - 1, plan)) {
    any = true;
    done = change(*database_, "INSERT OR REPLACE INTO temp.site_plans VALUES (?1, ?2, ?3, ?4)",
                  [&](Statement& s) {
                    s.integer(1, site).integer(2, plan.beat);
                    s.integer(3, plan.interval.count() * 1'000).integer(4, plan.latest);
                  });
    if (!done) return done;
  }
  return change(*database_,
                "INSERT OR REPLACE INTO meta (key, value) "
                "SELECT 'planned:' || name, ?2 FROM sites WHERE id = ?1",
                [&](Statement& s) { s.integer(1, site).text(2, mark); });
}

base::Status SqliteStore::plan_entered(Millis now) {
  auto done = change(*database_,
                     "UPDATE urls SET due_at = "
                     "(SELECT CASE WHEN p.beat > 0 THEN p.beat ELSE max(?1, ifnull("
                     "(SELECT v.visited_at + ifnull(v.interval_s * 1000, p.interval_ms) "
                     "FROM visits AS v WHERE v.url_id = urls.id), ?1 + p.interval_ms)) END "
                     "FROM temp.site_plans AS p WHERE p.site_id = urls.site_id) "
                     "WHERE due_at IS NULL AND " MAY_BE_VISITED_AGAIN
                     " AND site_id IN (SELECT site_id FROM temp.site_plans)",
                     [&](Statement& s) { s.integer(1, now); });
  if (!done) return done;
  return change(
      *database_,
      "UPDATE urls SET due_at = "
      "(SELECT p.latest FROM temp.site_plans AS p WHERE p.site_id = urls.site_id) "
      "WHERE due_at > (SELECT p.latest FROM temp.site_plans AS p WHERE p.site_id = urls.site_id)",
      [](Statement&) {});
}

base::Status SqliteStore::bring_due(Millis now, Millis retry, Millis visit) {
  const auto last = database_->number(
      "SELECT max(ifnull((SELECT started_at FROM fetches ORDER BY id DESC LIMIT 1), 0), "
      "ifnull((SELECT max(started_at) FROM runs), 0))");
  if (!last) return last.error();
  if (*last <= now) return base::Done{};
  return in_transaction([&] {
    return change(*database_,
                  "UPDATE urls SET due_at = CASE state WHEN 'retry_later' THEN ?1 ELSE ?2 END "
                  "WHERE due_at > ?1 AND (state = 'retry_later' OR due_at > ?2) "
                  "AND site_id IN (SELECT id FROM sites WHERE active = 1)",
                  [&](Statement& s) { s.integer(1, retry).integer(2, visit); });
  });
}

base::Status SqliteStore::move_due(Millis by) {
  return in_transaction([&] {
    return change(*database_,
                  "UPDATE urls SET due_at = max(due_at + ?1, 1) WHERE due_at IS NOT NULL",
                  [&](Statement& s) { s.integer(1, by); });
  });
}

#undef MAY_BE_VISITED_AGAIN

}  // namespace crawld::storage
