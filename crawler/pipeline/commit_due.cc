// CommitStage: retries, revisits, and what somebody asks for once more.
#include <algorithm>
#include <utility>

#include "crawler/base/log.h"
#include "crawler/pipeline/commit_stage.h"

namespace crawld::pipeline {
namespace {

using base::Status;
using frontier::Candidate;
using model::Verdict;

constexpr std::size_t kRowsAtOnce = 10'000;
// A date that lies further ahead than zones and clocks differ tells nothing: with every look at the
// sitemap the page would have changed since its last visit.
constexpr std::chrono::hours kMostAhead{24};

std::chrono::milliseconds longest_retry(const SiteRules& site) {
  const policy::SettlePolicy& settle = site.settle;
  const std::chrono::milliseconds last =
      settle.retry_delay * (1LL << std::min<unsigned>(settle.retries, 16));
  return std::max(longest_wait(site.config), last);
}

// A host may ask for as much time as a page without news is given.
base::WallTime latest_visit(const policy::SettlePolicy& settle, base::WallTime now) {
  const base::WallTime at = now + std::max(settle.default_interval, settle.max_interval);
  return settle.schedule.continuous() ? at : std::max(at, settle.schedule.next(now));
}

storage::VisitPlan plan_of(model::SiteId id, const SiteRules& site, base::WallTime now) {
  const policy::SettlePolicy& settle = site.settle;
  storage::VisitPlan plan{.site = id, .interval = settle.default_interval};
  if (!settle.schedule.continuous()) {
    const base::WallTime beat = settle.schedule.next(now);
    plan.rhythm = site.config.schedule;
    plan.beat = base::to_millis(beat);
    plan.latest = plan.beat;
    return plan;
  }
  const auto longest = settle.adaptive ? settle.max_interval : settle.default_interval;
  plan.rhythm = "within " + std::to_string(longest.count()) + " s";
  plan.latest = base::to_millis(now + longest);
  return plan;
}

bool has_failed(Verdict state) { return state == Verdict::failed || state == Verdict::disallowed; }

}  // namespace

Status CommitStage::load_plans() {
  const base::WallTime now = clock_.wall();
  // A recrawl that was cut off goes on, but not behind a run of another kind.
  batch_.ends_recrawl = !options_.recrawl;
  if (options_.recrawl) {
    if (Status made = store_.make_visited_due(base::to_millis(now)); !made) return made;
  }
  if (Status planned = plan_visits(); !planned) return planned;
  if (Status brought = bring_due(); !brought) return brought;
  const auto due = store_.next_due(0);
  if (!due) return due.error();
  due_.went({}, *due);
  return count_foreign_retries();
}

// Where the wall clock was put back between two runs, what was planned would come too late.
Status CommitStage::bring_due() {
  const base::WallTime now = clock_.wall();
  base::WallTime visit = now;
  std::chrono::milliseconds retry{0};
  for (const auto& site : *sites_.table()) {
    retry = std::max(retry, longest_retry(*site));
    visit = std::max(visit, latest_visit(site->settle, now));
  }
  return store_.bring_due(base::to_millis(now), base::to_millis(now + retry),
                          base::to_millis(visit));
}

// A daemon's; what other runs have left to it too.
Status CommitStage::plan_visits() {
  if (!options_.recurring) return base::Done{};
  const base::WallTime now = clock_.wall();
  std::vector<storage::VisitPlan> plans;
  const auto table = sites_.table();
  for (model::SiteId id = 0; id < table->size(); ++id) {
    plans.push_back(plan_of(id, *(*table)[id], now));
    plans.back().anew = joined_.contains(id);
  }
  Status planned = store_.plan_visits(plans, base::to_millis(now));
  if (planned) joined_.clear();
  return planned;
}

// A sitemap says that pages changed after our last visit: they are due now.
Status CommitStage::bring_forward() {
  if (news_.empty()) return base::Done{};
  std::vector<model::UrlId> ids;
  for (const auto& [id, lastmod] : news_) ids.push_back(id);
  std::map<model::UrlId, std::int64_t> lastmods(news_.begin(), news_.end());
  news_.clear();
  auto rows = store_.urls(ids);
  if (!rows) return std::move(rows).error();
  const base::WallTime now = clock_.wall();
  for (const storage::QueuedUrl& row : *rows) {
    const std::int64_t lastmod = lastmods[row.id];
    const bool told = lastmod <= base::to_millis(now + kMostAhead);
    const bool stale = told && row.visited_at > 0 && lastmod > row.visited_at;
    if (!stale || row.due_at <= base::to_millis(now) || row.state == Verdict::retry_later) continue;
    batch_.updates.push_back(
        {.id = row.id, .state = row.state, .reason = {}, .due_at = base::to_millis(now)});
    due_.plan(now);
    fill_.begin(clock_.now());
  }
  return base::Done{};
}

Status CommitStage::take_due() {
  const base::WallTime now = clock_.wall();
  if (!due_.is_due(now)) return base::Done{};
  if (Status flushed = flush(); !flushed) return flushed;
  if (fill_.is_open()) {  // what that flush asked for
    if (Status flushed = flush(); !flushed) return flushed;
  }
  auto rows = store_.due(base::to_millis(now), kRowsAtOnce, due_.taken_up_to());
  if (!rows) return std::move(rows).error();
  std::optional<storage::Millis> next = base::to_millis(now);
  if (rows->size() < kRowsAtOnce) {
    auto later = store_.next_due(base::to_millis(now));
    if (!later) return std::move(later).error();
    next = *later;
  }
  std::vector<Candidate> offers;
  for (const storage::QueuedUrl& row : *rows) {
    if (!takes_revisits() && row.state != Verdict::retry_later) continue;
    auto one = candidate(row);
    if (!one) continue;
    states_.move(row.state, Verdict::queued);
    batch_.updates.push_back({.id = row.id, .state = Verdict::queued, .attempts = row.attempts});
    (void)queue_.takes_up(row.id);  // and no chunk of old brings it, too
    offers.push_back(*std::move(one));
  }
  std::optional<storage::DueCursor> last;
  if (!rows->empty()) last = {.at = rows->back().due_at, .id = rows->back().id};
  due_.went(last, next);
  if (offers.empty()) return base::Done{};
  fill_.begin(clock_.now());
  queue_.remember(offers, batch_);
  frontier_.offer(std::move(offers));
  return flush();
}

// What was asked for once more. What waits or is under way comes anyhow.
Status CommitStage::ask_again() {
  while (!asked_again_.empty()) {
    const auto end =
        std::next(asked_again_.begin(),
                  static_cast<std::ptrdiff_t>(std::min(kRowsAtOnce, asked_again_.size())));
    if (Status asked = ask_again({asked_again_.begin(), end}); !asked) return asked;
    asked_again_.erase(asked_again_.begin(), end);
  }
  return base::Done{};
}

Status CommitStage::ask_again(const std::map<model::UrlId, AskedAgain>& wanted) {
  std::vector<model::UrlId> ids;
  ids.reserve(wanted.size());
  for (const auto& [id, asked] : wanted) ids.push_back(id);
  const auto rows = store_.urls(ids);
  if (!rows) return rows.error();
  const base::WallTime now = clock_.wall();
  for (const storage::QueuedUrl& row : *rows) {
    const AskedAgain& asked = wanted.at(row.id);
    if (asked.again == AskAgain::where_it_failed && !has_failed(row.state)) continue;
    const bool foreign = row.site == storage::kNoSite;
    const bool waits = row.state == Verdict::queued && !foreign;
    if (waits || frontier_.is_under_way(row.id)) continue;
    if (foreign) batch_.site_moves.push_back({row.id, asked.site});
    if (foreign && row.state == Verdict::queued) queue_.unpark(row.host, row.id);
    if (foreign && row.state == Verdict::retry_later) states_.foreign_retry_joined();
    states_.move(row.state, Verdict::retry_later);
    batch_.updates.push_back(
        {.id = row.id, .state = Verdict::retry_later, .due_at = base::to_millis(now)});
    due_.plan(now);
    fill_.begin(clock_.now());
  }
  return base::Done{};
}

Status CommitStage::count_foreign_retries() {
  const auto states = store_.count_states();
  if (!states) return states.error();
  const auto sites = store_.count_sites();
  if (!sites) return sites.error();
  const auto all = states->find("retry_later");
  std::uint64_t foreign = all == states->end() ? 0 : all->second;
  for (const storage::SiteCounts& site : *sites) foreign -= std::min(foreign, site.retries);
  states_.set_foreign_retries(foreign);
  return base::Done{};
}

// What fell due meanwhile is due, what was known of robots.txt is older than it looks, and a host
// has rested longer.
void CommitStage::follow_sleep() {
  const ClockSteps::Sleep sleep = clock_steps_.take_sleep();
  const base::Duration slept = sleep.time;
  if (slept == base::Duration{}) return;
  frontier_.slept(slept, sleep.fell_asleep_after);
  base::log::info("clock.slept",
                  {{"seconds", std::chrono::duration_cast<std::chrono::seconds>(slept).count()}});
}

// The open batch may hold times by the old clock and by the new one. It is written before the
// clock's way back and after its way forward: whoever is judged wrongly comes early, not a day
// late.
Status CommitStage::follow_wall_clock() {
  follow_sleep();
  const std::chrono::milliseconds step = clock_steps_.step();
  if (step.count() == 0) return base::Done{};
  if (step.count() < 0) {
    if (Status flushed = flush(); !flushed) return flushed;
  }
  if (Status moved = store_.move_due(step.count()); !moved) return moved;
  base::log::warn("clock.set", {{"by_seconds", step.count() / 1'000}, {"plans", "moved along"}});
  clock_steps_.take(step);
  due_.move(step);
  return base::Done{};
}

}  // namespace crawld::pipeline
