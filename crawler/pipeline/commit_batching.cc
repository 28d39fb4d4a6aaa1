// CommitStage: when a batch is written, start-up, and what is due.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "crawler/base/log.h"
#include "crawler/pipeline/commit_stage.h"
#include "crawler/pipeline/rejudge.h"
#include "crawler/pipeline/robots_step.h"

namespace crawld::pipeline {
namespace {

using base::Status;
using frontier::Candidate;
using model::Verdict;

constexpr std::size_t kRowsAtOnce = 10'000;
constexpr std::chrono::milliseconds kClockStep{2'000};  // less is drift, or a slow turn

}  // namespace

bool CommitStage::flush_due(base::Instant now, std::size_t behind) const {
  if (!batch_since_) return false;
  const std::size_t pages = batch_.updates.size();
  if (pages >= options_.batch_pages || batch_bytes_ >= options_.batch_bytes) return true;
  if (behind > 0) return now >= *batch_since_ + options_.batch_longest;
  return pages >= options_.batch_worth || now >= *batch_since_ + options_.batch_delay;
}

std::optional<base::Instant> CommitStage::flush_at() const {
  if (!batch_since_) return std::nullopt;
  return *batch_since_ + options_.batch_delay;
}

base::WallTime CommitStage::wall_of(base::Instant instant) const {
  return clock_.wall() +
         std::chrono::duration_cast<std::chrono::milliseconds>(instant - clock_.now());
}

Status CommitStage::flush() {
  if (!new_site_names_.empty()) {
    if (Status entered = store_.set_sites(new_site_names_); !entered) return entered;
    new_site_names_.clear();
    sites_changed_ = true;
  }
  spill_overflow();
  if (checkpoint_due()) checkpoint_queue();
  snapshot_hosts();
  take_news_of_sites();
  batch_.has_run = true;
  batch_.run = run_update();
  if (Status written = store_.put(batch_); !written) return written;
  if (options_.on_committed) options_.on_committed(batch_);
  hand_over_chunks();
  batch_ = {};
  batch_bytes_ = 0;
  batch_since_.reset();
  tell_drops();
  if (Status brought = bring_forward(); !brought) return brought;
  if (sites_changed_) {
    if (Status taken = take_up_parked(); !taken) return taken;
    sites_changed_ = false;
  }
  return answer_hungry();
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
    const bool stale = row.visited_at > 0 && lastmods[row.id] > row.visited_at;
    if (!stale || row.due_at <= base::to_millis(now) || row.state == Verdict::retry_later) continue;
    batch_.updates.push_back(
        {.id = row.id, .state = row.state, .reason = {}, .due_at = base::to_millis(now)});
    next_due_ = now;
    if (!batch_since_) batch_since_ = clock_.now();
  }
  return base::Done{};
}

void CommitStage::take_news_of_sites() {
  for (storage::SiteCoverage& site : rounds_.take_changed()) batch_.coverage.push_back(site);
  const auto table = sites_.table();
  for (const auto& [site, seed] : sites_.take_added()) {
    if (site < table->size()) batch_.moved_seeds.push_back({(*table)[site]->name, seed.href()});
  }
}

Status CommitStage::end_run(const std::string& exit) {
  spill_overflow();
  snapshot_hosts();
  batch_.has_run = true;
  batch_.run = run_update();
  batch_.run.ended_at = base::to_millis(clock_.wall());
  batch_.run.exit = exit;
  take_news_of_sites();
  tell_drops();
  Status written = store_.put(batch_);
  if (written && options_.on_committed) options_.on_committed(batch_);
  return written;
}

storage::RunUpdate CommitStage::run_update() const {
  std::string changes;
  for (const auto& [change, count] : totals_.changes) {
    changes += (changes.empty() ? "{\"" : ",\"") + change + "\":" + std::to_string(count);
  }
  return {.fetches = totals_.fetches,
          .pages = totals_.pages,
          .errors = totals_.errors,
          .bytes = totals_.bytes,
          .coverage_json = coverage_.to_json(),
          .changes_json = changes.empty() ? changes : changes + "}"};
}

void CommitStage::snapshot_hosts() {
  for (const model::HostId id : hosts_.take_changed()) {
    storage::HostState state = hosts_.get(id);
    if (const auto now = frontier_.host(id)) {
      state.next_allowed = base::to_millis(wall_of(std::max(now->opens_at, clock_.now())));
      state.delay = now->gap;
      state.latency = now->latency;
      state.crawl_delay = now->crawl_delay.value_or(std::chrono::milliseconds(-1));
      state.failures = now->troubles;
      state.backed_off_until = now->broken ? state.next_allowed : 0;
      state.reason =
          now->broken ? "circuit open after " + std::to_string(now->troubles) + " failures in a row"
                      : "";
    }
    batch_.hosts.push_back(std::move(state));
  }
}

// --- start-up and time -----------------------------------------------------------------------

Status CommitStage::load() {
  ids_ = store_.next_ids();
  loaded_horizon_ = store_.horizon();
  Status hosts = store_.each_host([&](const storage::HostState& state) { hosts_.load(state); });
  if (!hosts) return hosts;
  auto states = store_.count_states();
  if (!states) return std::move(states).error();
  states_ = *std::move(states);
  if (Status past = count_past_pages(); !past) return past;
  if (Status queue = load_queue(); !queue) return queue;
  auto coverage = store_.coverage();
  if (!coverage) return std::move(coverage).error();
  for (const storage::SiteCoverage& site : *coverage) rounds_.load(site);
  auto moved = store_.moved_seeds();
  if (!moved) return std::move(moved).error();
  for (const storage::MovedSeed& seed : *moved) {
    if (const auto url = model::Url::parse(seed.url)) sites_.restore_seed(seed.site, *url);
  }
  if (options_.recrawl) {
    if (Status made = store_.make_visited_due(base::to_millis(clock_.wall())); !made) return made;
  }
  auto due = store_.next_due(0);
  if (!due) return std::move(due).error();
  if (*due) next_due_ = base::from_millis(**due);
  return base::Done{};
}

// Ids below the horizon that wait again: a chunk remembers them until the next
// checkpoint, while memory already works on them.
void CommitStage::remember(const std::vector<Candidate>& candidates) {
  std::map<model::HostId, std::vector<model::UrlId>> by_host;
  for (const Candidate& one : candidates) by_host[one.host_id].push_back(one.url_id);
  for (auto& [host, ids] : by_host) append_snapshot(host, std::move(ids));
}

Status CommitStage::take_due() {
  const base::WallTime now = clock_.wall();
  if (!next_due_ || *next_due_ > now) return base::Done{};
  if (Status flushed = flush(); !flushed) return flushed;
  auto rows = store_.due(base::to_millis(now), kRowsAtOnce);
  if (!rows) return std::move(rows).error();
  std::vector<Candidate> offers;
  for (const storage::QueuedUrl& row : *rows) {
    if (!takes_revisits() && row.state != Verdict::retry_later) continue;
    auto one = candidate(row);
    if (!one) continue;
    count(row.state, Verdict::queued);
    batch_.updates.push_back({.id = row.id, .state = Verdict::queued, .attempts = row.attempts});
    offers.push_back(*std::move(one));
  }
  const bool more = rows->size() == kRowsAtOnce && !offers.empty();
  remember(offers);
  if (!offers.empty()) frontier_.offer(std::move(offers));
  if (Status flushed = flush(); !flushed) return flushed;
  next_due_.reset();
  if (more) {
    next_due_ = now;
    return base::Done{};
  }
  auto next = store_.next_due(base::to_millis(now));
  if (!next) return std::move(next).error();
  if (*next) next_due_ = base::from_millis(**next);
  return base::Done{};
}

std::chrono::milliseconds CommitStage::wall_ahead() const {
  return std::chrono::milliseconds(base::to_millis(clock_.wall())) -
         std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now().time_since_epoch());
}

// The open batch may hold times by the old clock and by the new one. It is written before the
// clock's way back and after its way forward: whoever is judged wrongly comes early, not a day
// late.
Status CommitStage::follow_wall_clock() {
  const std::chrono::milliseconds step = wall_ahead() - wall_ahead_;
  if (std::chrono::abs(step) < kClockStep) {
    wall_ahead_ += step;
    return base::Done{};
  }
  if (step.count() < 0) {
    if (Status flushed = flush(); !flushed) return flushed;
  }
  if (Status moved = store_.move_due(step.count()); !moved) return moved;
  base::log::warn("clock.set", {{"by_seconds", step.count() / 1'000}, {"plans", "moved along"}});
  wall_ahead_ += step;
  if (next_due_) *next_due_ += step;
  return base::Done{};
}

// What is under way ends as it will; the pages of a URL that left the scope stay stored.
Status CommitStage::rejudge() {
  // A kill in the middle must not look like the end.
  if (!rejudgements_.empty()) batch_.scope = storage::kMixedScope;
  if (Status flushed = flush(); !flushed) return flushed;
  while (!rejudgements_.empty()) {
    const std::size_t from = rejudgements_.size() - std::min(rejudgements_.size(), kRowsAtOnce);
    std::unordered_map<model::UrlId, const Rejudgement*> judged;
    std::vector<model::UrlId> ids;
    for (std::size_t i = from; i < rejudgements_.size(); ++i) {
      judged.emplace(rejudgements_[i].id, &rejudgements_[i]);
      ids.push_back(rejudgements_[i].id);
    }
    const auto rows = store_.urls(ids);
    if (!rows) return rows.error();
    std::unordered_set<model::UrlId> withdrawn;
    for (const storage::QueuedUrl& row : *rows) {
      if (frontier_.is_under_way(row.id)) continue;
      if (rejudge(row, *judged.at(row.id))) withdrawn.insert(row.id);
    }
    frontier_.withdraw(withdrawn);
    rejudgements_.resize(from);
    if (Status flushed = flush(); !flushed) return flushed;
  }
  batch_.scope = judged_by_;
  if (Status flushed = flush(); !flushed) return flushed;
  judged_by_.clear();
  return base::Done{};
}

// True when the URL must leave the frontier.
bool CommitStage::rejudge(const storage::QueuedUrl& row, const Rejudgement& judged) {
  if (judged.verdict != Verdict::queued) {
    count(row.state, judged.verdict);
    batch_.updates.push_back({.id = row.id, .state = judged.verdict, .reason = judged.reason});
    return row.state == Verdict::queued;
  }
  if (judged.site) batch_.site_moves.push_back({row.id, *judged.site});
  const bool other_queue = judged.site && row.state == Verdict::queued;
  if (!is_refused(row.state) && !(other_queue && row.due_at == 0)) return false;
  // Due at once; take_due() offers it.
  const base::WallTime now = clock_.wall();
  count(row.state, Verdict::retry_later);
  batch_.updates.push_back(
      {.id = row.id, .state = Verdict::retry_later, .due_at = base::to_millis(now)});
  next_due_ = std::min(next_due_.value_or(now), now);
  return row.state == Verdict::queued;
}

bool CommitStage::finished() const {
  // Of a recrawl: pages that are due and not taken up yet.
  if (options_.recrawl && next_due_ && *next_due_ <= clock_.wall()) return false;
  const auto retries = states_.find("retry_later");
  return frontier_.idle() && (retries == states_.end() || retries->second == 0);
}

}  // namespace crawld::pipeline
