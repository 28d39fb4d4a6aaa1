// Looks for orphans now and then while the daemon runs (pipeline/orphans.h).
//
// A thread of its own with a reader of its own. Threads: one for open and close.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "crawler/base/mutex.h"
#include "crawler/base/result.h"
#include "crawler/base/thread.h"
#include "crawler/pipeline/pipeline.h"
#include "crawler/pipeline/site_rules.h"
#include "storage/database.h"

namespace crawld::daemon {

class OrphanWatch {
 public:
  // The first look comes after `every`, too. All references outlive the watch.
  static base::Result<std::unique_ptr<OrphanWatch>> open(const std::string& database,
                                                         const pipeline::SiteBook& sites,
                                                         pipeline::Pipeline& pipeline,
                                                         std::chrono::seconds every);
  // Waits for a look under way.
  ~OrphanWatch();
  OrphanWatch(const OrphanWatch&) = delete;
  OrphanWatch& operator=(const OrphanWatch&) = delete;

 private:
  OrphanWatch(std::unique_ptr<storage::Database> reader, const pipeline::SiteBook& sites,
              pipeline::Pipeline& pipeline, std::chrono::seconds every)
      : reader_(std::move(reader)), sites_(sites), pipeline_(pipeline), every_(every) {}

  void run();
  bool sleep() CRAWL_EXCLUDES(mutex_);
  void look();

  const std::unique_ptr<storage::Database> reader_;  // the thread's
  const pipeline::SiteBook& sites_;
  pipeline::Pipeline& pipeline_;
  const std::chrono::seconds every_;
  std::uint64_t looks_ = 0;

  base::Mutex mutex_;
  base::CondVar woken_;
  bool ending_ CRAWL_GUARDED_BY(mutex_) = false;
  base::Thread thread_;
};

}  // namespace crawld::daemon
