// The fetch threads: their start, and their loop.
#include <future>
#include <utility>

#include "crawler/base/log.h"
#include "crawler/pipeline/fetch_stage.h"
#include "crawler/pipeline/pipeline.h"
#include "crawler/pipeline/weight.h"

namespace crawld::pipeline {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWaitAtMost{1'000};  // how long a thread sleeps at a time
constexpr milliseconds kBodyWaitsAtMost{1'000};
constexpr std::size_t kPlaceStack = 512U << 10;

}  // namespace

base::Status Pipeline::start_fetch_threads() {
  // At a limit of processes, idle threads hold the places of what starts later, a worker for each
  // parse thread and the control socket, so that fetch threads do not take them all.
  std::vector<base::Thread> places;
  std::promise<void> all_started;  // its end is theirs
  const std::shared_future<void> end = all_started.get_future().share();
  for (std::uint32_t i = 0; i <= options_.parse_workers; ++i) {
    auto place = base::Thread::start("place", kPlaceStack, [end] { end.wait(); });
    if (!place) break;  // the first fetch thread fails likewise, and says why
    places.push_back(*std::move(place));
  }
  for (std::uint32_t i = 0; i < options_.fetch_threads; ++i) {
    fetchers_.push_back(make_fetcher_());
    fetch::Fetcher& fetcher = *fetchers_.back();
    // Where a thousand answers come at once, those without a place in the queue wait in the
    // system's buffers, not in our memory; not for long, since their servers wait too.
    fetcher.before_body([this] { pages_.wait_for_place(clock_.now() + kBodyWaitsAtMost); });
    fetcher.on_name_known([this](model::HostId host) { frontier_.name_known(host); });
    fetcher.on_reached([this](std::uint64_t connection) { frontier_.reached(connection); });
    Activity& activity = fetch_activities_[i];
    auto thread = base::Thread::start(
        "fetch-" + std::to_string(i), options_.fetch_stack,
        [this, &fetcher, &activity] { guard("fetch", [&] { fetch_loop(fetcher, activity); }); });
    if (!thread) {
      fetchers_.pop_back();
      if (i == 0) return std::move(thread).error();
      base::log::warn(
          "threads.fewer",
          {{"asked", options_.fetch_threads}, {"running", i}, {"why", thread.error().message}});
      break;
    }
    fetch_threads_.push_back(*std::move(thread));
  }
  return base::Done{};
}

void Pipeline::record(const model::Timings& timings) {
  const auto add = [](base::Histogram& histogram, std::chrono::microseconds time) {
    if (time.count() > 0) histogram.add(time);
  };
  add(latencies_.dns, timings.dns);
  if (!timings.reused_connection) add(latencies_.connect, timings.connect);
  add(latencies_.first_byte, timings.first_byte);
  add(latencies_.transfer, timings.total);
}

void Pipeline::fetch_loop(fetch::Fetcher& fetcher, Activity& activity) {
  FetchStage stage(frontier_, fetcher, sites_, clock_, &activity);
  // A page is asked for where there is room for it, so that few are lost to a kill.
  while (pages_.wait_for_room()) {
    FetchTurn turn = stage.step();
    if (turn.fetched) {
      record(turn.fetched->timings);
      activity.set("handing over", turn.fetched->lease.request.url.href(), clock_.now());
    }
    if (!turn.refusals.empty()) {
      if (!commits_.push(Refusals{std::move(turn.refusals)}, 256)) return;
    }
    if (turn.fetched) {
      counters_.fetched.fetch_add(1, std::memory_order_relaxed);
      const std::size_t bytes = weight(*turn.fetched);
      // A host of large pages gets its next turn when there is room for what it sent, or it
      // could fill all threads with pages that wait.
      if (!pages_.is_large(*turn.fetched, bytes)) stage.release();
      const bool taken = pages_.push(*std::move(turn.fetched), bytes);
      stage.release();
      if (!taken) return;
    }
    activity.set("waiting", {}, clock_.now());
    if (turn.nothing && !frontier_.wait(clock_.now() + kWaitAtMost)) return;
  }
}

}  // namespace crawld::pipeline
