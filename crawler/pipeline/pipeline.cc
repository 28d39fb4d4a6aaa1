#include "crawler/pipeline/pipeline.h"

#include <malloc.h>

#include <algorithm>
#include <utility>

#include "crawler/base/log.h"
#include "crawler/pipeline/weight.h"

namespace crawld::pipeline {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kIdleTurn{50};  // how often an idle commit thread looks up
constexpr milliseconds kRetryWrite{1'000};
constexpr milliseconds kAskedWhileWaiting{100};
constexpr std::size_t kHeavyItem = 4U << 20;
constexpr std::chrono::seconds kCheckStore{5};
constexpr std::size_t kParseStack = 512U << 10;
constexpr std::size_t kCommitStack = 1U << 20;
constexpr std::size_t kCommitItems = 1'024;
constexpr std::size_t kCommitBytes = 32U << 20;
constexpr std::size_t kBeyondCommits = 64;  // people's words, where the queue is full of pages

PageQueue::Options for_threads(PageQueue::Options pages, std::uint32_t threads) {
  pages.parse_threads = threads;
  return pages;
}

Pipeline::Options with_dictionaries(Pipeline::Options options, storage::PageStore& store) {
  options.parse.dictionary_of = [&store](model::HostId host) { return store.dictionary_of(host); };
  return options;
}

}  // namespace

Pipeline::Pipeline(Options options, storage::PageStore& store, frontier::LocalFrontier& frontier,
                   SiteBook& sites, const base::Clock& clock, MakeFetcher make_fetcher,
                   MakeParser make_parser)
    : options_(with_dictionaries(std::move(options), store)),
      store_(store),
      frontier_(frontier),
      sites_(sites),
      clock_(clock),
      make_fetcher_(std::move(make_fetcher)),
      make_parser_(std::move(make_parser)),
      commit_(store, frontier, sites, clock, options_.commit),
      pages_(for_threads(options_.pages, options_.parse_workers), clock),
      commits_({.items = kCommitItems, .bytes = kCommitBytes}),
      fetch_activities_(options_.fetch_threads),
      parse_activities_(options_.parse_workers),
      pace_(frontier, sites),
      prune_(store, clock) {}

Pipeline::~Pipeline() {
  draining_ = true;
  frontier_.close();
  for (const auto& fetcher : fetchers_) fetcher->abort();
  for (const auto& parser : parsers_) parser->cut_short();
  pages_.close();
  commits_.close();
  // Before anything that they use goes.
  for (base::Thread& thread : fetch_threads_) thread.join();
  for (base::Thread& thread : parse_threads_) thread.join();
  commit_thread_.join();
}

base::Status Pipeline::start(const NextSeeds& seeds,
                             const std::function<base::Result<Rejudgements>()>& judge) {
  started_ = clock_.now();
  if (base::Status loaded = commit_.load(); !loaded) return loaded;
  if (judge) {
    if (base::Status entered = enter_judged(judge()); !entered) return entered;
  }
  if (base::Status entered = enter_seeds(seeds); !entered) return entered;
  publish();
  pace_.turn(clock_.wall());
  for (std::uint32_t i = 0; i < options_.parse_workers; ++i) {
    parsers_.push_back(make_parser_(i));
    parsers::Parser& parser = *parsers_.back();
    Activity& activity = parse_activities_[i];
    auto thread = base::Thread::start("parse-" + std::to_string(i), kParseStack,
                                      [this, &parser, &activity, i] {
                                        guard("parse", [&] { parse_loop(parser, activity, i); });
                                      });
    if (!thread) return std::move(thread).error();
    parse_threads_.push_back(*std::move(thread));
  }
  auto commit = base::Thread::start("commit", kCommitStack,
                                    [this] { guard("commit", [this] { commit_loop(); }); });
  if (!commit) return std::move(commit).error();
  commit_thread_ = *std::move(commit);
  if (base::Status started = start_fetch_threads(); !started) return started;
  started_all_.store(true);
  return base::Done{};
}

// The last portion is left to the commit thread, which can wait for a disk that is full.
base::Status Pipeline::enter_seeds(const NextSeeds& next) {
  bool more = false;
  for (Injections seeds = next(); !seeds.all.empty(); seeds = next()) {
    if (more) {
      if (base::Status written = commit_.flush(); !written) return written;
    }
    more = true;
    heavy_ = heavy_ || seeds.all.size() * sizeof(Injection) >= kHeavyItem;
    commit_.add(std::move(seeds));
  }
  return base::Done{};
}

base::Status Pipeline::enter_judged(base::Result<Rejudgements> judged) {
  if (!judged) return std::move(judged).error();
  commit_.add(*std::move(judged));
  return commit_.has_rejudgements() ? commit_.rejudge() : base::Done{};
}

// --- loops -----------------------------------------------------------------------------------

// What a stage throws (no memory, a bug) ends the crawl. The queues close, so that nobody
// waits for the stage that is gone; what was not committed stays queued for the next run.
void Pipeline::guard(const char* stage, const std::function<void()>& loop) {
  std::string why;
  try {
    loop();
    return;
  } catch (const std::exception& thrown) {
    why = thrown.what();
  }
  base::log::error("stage.failed", {{"stage", stage}, {"why", why}});
  {
    base::MutexLock lock(mutex_);
    failure_ = {base::Error::Code::io, std::string("the ") + stage + " stage failed: " + why +
                                           "; started again, the crawl goes on where it was"};
    end_ = End::stage_failed;
  }
  frontier_.stop_leasing();
  ended_.notify_all();
  pages_.close();
  commits_.close();
}

void Pipeline::commit_loop() {
  while (!commits_.finished()) commit_turn();
  write_or_hold([this] { return commit_.flush(); });
}

void Pipeline::commit_turn() {
  base::Instant until = clock_.now() + kIdleTurn;
  until = std::min(until, commit_.flush_at().value_or(prune_.next()));
  auto item = commits_.pop_until(until);
  using Writer = PruneTurns::Writer;
  const Writer writer = item || commit_.flush_at() ? Writer::busy : Writer::idle;
  if (item) {
    heavy_ = heavy_ || weight(*item) >= kHeavyItem;
    // What a reload hands in does not find its site closed by a limit of before.
    commit_.check_site_limits(clock_.now());
    commit_.add(*std::move(item));
    counters_.committed.fetch_add(1, std::memory_order_relaxed);
  }
  const base::Instant now = clock_.now();
  const std::size_t behind = commits_.depth().items;
  if (commit_.flush_due(now, behind) || (behind == 0 && frontier_.wants_refill())) {
    const base::Instant started = clock_.now();
    commit_activity_.set("writing a batch", {}, started);
    write_or_hold([this] { return commit_.flush(); });
    latencies_.commit.add(clock_.now() - started);
    commit_activity_.set("waiting", {}, clock_.now());
    publish();
    // A page of 100,000 links leaves as many holes among what stays; the next such page does
    // not fit into all of them.
    if (std::exchange(heavy_, false)) ::malloc_trim(0);
  }
  write_or_hold([this] { return commit_.follow_wall_clock(); });
  if (const auto due = commit_.next_due(); due && *due <= clock_.wall()) {
    write_or_hold([this] { return commit_.take_due(); });
  }
  if (commit_.has_rejudgements()) judge_anew(now);
  pace_.turn(clock_.wall());
  commit_.turn_logins();
  commit_.check_site_limits(now);
  if (now >= next_check_) {
    next_check_ = now + kCheckStore;
    write_or_hold([this] { return store_.check(); });
  }
  if (prune_.due(now, writer)) {
    write_or_hold([this] { return prune_.turn(); });
    base::MutexLock lock(mutex_);
    pruned_ = store_.pruned();
  }
  check_limits();
}

void Pipeline::judge_anew(base::Instant now) {
  commit_activity_.set("judging anew after a reload", {}, now);
  write_or_hold([this] { return commit_.rejudge(); });
  ::malloc_trim(0);  // there may have been one for each known URL
  commit_activity_.set("waiting", {}, clock_.now());
  publish();
  {
    base::MutexLock lock(mutex_);
    judging_ = false;
  }
  judged_.notify_all();
}

// A crawler that cannot remember must not fetch: while the disk refuses a write,
// fetching is held, and the write is tried again. Damage ends the crawl.
void Pipeline::write_or_hold(const std::function<base::Status()>& write) {
  while (true) {
    const base::Status written = write();
    {
      base::MutexLock lock(mutex_);
      last_write_ = written;
    }
    if (written) {
      hold(Hold::store, false);
      return;
    }
    const base::Error& error = written.error();
    const bool hopeless =
        error.code == base::Error::Code::corrupt || error.code == base::Error::Code::invalid ||
        error.code == base::Error::Code::not_found || error.code == base::Error::Code::incompatible;
    const bool told = (holds_.load() & static_cast<std::uint32_t>(Hold::store)) != 0;
    if (!told && end_.load() != End::store_failed) {
      base::log::error("store.failed", {{"why", error.message}});
    }
    hold(Hold::store, true);
    if (hopeless || draining_.load()) {
      {
        base::MutexLock lock(mutex_);
        failure_ = error;
      }
      finish(End::store_failed);
      return;
    }
    base::MutexLock lock(mutex_);
    retry_.wait_until(mutex_, clock_.now() + kRetryWrite);
  }
}

void Pipeline::check_limits() {
  if (end_.load() != End::running) return;
  const RunTotals& totals = commit_.totals();
  if (options_.most_bytes > 0 && totals.bytes >= options_.most_bytes) {
    finish(End::byte_limit);
  } else if (options_.most_errors > 0 && totals.errors >= options_.most_errors) {
    finish(End::error_limit);
  } else if (frontier_.page_limit_reached()) {
    finish(End::page_limit);
  } else if (!options_.recurring && commits_.depth().items == 0 && injecting_.load() == 0) {
    if (commit_.only_lost_logins_wait()) {
      finish(End::login_failed);
    } else if (commit_.finished()) {
      finish(End::nothing_left);
    }
  }
}

void Pipeline::finish(End end) {
  End running = End::running;
  if (!end_.compare_exchange_strong(running, end)) return;
  frontier_.stop_leasing();
  publish();
  ended_.notify_all();
}

void Pipeline::publish() {
  RunTotals totals = commit_.totals();
  totals.coverage_drops = commit_.coverage_drops();
  auto states = commit_.states();
  Logins::Changes changes = commit_.take_login_changes();
  base::MutexLock lock(mutex_);
  for (auto& [site, login] : changes) {
    if (login) {
      logins_[site] = *std::move(login);
    } else {
      logins_.erase(site);
    }
  }
  totals_ = std::move(totals);
  states_ = std::move(states);
  pruned_ = store_.pruned();
}

// --- control ---------------------------------------------------------------------------------

bool Pipeline::inject(Injections injections) {
  injecting_.fetch_add(1);
  const bool taken = commits_.push(std::move(injections), 256);
  injecting_.fetch_sub(1);
  return taken;
}

bool Pipeline::rename_sites(SiteNames names) { return tell(std::move(names)); }

bool Pipeline::tell(CommitItem item) {
  if (std::holds_alternative<Rejudgements>(item)) {
    base::MutexLock lock(mutex_);
    judging_ = true;
  }
  return commits_.push(std::move(item), 256);
}

base::Handed Pipeline::hand(CommitItem& item) {
  return commits_.try_push(std::move(item), 256, kBeyondCommits);
}

bool Pipeline::wait_judged(const std::function<bool()>& go_on) {
  while (go_on()) {
    base::MutexLock lock(mutex_);
    if (judging_) judged_.wait_until(mutex_, clock_.now() + kAskedWhileWaiting);
    if (!judging_) return true;
  }
  return false;
}

bool Pipeline::wait(base::Instant until) {
  base::MutexLock lock(mutex_);
  while (end_.load() == End::running) {
    if (!ended_.wait_until(mutex_, until)) break;
  }
  return end_.load() != End::running;
}

void Pipeline::hold(Hold reason, bool on) {
  const auto bit = static_cast<std::uint32_t>(reason);
  if (on) {
    holds_.fetch_or(bit);
  } else {
    holds_.fetch_and(~bit);
  }
  // Two reasons may come and go at once: the frontier must end up as the bits say.
  bool held = false;
  do {
    held = holds_.load() != 0;
    frontier_.pause(held);
  } while ((holds_.load() != 0) != held);
}

std::optional<base::Error> Pipeline::store_refuses() const {
  if ((holds_.load() & static_cast<std::uint32_t>(Hold::store)) == 0) return std::nullopt;
  base::MutexLock lock(mutex_);
  if (last_write_) return std::nullopt;  // it took something just now
  return last_write_.error();
}

base::Error Pipeline::failure() const {
  base::MutexLock lock(mutex_);
  return failure_;
}

}  // namespace crawld::pipeline
