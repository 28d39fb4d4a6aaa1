// The end of a crawl: the doors close in the order in which data walks.
#include "crawler/pipeline/pipeline.h"

#include <algorithm>
#include <utility>

namespace crawld::pipeline {

using std::chrono::milliseconds;

namespace {

// Of the grace, to put away what came: with every slot stalled a tenth of a second on a disk at
// rest.
milliseconds kept_for_storing(milliseconds grace) {
  return std::min(grace / 10, milliseconds(500));
}

}  // namespace

base::Status Pipeline::drain(milliseconds grace, const std::string& exit) {
  const base::Instant deadline = clock_.now() + grace - kept_for_storing(grace);
  draining_ = true;
  retry_.notify_all();
  frontier_.close();
  while (frontier_.counts().in_flight > 0 && clock_.now() < deadline) {
    base::MutexLock lock(mutex_);
    ended_.wait_until(mutex_, std::min(deadline, clock_.now() + milliseconds(20)));
  }
  for (const auto& fetcher : fetchers_) fetcher->abort();
  for (base::Thread& thread : fetch_threads_) thread.join();
  pages_.close();
  cut_short(deadline);
  for (base::Thread& thread : parse_threads_) thread.join();
  commits_.close();
  commit_thread_.join();
  publish();
  if (end_.load() == End::store_failed || end_.load() == End::stage_failed) return failure();
  if (options_.last_look && end_.load() == End::nothing_left) {
    if (auto item = options_.last_look()) commit_.add(*std::move(item));
    publish();
  }
  base::Status ended = commit_.end_run(exit);
  // It took along what a flush at the very end could not write.
  if (ended) hold(Hold::store, false);
  // A file that was moved away since the last look took along what is told as stored.
  if (ended) ended = store_.check();
  return ended;
}

base::Status Pipeline::prune(const std::function<bool()>& stop) {
  base::Status done = prune_.finish(stop);
  publish();
  return done;
}

}  // namespace crawld::pipeline
