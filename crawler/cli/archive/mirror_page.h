// One page of a mirror as it stands on disk: its stored body, with links that lead from file to
// file. Foreign pages are read in a sandboxed worker only.
//
// Threads: one.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "config/config.h"
#include "crawler/base/result.h"
#include "crawler/cli/archive/mirror_plan.h"
#include "parsers/worker/worker_process.h"
#include "storage/bodies/body_reader.h"
#include "storage/database.h"

namespace crawld::cli {

class MirrorPageMaker {
 public:
  struct Page {
    std::string body;
    std::int64_t modified = 0;  // ms since the epoch: Last-Modified, else when it was fetched
    std::uint64_t local = 0;    // links that lead to files
    std::uint64_t on_web = 0;
    bool unread = false;    // its links are as they were: the parser could not read it
    bool bodiless = false;  // the stored body is damaged or gone
  };

  // Proves the sandbox, unless `config` does without. The others outlive the maker.
  static base::Result<std::unique_ptr<MirrorPageMaker>> open(const config::Config& config,
                                                             storage::Database& reader,
                                                             MirrorPlan& plan);

  // Errors: those of the database, and io where no worker can be had.
  base::Result<Page> make(const storage::MirrorBook::Entry& entry);

  // The relative URL from one file to what shows `url`, with its fragment; empty where no file
  // does.
  base::Result<std::string> reference(std::string_view from, const std::string& url);

 private:
  MirrorPageMaker(const config::Config& config, storage::Database& reader, MirrorPlan& plan)
      : timeout_(config.parse_timeout), bodies_(reader), plan_(plan) {}

  base::Status rewrite(const storage::MirrorBook::Entry& entry, const model::Headers& headers,
                       Page& page);

  const std::chrono::milliseconds timeout_;
  std::unique_ptr<parsers::WorkerProcess> parser_;
  storage::BodyReader bodies_;
  MirrorPlan& plan_;
};

}  // namespace crawld::cli
