// Everything the books say about one URL: `crawld why`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "crawler/model/request.h"
#include "storage/commit_batch.h"
#include "storage/database.h"

namespace crawld::storage {

// How the detail of each row of `fetches` begins that is a step of this site's login.
std::string login_detail(std::string_view site);

// One step of the way from a seed.
struct StoryHop {
  std::string url;
  char hop = 'L';  // how the step to it was made: S seed, L link, R redirect, E embed, M manifest
};

struct StoryAttempt {
  Millis at = 0;
  std::string outcome;
  std::string detail;
  int status = 0;
  std::int64_t bytes = 0;
  std::int64_t total_us = 0;
};

struct UrlStory {
  model::UrlId id = 0;
  std::string url;
  std::string state;
  std::string reason;
  std::string purpose;
  std::string site;
  std::int64_t depth = 0;
  std::int64_t redirects = 0;
  std::int64_t attempts = 0;  // failed in a row
  std::int64_t found_in_run = 0;
  Millis due_at = 0;          // next retry or visit; 0: none planned
  std::string metadata;       // JSON object; empty: none
  std::vector<StoryHop> way;  // from the seed to this URL, both included
  std::int64_t visits = 0;
  std::int64_t changes = 0;
  Millis visited_at = 0;  // 0: never
  int status = 0;         // of the last visit
  // Of its newest good version.
  bool truncated = false;
  bool script_only = false;  // HTML with scripts, and nothing to be read
  std::string page_robots;   // directives, separated by commas
  std::string canonical;     // that the page names
  std::string parse_error;
  std::string login_trouble;  // the login that its site waits for; empty: none
  Millis paused_since = 0;    // by a person; 0: no
  bool all_paused = false;    // and not its site alone
  bool in_last_run = true;    // its site was
  Millis run_ended_at = 0;    // the last run; 0: it has not said so
  std::string run_exit;
  std::string host;
  std::string host_reason;   // why it is slowed, dead or closed
  Millis host_opens_at = 0;  // no contact before
  std::int64_t host_delay_ms = 0;
  std::int64_t host_failures = 0;
  int robots_status = 0;
  Millis robots_fetched_at = 0;       // 0: never asked
  std::string robots_trouble;         // why the last asking brought nothing; empty: it did
  std::string robots_txt;             // that decided, else as it is now
  std::vector<StoryAttempt> fetches;  // the last ones, newest first
};

// Nothing when there is no such row. The fetches are looked for among the newest two
// million: there is no index over them.
base::Result<std::optional<UrlStory>> url_story(Database& reader, model::UrlId id);

}  // namespace crawld::storage
