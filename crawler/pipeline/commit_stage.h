// The write side: settled URLs in, one transaction a batch out.
//
// One thread owns it. add() does the books in memory at once (ids, the seen index,
// new URLs to the frontier), so that a link found is a link that can be fetched;
// flush() makes them durable. What was fetched but not flushed is fetched again
// after a crash, and nothing else is.
//
// A batch that the disk refuses stays as it is and is put again; meanwhile the
// caller adds nothing, so the queue before this stage fills and fetching stops.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/result.h"
#include "crawler/frontier/local_frontier.h"
#include "crawler/pipeline/batch_fill.h"
#include "crawler/pipeline/clock_steps.h"
#include "crawler/pipeline/commit_item.h"
#include "crawler/pipeline/coverage_rounds.h"
#include "crawler/pipeline/due_walk.h"
#include "crawler/pipeline/host_book.h"
#include "crawler/pipeline/link_rules.h"
#include "crawler/pipeline/logins.h"
#include "crawler/pipeline/past_pages.h"
#include "crawler/pipeline/queue_book.h"
#include "crawler/pipeline/run_totals.h"
#include "crawler/pipeline/site_limits.h"
#include "crawler/pipeline/site_rules.h"
#include "crawler/pipeline/sitemap_bounds.h"
#include "crawler/pipeline/state_counts.h"
#include "crawler/pipeline/url_marks.h"
#include "storage/page_store.h"

namespace crawld::pipeline {

class CommitStage {
 public:
  struct Options {
    BatchLimits batch;
    QueueBook::Options queue;
    std::string robots_agent = "crawld";  // our product token
    bool recurring = false;               // take up planned revisits, not only retries
    bool recrawl = false;                 // every page known at the start is due at once
    // Called after a batch is durable, with what it held; for -o and the change hooks.
    std::function<void(const storage::CommitBatch&)> on_committed;
  };

  CommitStage(storage::PageStore& store, frontier::LocalFrontier& frontier, SiteBook& sites,
              const base::Clock& clock, Options options);

  // Takes up where the database stands. Call once, before any other.
  base::Status load();

  void add(CommitItem item);

  // The batch is worth a write, old or full. `behind`: items that wait to be added.
  bool flush_due(base::Instant now, std::size_t behind) const {
    return fill_.is_due(now, batch_.updates.size(), behind);
  }
  // When flush_due() becomes true by age with nothing behind; nothing while the batch is empty.
  std::optional<base::Instant> flush_at() const { return fill_.due_at(); }
  // Writes the batch. On an error the batch is kept for another try.
  base::Status flush();

  // Retries and revisits whose time has come go back to the frontier. Flushes first.
  base::Status take_due();
  std::optional<base::WallTime> next_due() const { return due_.next(); }

  // When the wall clock was set, what is planned keeps its distance from now; when the machine
  // slept, it keeps its moment. To be called each turn: a step between two calls is told from a
  // clock that drifts.
  base::Status follow_wall_clock();

  // Enters what a start or reload judged anew, as far as it still waits. Flushes first.
  base::Status rejudge();
  bool has_rejudgements() const { return !rejudgements_.empty() || !judged_by_.empty(); }

  // Closes and opens sites by their limits.
  void check_site_limits(base::Instant now) { limits_.enforce(sites_.table(), frontier_, now); }

  // Logs sites in whose URLs wait for it. To be called each turn.
  void turn_logins() { logins_.turn(); }
  const Logins& logins() const { return logins_; }
  Logins::Changes take_login_changes() { return logins_.take_changes(); }
  // All that waits are URLs of sites whose login was given up; no retry is planned.
  bool only_lost_logins_wait() const;

  // Nothing waits, nothing is under way, no retry is planned.
  bool finished() const;

  // The last batch of a run: how it ended.
  base::Status end_run(const std::string& exit);

  const RunTotals& totals() const { return totals_; }
  // "rule.field: 98 % to 3 % (site)", against the round before.
  std::vector<std::string> coverage_drops() const { return rounds_.drops(); }
  const StateCounts::ByName& states() const { return states_.all(); }

 private:
  void book(model::Settled settled);
  void book(RobotsReply reply);
  void book(const LoginReply& reply);
  void refuse_login(const frontier::Refusal& refusal);
  void book(const Refusals& refusals);
  void book(Injections injections);
  void book(SiteNames names);
  void book(OrphanNews news);
  void book(HookProgress progress);
  void book(PauseNews news);
  void book(Rejudgements news);

  void keep_hsts(const model::Fetched& fetched);
  void keep_robots(RobotsReply reply);
  void resolve_loop(model::Settled& settled);
  bool is_on_the_way(model::UrlId id, model::UrlId parent, std::uint16_t redirects);
  void ask_once_more(model::UrlId id);
  std::chrono::milliseconds longer_refusal(const storage::HostState& before,
                                           model::SiteId site) const;
  void note_problem(const model::Settled& settled);
  void visit(const model::Settled& settled);
  void take_up_link_rules();
  // Says in `settled` where a sitemap named more than is entered.
  void discover(model::Settled& settled);
  // False: it is not entered, since sitemaps named too much that is refused.
  bool enter(const model::Discovered& found, std::uint64_t hash, model::SiteId site,
             model::UrlId parent, std::string metadata, std::vector<frontier::Candidate>& offers);
  struct Again {
    const model::Discovered& found;
    model::UrlId id = 0;
    model::SiteId site = 0;
  };
  void admit_nearer(const std::vector<Again>& known, model::UrlId parent,
                    std::vector<frontier::Candidate>& offers);
  std::optional<storage::QueuedUrl> row_of(model::UrlId id);
  std::string metadata_of(const model::Lease& lease);
  void say_anew(model::UrlId known, std::string metadata);
  // The id of its host, new or known; 0: it has none. The frontier knows the host afterwards.
  model::HostId host_of(const model::Url& url, model::SiteId site);
  // As above; the frontier need not know it.
  model::HostId booked_host(const model::Url& url);
  void update(const model::Lease& lease, model::Verdict verdict, const std::string& reason,
              std::uint16_t attempts, std::optional<base::WallTime> due_at);
  void store_page(model::Settled settled, storage::PageId id);
  void cover(const model::Settled& settled);
  void tell_drops();
  bool nothing_waits() const;  // of the sites in this run

  bool rejudge(const storage::QueuedUrl& row, const Rejudgement& judged);
  void rename(const storage::QueuedUrl& row, const model::Url& name);
  storage::RunUpdate run_update() const;
  void snapshot_hosts();
  void take_news_of_sites();
  base::Status bring_forward();
  base::Status ask_again();
  struct AskedAgain {
    model::SiteId site = 0;
    AskAgain again = AskAgain::no;
  };
  base::Status ask_again(const std::map<model::UrlId, AskedAgain>& wanted);
  base::Status count_foreign_retries();
  base::Status load_plans();
  base::Status bring_due();
  base::Status plan_visits();
  void ensure_host(model::HostId id, model::SiteId site);
  bool takes_revisits() const { return options_.recurring || options_.recrawl; }
  std::optional<frontier::Candidate> candidate(const storage::QueuedUrl& row);
  base::WallTime wall_of(base::Instant instant) const;
  void follow_sleep();

  storage::PageStore& store_;
  frontier::LocalFrontier& frontier_;
  SiteBook& sites_;
  const base::Clock& clock_;
  const Options options_;

  HostBook hosts_;
  Logins logins_;
  QueueBook queue_;
  storage::NextIds ids_;
  storage::CommitBatch batch_;
  BatchFill fill_;                  // of `batch_`
  std::set<model::SiteId> joined_;  // sites that URLs were moved to, and not planned yet
  bool sites_changed_ = false;      // by a reload, not taken up yet
  DueWalk due_;
  ClockSteps clock_steps_;
  StateCounts states_;
  PastPages past_pages_;
  TooDeepUrls too_deep_;
  AskedOnceMore asked_once_more_;
  SiteLimits limits_;                     // of this run
  std::deque<Rejudgement> rejudgements_;  // not entered yet
  std::string judged_by_;                 // the scope of them; empty: told already
  RunTotals totals_;
  Coverage coverage_;  // of all sites since the start
  CoverageRounds rounds_;
  Receipts receipts_;
  bool asks_for_failed_ = false;  // of the list of seeds that is being entered
  LinkRules link_rules_;
  SitemapBounds sitemap_bounds_;
  std::vector<std::pair<model::UrlId, std::int64_t>> news_;  // known URLs and their lastmod
  std::map<model::UrlId, AskedAgain> asked_again_;           // known URLs
  // A list said something of a known URL: those that wait know nothing of it.
  bool said_anew_ = false;
  SiteNames new_sites_;  // to be entered before the next batch; empty: none
};

}  // namespace crawld::pipeline
