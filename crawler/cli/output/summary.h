// The end of a one-shot crawl, for people and as JSON.
#pragma once

#include <string>
#include <vector>

#include "crawler/cli/seed_troubles.h"
#include "crawler/fetch/curl_fetcher.h"
#include "crawler/pipeline/status.h"
#include "parsers/worker/worker_process.h"

namespace crawld::cli {

struct Summary {
  pipeline::Status status;
  std::vector<frontier::HostSnapshot> hosts;  // the busiest
  std::string ended;  // "finished", "interrupted", "time limit reached", ...
  std::string database;
  std::string output;      // -o; empty: none
  std::string resume;      // the command that goes on; empty: nothing left to do
  bool unwritten = false;  // the database did not take the last of it
  SeedTroubles seeds;      // that brought nothing
  fetch::FetchContext::Counts fetch;
  std::vector<parsers::WorkerCounters> workers;
};

std::string summary_text(const Summary& summary);
std::string summary_json(const Summary& summary);

}  // namespace crawld::cli
