// The workers of `crawld extract`: processes as a crawl has them, each with a thread and a reader
// of the database of its own.
//
// Threads: one gives and takes. Answers come in any order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "crawler/base/bounded_queue.h"
#include "crawler/base/thread.h"
#include "crawler/daemon/rooms.h"
#include "storage/reports/page_walk.h"

namespace crawld::cli {

class ExtractCrew {
 public:
  struct Job {
    storage::WalkedPage page;
    std::shared_ptr<const pipeline::SiteRules> rules;
    bool as_document = false;  // for a program of the system (parse.convert)
  };
  enum class End : std::uint8_t {
    made,
    bodiless,  // nothing was stored to read
    unread     // the parser could not read it
  };
  struct Answer {
    Job job;
    End end = End::made;
    std::vector<model::Record> records;
    storage::PageReading reading;       // what the site asks for, and no more
    storage::DocumentReading document;  // instead, where the job asks for it

    std::size_t bytes() const;  // of what was made
  };

  // Fails where the database cannot be read or the system gives no threads. `rooms` outlives it.
  static base::Result<std::unique_ptr<ExtractCrew>> start(daemon::Rooms& rooms,
                                                          const std::string& database);
  // What was given and not begun is dropped.
  ~ExtractCrew();

  // Never waits.
  void give(Job job);
  // Waits for one of the jobs that were given; fails where no worker can be had, or the
  // database cannot be read. Needs: fewer takes than jobs given.
  base::Result<Answer> take();

 private:
  class Worker;
  using Outcome = base::Result<Answer>;

  ExtractCrew();

  base::BoundedQueue<Job> jobs_;
  base::BoundedQueue<Outcome> answers_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<base::Thread> threads_;
};

}  // namespace crawld::cli
