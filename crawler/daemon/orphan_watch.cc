#include "crawler/daemon/orphan_watch.h"

#include "crawler/base/log.h"
#include "crawler/pipeline/orphans.h"

namespace crawld::daemon {
namespace {

constexpr std::size_t kStack = 512U << 10;

}  // namespace

base::Result<std::unique_ptr<OrphanWatch>> OrphanWatch::open(const std::string& database,
                                                             const pipeline::SiteBook& sites,
                                                             pipeline::Pipeline& pipeline,
                                                             std::chrono::seconds every) {
  auto reader = storage::Database::open_reader(database);
  if (!reader) return std::move(reader).error();
  std::unique_ptr<OrphanWatch> watch(new OrphanWatch(*std::move(reader), sites, pipeline, every));
  auto thread = base::Thread::start("orphans", kStack, [raw = watch.get()] { raw->run(); });
  if (!thread) return std::move(thread).error();
  watch->thread_ = *std::move(thread);
  return watch;
}

OrphanWatch::~OrphanWatch() {
  {
    base::MutexLock lock(mutex_);
    ending_ = true;
  }
  woken_.notify_all();
  thread_.join();
}

void OrphanWatch::run() {
  while (sleep()) look();
}

// False at the end.
bool OrphanWatch::sleep() {
  const base::Instant until = std::chrono::steady_clock::now() + every_;
  base::MutexLock lock(mutex_);
  while (!ending_ && woken_.wait_until(mutex_, until)) {
  }
  return !ending_;
}

void OrphanWatch::look() {
  const base::Instant started = std::chrono::steady_clock::now();
  auto news = pipeline::find_orphans(*reader_, *sites_.table(), ++looks_);
  if (!news) {
    base::log::warn("orphans.failed", {{"why", news.error().message}});
    return;
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - started);
  base::log::info("orphans.looked", {{"orphaned", news->orphaned.size()},
                                     {"adopted", news->adopted.size()},
                                     {"ms", took.count()}});
  if (!news->empty()) pipeline_.tell(*std::move(news));
}

}  // namespace crawld::daemon
