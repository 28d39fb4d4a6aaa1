// CommitStage: how a batch is written, start-up, and what a reload judged anew.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "crawler/pipeline/commit_stage.h"
#include "crawler/pipeline/list_metadata.h"
#include "crawler/pipeline/rejudge.h"
#include "crawler/pipeline/robots_step.h"

namespace crawld::pipeline {
namespace {

using base::Status;
using model::Verdict;

constexpr std::size_t kRowsAtOnce = 10'000;

}  // namespace

base::WallTime CommitStage::wall_of(base::Instant instant) const {
  return clock_.wall() +
         std::chrono::duration_cast<std::chrono::milliseconds>(instant - clock_.now());
}

Status CommitStage::flush() {
  if (!new_sites_.all.empty()) {
    if (Status entered = store_.set_sites(new_sites_.all, new_sites_.left); !entered) {
      return entered;
    }
    new_sites_ = {};
    sites_changed_ = true;
  }
  queue_.spill(batch_);
  queue_.checkpoint_if_due(batch_, ids_.url);
  snapshot_hosts();
  take_news_of_sites();
  batch_.has_run = true;
  batch_.run = run_update();
  if (Status written = store_.put(batch_); !written) return written;
  if (options_.on_committed) options_.on_committed(batch_);
  receipts_.written();
  queue_.written(batch_);
  batch_ = {};
  fill_.written();
  tell_drops();
  if (sites_changed_) {
    if (Status taken = queue_.take_up_parked(); !taken) return taken;
    if (Status planned = plan_visits(); !planned) return planned;
    if (Status counted = count_foreign_retries(); !counted) return counted;
    due_.plan_anew();  // of them
    sites_changed_ = false;
  }
  if (Status brought = bring_forward(); !brought) return brought;
  if (Status asked = ask_again(); !asked) return asked;
  receipts_.asked(fill_.is_open());
  return queue_.answer_hungry();
}

void CommitStage::take_news_of_sites() {
  for (storage::SiteCoverage& site : rounds_.take_changed()) batch_.coverage.push_back(site);
  const auto table = sites_.table();
  for (const auto& [site, seed] : sites_.take_added()) {
    if (site < table->size()) batch_.moved_seeds.push_back({(*table)[site]->name, seed.href()});
  }
}

Status CommitStage::end_run(const std::string& exit) {
  queue_.spill(batch_);
  snapshot_hosts();
  batch_.has_run = true;
  batch_.run = run_update();
  batch_.run.ended_at = base::to_millis(clock_.wall());
  batch_.run.exit = exit;
  take_news_of_sites();
  tell_drops();
  if (options_.recrawl && finished()) batch_.ends_recrawl = true;
  Status written = store_.put(batch_);
  if (written && options_.on_committed) options_.on_committed(batch_);
  if (written) receipts_.written();
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

namespace {

std::string why_slowed(const frontier::HostSnapshot& host) {
  if (host.broken) {
    return "circuit open after " + std::to_string(host.troubles) + " failures in a row";
  }
  if (host.failures == 0) return {};
  return std::to_string(host.failures) +
         " server errors (5xx) in a row; it rests, and longer each time";
}

}  // namespace

void CommitStage::snapshot_hosts() {
  for (const model::HostId id : hosts_.take_changed()) {
    storage::HostState state = hosts_.get(id);
    if (const auto now = frontier_.host(id)) {
      state.next_allowed = base::to_millis(wall_of(std::max(now->opens_at, clock_.now())));
      state.delay = now->gap;
      state.latency = now->latency;
      state.crawl_delay = now->crawl_delay.value_or(std::chrono::milliseconds(-1));
      state.failures = now->troubles;
      state.backed_off_until = now->broken || now->failures > 0 ? state.next_allowed : 0;
      state.reason = why_slowed(*now);
    }
    batch_.hosts.push_back(std::move(state));
  }
}

// --- start-up and time -----------------------------------------------------------------------

Status CommitStage::load() {
  ids_ = store_.next_ids();
  logins_.take_up_sites();  // before anything waits
  Status hosts = store_.each_host([&](const storage::HostState& state) { hosts_.load(state); });
  if (!hosts) return hosts;
  auto states = store_.count_states();
  if (!states) return std::move(states).error();
  states_.load(*std::move(states));
  // Which of them, only a look tells.
  if (states_.of(Verdict::too_deep) > 0) too_deep_.add_all_below(ids_.url);
  if (Status past = past_pages_.count(store_, *sites_.table(), frontier_); !past) return past;
  auto links = store_.link_rules();
  if (!links) return std::move(links).error();
  link_rules_.load(*links);
  take_up_link_rules();  // before anything that was visited
  if (Status queue = queue_.load(); !queue) return queue;
  auto coverage = store_.coverage();
  if (!coverage) return std::move(coverage).error();
  for (const storage::SiteCoverage& site : *coverage) rounds_.load(site);
  auto moved = store_.moved_seeds();
  if (!moved) return std::move(moved).error();
  SiteBook::SeedsByName seeds;
  for (const storage::MovedSeed& seed : *moved) {
    if (const auto url = model::Url::parse(seed.url)) seeds[seed.site].push_back(*url);
  }
  sites_.restore_seeds(seeds);
  return load_plans();
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
  if (joined_.empty()) return base::Done{};
  if (Status planned = plan_visits(); !planned) return planned;
  due_.plan_anew();
  return base::Done{};
}

// True when the URL must leave the frontier.
bool CommitStage::rejudge(const storage::QueuedUrl& row, const Rejudgement& judged) {
  if (judged.verdict != Verdict::queued) {
    states_.move(row.state, judged.verdict);
    if (judged.verdict == Verdict::too_deep) too_deep_.add(row.id);
    batch_.updates.push_back({.id = row.id, .state = judged.verdict, .reason = judged.reason});
    if (judged.renamed_to) rename(row, *judged.renamed_to);
    return row.state == Verdict::queued;
  }
  const bool foreign = row.site == storage::kNoSite;
  if (judged.site && foreign && row.state == Verdict::retry_later) states_.foreign_retry_joined();
  if (judged.site) {
    batch_.site_moves.push_back({row.id, *judged.site});
    joined_.insert(*judged.site);
  }
  const bool other_queue = judged.site && row.state == Verdict::queued;
  if (!is_refused(row.state) && !(other_queue && row.due_at == 0)) return false;
  // Due at once; take_due() offers it.
  const base::WallTime now = clock_.wall();
  states_.move(row.state, Verdict::retry_later);
  batch_.updates.push_back(
      {.id = row.id, .state = Verdict::retry_later, .due_at = base::to_millis(now)});
  due_.plan(now);
  return row.state == Verdict::queued;
}

// Under its new name it is a URL of its own, and new unless somebody else found it already.
void CommitStage::rename(const storage::QueuedUrl& row, const model::Url& name) {
  const std::uint64_t hash = store_.seen().hash_of(name.href());
  if (store_.seen().find(hash) != 0) return;
  std::string metadata =
      row.with_metadata ? pipeline::metadata_of(store_, batch_, row.id) : std::string();
  std::vector<frontier::Candidate> offers;
  (void)enter({.url = name,
               .purpose = row.purpose,
               .depth = row.depth,
               .redirects = row.redirects,
               .hop = row.hop},
              hash, row.site, row.parent, std::move(metadata), offers);
  if (!offers.empty()) frontier_.offer(std::move(offers));
}

bool CommitStage::finished() const {
  // Of a recrawl: pages that are due and not taken up yet.
  if (options_.recrawl && due_.is_due(clock_.wall())) return false;
  return nothing_waits() && asked_again_.empty();
}

bool CommitStage::nothing_waits() const {
  return frontier_.idle() && !states_.any_retry_is_planned();
}

}  // namespace crawld::pipeline
