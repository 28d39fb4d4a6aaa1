// The loop of the parse threads.
#include <algorithm>
#include <utility>

#include "crawler/base/log.h"
#include "crawler/pipeline/pipeline.h"
#include "crawler/pipeline/weight.h"

namespace crawld::pipeline {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRetryWorker{250};

}  // namespace

// What a program of the system reads may last longer than a crawl may take to end: it has until
// `deadline`, and stays queued then.
void Pipeline::cut_short(base::Instant deadline) {
  if (!options_.pages.takes_long) return;
  const auto busy = [this] { return parsing_.load() > 0 || !pages_.finished(); };
  while (busy() && clock_.now() < deadline) {
    base::MutexLock lock(mutex_);
    ended_.wait_until(mutex_, std::min(deadline, clock_.now() + milliseconds(20)));
  }
  for (const auto& parser : parsers_) parser->cut_short();
}

void Pipeline::parse_loop(parsers::Parser& parser, Activity& activity, std::uint32_t number) {
  ParseStage stage(parser, sites_, clock_, options_.parse);
  bool lacking = false;
  std::optional<PageQueue::Page> next;
  while (auto page = next ? std::exchange(next, std::nullopt) : pages_.next(number)) {
    next = pages_.after(*page);
    auto item = read(stage, *std::move(page), next ? &*next : nullptr, activity, lacking);
    if (!item) continue;
    counters_.parsed.fetch_add(1, std::memory_order_relaxed);
    const std::size_t bytes = weight(*item);
    if (!commits_.push(*std::move(item), bytes)) return;
  }
}

// Nothing where the page has to be read later.
std::optional<CommitItem> Pipeline::read(ParseStage& stage, PageQueue::Page page,
                                         const PageQueue::Page* next, Activity& activity,
                                         bool& lacking) {
  parsing_.fetch_add(1, std::memory_order_relaxed);
  const base::Instant started = clock_.now();
  activity.set("parsing", page.fetched.lease.request.url.href(), started);
  CommitItem item =
      stage.step(std::move(page.fetched), page.look, next == nullptr ? nullptr : &next->fetched);
  auto* killer = page.look == Look::first ? killed_its_reader(item) : nullptr;
  const bool later = killer && pages_.look_again(*killer);
  if (killer && !later) item = stage.step(model::Fetched(std::move(*killer)), Look::second);
  latencies_.parse.add(clock_.now() - started);
  activity.set("waiting", {}, clock_.now());
  parsing_.fetch_sub(1, std::memory_order_relaxed);
  if (later) return std::nullopt;
  const auto back = unread(item);
  // At the end of a crawl what was cut short comes back, too.
  if (!draining_.load()) count_worker(lacking, back ? back->why : "");
  if (back && put_back(back->fetched, page.look)) {
    wait_for_worker();
    return std::nullopt;
  }
  return item;
}

// For another worker, or a later try. Not at the end of the crawl: the URL stays queued then.
bool Pipeline::put_back(model::Fetched& fetched, Look look) {
  return !draining_.load() && pages_.put_back(fetched, look, clock_.now() + kRetryWorker);
}

void Pipeline::wait_for_worker() {
  base::MutexLock lock(mutex_);
  if (!draining_.load()) retry_.wait_until(mutex_, clock_.now() + kRetryWorker);
}

// `why` this thread's worker cannot be started; empty: it can. With the last one gone fetching
// is held: what cannot be parsed need not be fetched.
void Pipeline::count_worker(bool& lacking, const std::string& why) {
  if (lacking == !why.empty()) return;
  lacking = !why.empty();
  const std::uint32_t missing = lacking ? lacking_.fetch_add(1) + 1 : lacking_.fetch_sub(1) - 1;
  if (lacking) {
    base::MutexLock lock(mutex_);
    no_worker_ = why;
  }
  base::log::warn(lacking ? "parse.no_worker" : "parse.worker_back",
                  {{"missing", missing}, {"of", options_.parse_workers}, {"why", why}});
  // As in hold(): two threads may come here at once, and the last word must be true.
  bool none_left = false;
  do {
    none_left = lacking_.load() >= options_.parse_workers;
    hold(Hold::worker, none_left);
  } while ((lacking_.load() >= options_.parse_workers) != none_left);
}

}  // namespace crawld::pipeline
