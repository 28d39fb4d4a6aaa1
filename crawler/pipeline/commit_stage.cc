#include "crawler/pipeline/commit_stage.h"

#include "crawler/pipeline/settled_rows.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace crawld::pipeline {
namespace {

using frontier::Candidate;
using model::Verdict;

storage::Millis millis_or_zero(const std::optional<base::WallTime>& time) {
  return time ? base::to_millis(*time) : 0;
}

bool is_error(Verdict verdict) {
  return verdict == Verdict::failed || verdict == Verdict::gone || verdict == Verdict::parse_error;
}

// In seconds, or in hours: how often it failed in a row decides when.
bool is_tried_again(const model::Settled& settled) {
  return settled.verdict == Verdict::retry_later ||
         (settled.verdict == Verdict::failed && settled.due_at.has_value());
}

}  // namespace

CommitStage::CommitStage(storage::PageStore& store, frontier::LocalFrontier& frontier,
                         SiteBook& sites, const base::Clock& clock, Options options)
    : store_(store),
      frontier_(frontier),
      sites_(sites),
      clock_(clock),
      options_(std::move(options)),
      logins_(frontier, sites, clock, options_.recurring,
              [this](const model::Url& url, model::SiteId site) { return host_of(url, site); }),
      queue_(store, frontier, options_.queue,
             [this](const storage::QueuedUrl& row) { return candidate(row); }),
      fill_(options_.batch),
      clock_steps_(clock),
      limits_(clock.now()) {}

void CommitStage::add(CommitItem item) {
  fill_.begin(clock_.now());
  std::visit([this](auto&& one) { book(std::forward<decltype(one)>(one)); }, std::move(item));
}

// --- one settled URL -------------------------------------------------------------------------

void CommitStage::book(model::Settled settled) {
  const model::Lease lease = settled.parsed.fetched.lease;
  keep_hsts(settled.parsed.fetched);
  logins_.judge(settled);
  resolve_loop(settled);
  ++totals_.fetches;
  totals_.bytes += settled.parsed.fetched.timings.bytes_received;
  ++totals_.outcomes[std::string(to_string(settled.verdict))];
  discover(settled);
  note_problem(settled);
  if (settled.verdict == Verdict::retry_later) ++totals_.retries;
  if (settled.verdict == Verdict::redirected) ++totals_.redirects;
  if (settled.verdict == Verdict::not_modified) ++totals_.unchanged;
  if (settled.change != model::Change::none) {
    ++totals_.changes[std::string(to_string(settled.change))];
  }
  if (is_error(settled.verdict)) ++totals_.errors;

  storage::HostState& host = hosts_.change(lease.host_id);
  ++host.fetches;
  host.bytes += settled.parsed.fetched.timings.bytes_received;
  if (is_error(settled.verdict)) ++host.errors;

  limits_.count(settled);
  const auto attempts =
      static_cast<std::uint16_t>(!settled.counts_attempt              ? lease.request.attempt
                                 : is_tried_again(settled)            ? lease.request.attempt + 1
                                 : settled.verdict == Verdict::queued ? lease.request.attempt
                                                                      : 0);
  update(lease, settled.verdict, settled.reason, attempts, settled.due_at);
  if (is_visit(settled.verdict)) visit(settled);
  const storage::PageId page = settled.store_page ? ids_.page++ : 0;
  batch_.fetches.push_back(fetch_row(settled, ids_.fetch++, page));
  fill_.add_bytes(batch_.fetches.back().body.bytes.size());
  const bool aborted = settled.verdict == Verdict::queued;
  const bool stored = page != 0;
  if (stored) {
    ++totals_.pages;
    if (settled.change == model::Change::first_seen) ++host.pages;
    fill_.add_bytes(batch_weight(settled));
    store_page(std::move(settled), page);
  }
  // An aborted URL stays queued for the next run; this one is over for it. Neither memory nor,
  // after a checkpoint, a chunk would name it.
  if (aborted) queue_.park(lease.host_id, lease.url_id);
  frontier_.settled(lease, stored && !aborted);
}

void CommitStage::visit(const model::Settled& settled) {
  const model::Request& request = settled.parsed.fetched.lease.request;
  storage::Visit row = visit_row(settled);
  // It was under way with its condition when the rules changed.
  const model::Response* response = settled.parsed.fetched.response();
  const bool unread = response != nullptr && response->status == 304;
  if (unread && link_rules_.are_newer_than(request.history.visited_at, request.site)) {
    row.validators = {};
  }
  if (settled.reason == kUrlsLeftOut) row.validators = {};
  batch_.visits.push_back(std::move(row));
}

void CommitStage::take_up_link_rules() {
  auto news = link_rules_.change(*sites_.table(), base::to_millis(clock_.wall()));
  std::move(news.begin(), news.end(), std::back_inserter(batch_.link_rules));
}

void CommitStage::keep_hsts(const model::Fetched& fetched) {
  if (fetched.hsts) batch_.hsts_hosts.push_back(*fetched.hsts);
}

void CommitStage::note_problem(const model::Settled& settled) {
  if (settled.reason.empty()) return;
  ++totals_.problems[settled.reason];
  std::vector<Problem>& last = totals_.last_problems;
  if (last.size() == kProblemsKept) last.erase(last.begin());
  last.push_back({.url = settled.parsed.fetched.lease.request.url.href(),
                  .reason = settled.reason,
                  .at = clock_.wall()});
}

void CommitStage::update(const model::Lease& lease, Verdict verdict, const std::string& reason,
                         std::uint16_t attempts, std::optional<base::WallTime> due_at) {
  states_.move(Verdict::queued, verdict);
  batch_.updates.push_back({.id = lease.url_id,
                            .state = verdict,
                            .reason = reason,
                            .attempts = attempts,
                            .due_at = millis_or_zero(due_at)});
  if (due_at) due_.plan(*due_at);
}

void CommitStage::store_page(model::Settled settled, storage::PageId id) {
  cover(settled);
  batch_.pages.push_back(stored_page(std::move(settled), id, *sites_.table()));
}

// --- injections, and what others tell -----------------------------------------------------------

void CommitStage::book(Injections injections) {
  // A long list of seeds costs a crawl that goes on nothing. Decided by what stands before the
  // first of them: what they enter waits, too.
  if (!injections.goes_on) {
    asks_for_failed_ =
        nothing_waits() && states_.of(Verdict::failed) + states_.of(Verdict::disallowed) > 0;
  }
  std::vector<Candidate> offers;
  for (Injection& injection : injections.all) {
    const std::uint64_t hash = store_.seen().hash_of(injection.url.href());
    const model::UrlId known = store_.seen().find(hash);
    if (known != 0) say_anew(known, std::move(injection.metadata));
    if (known == 0) {
      const bool sitemap = injection.purpose == model::Purpose::sitemap;
      enter({.url = injection.url,
             .state = injection.state,
             .reason = injection.reason,
             .purpose = injection.purpose,
             .depth = static_cast<std::uint16_t>(0),
             .hop = sitemap ? 'M' : 'S'},
            hash, injection.site, 0, std::move(injection.metadata), offers);
    } else if (injection.again == AskAgain::yes ||
               (injection.again == AskAgain::where_it_failed && asks_for_failed_)) {
      // Its row may not be on disk yet.
      asked_again_.emplace(known, AskedAgain{injection.site, injection.again});
    }
  }
  receipts_.add(std::move(injections.stored), !asked_again_.empty());
  if (!offers.empty()) frontier_.offer(std::move(offers));
}

void CommitStage::book(SiteNames names) {
  new_sites_ = std::move(names);
  logins_.take_up_sites();
  take_up_link_rules();
}

void CommitStage::book(OrphanNews news) {
  const storage::Millis now = base::to_millis(clock_.wall());
  for (const model::UrlId id : news.orphaned) {
    batch_.orphaned.push_back({.id = ids_.fetch++, .url_id = id, .found_at = now});
  }
  for (const model::UrlId id : news.adopted) {
    batch_.adopted.push_back({.id = ids_.fetch++, .url_id = id, .found_at = now});
  }
  const auto count = [this](model::Change change, std::size_t pages) {
    if (pages > 0) totals_.changes[std::string(to_string(change))] += pages;
  };
  count(model::Change::orphaned, news.orphaned.size());
  count(model::Change::adopted, news.adopted.size());
  batch_.ended_orphans.insert(batch_.ended_orphans.end(), news.ended.begin(), news.ended.end());
}

void CommitStage::book(Rejudgements news) {
  if (rejudgements_.empty()) {
    rejudgements_ = std::move(news.all);
  } else {
    std::move(news.all.begin(), news.all.end(), std::back_inserter(rejudgements_));
  }
  judged_by_ = std::move(news.scope);
}

void CommitStage::book(HookProgress progress) {
  batch_.hook_cursors.push_back({std::move(progress.hook), progress.last_id});
}

void CommitStage::book(PauseNews news) {
  batch_.pauses.push_back(
      {std::move(news.site), news.since ? base::to_millis(*news.since) : storage::Millis{0}});
  receipts_.add(std::move(news.stored), false);
}

}  // namespace crawld::pipeline
