// The loop of the parse threads.
#include <utility>

#include "crawler/base/log.h"
#include "crawler/pipeline/pipeline.h"
#include "crawler/pipeline/weight.h"

namespace crawld::pipeline {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRetryWorker{250};
constexpr milliseconds kIdleParser{60'000};  // how long one waits without looking up

}  // namespace

void Pipeline::parse_loop(parsers::Parser& parser, Activity& activity) {
  ParseStage stage(parser, sites_, clock_, options_.parse);
  bool lacking = false;
  while (auto page = next_page()) {
    auto item = read(stage, *std::move(page), activity, lacking);
    if (!item) continue;
    counters_.parsed.fetch_add(1, std::memory_order_relaxed);
    const std::size_t bytes = weight(*item);
    if (!commits_.push(*std::move(item), bytes)) return;
  }
}

// Nothing at the end. Pages put aside do not wait for their time then; the thread that puts one
// aside comes here once more, so none is left behind.
std::optional<Pipeline::Page> Pipeline::next_page() {
  while (true) {
    const bool ending = fetched_.finished();
    if (auto page = second_looks_.take(ending ? base::Instant::max() : clock_.now())) {
      return Page{*std::move(page), Look::second};
    }
    if (ending) return std::nullopt;
    const base::Instant until = second_looks_.next_due().value_or(clock_.now() + kIdleParser);
    if (auto page = fetched_.pop_until(until)) return Page{*std::move(page), Look::first};
  }
}

// Nothing where the page has to be read later.
std::optional<CommitItem> Pipeline::read(ParseStage& stage, Page page, Activity& activity,
                                         bool& lacking) {
  parsing_.fetch_add(1, std::memory_order_relaxed);
  const base::Instant started = clock_.now();
  activity.set("parsing", page.fetched.lease.request.url.href(), started);
  CommitItem item = stage.step(std::move(page.fetched), page.look);
  auto* killer = page.look == Look::first ? killed_its_reader(item) : nullptr;
  const bool later = killer && second_looks_.put(*killer, clock_.now() + options_.second_look);
  if (killer && !later) item = stage.step(model::Fetched(std::move(*killer)), Look::second);
  latencies_.parse.add(clock_.now() - started);
  activity.set("waiting", {}, clock_.now());
  parsing_.fetch_sub(1, std::memory_order_relaxed);
  if (later) return std::nullopt;
  const auto back = unread(item);
  count_worker(lacking, back ? back->why : "");
  if (back && put_back(back->fetched, page.look)) {
    wait_for_worker();
    return std::nullopt;
  }
  return item;
}

// For another worker, or a later try. Not at the end of the crawl: the URL stays queued then.
bool Pipeline::put_back(model::Fetched& fetched, Look look) {
  if (draining_.load()) return false;
  if (look == Look::second) return second_looks_.put(fetched, clock_.now() + kRetryWorker);
  const std::size_t bytes = weight(fetched);
  return fetched_.put_back(std::move(fetched), bytes);
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
