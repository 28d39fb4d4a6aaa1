// Keeps the files of sites that save their cookies (save_cookies) up to date.
//
// A file is written beside its place and renamed, so that whoever looks, or a start after a kill,
// has the old cookies or the new ones and never half of them. It is its owner's alone (mode 0600).
// A file that cannot be written stays as it was; that is logged once, until it can be again.
// Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "crawler/base/clock.h"
#include "crawler/base/result.h"
#include "crawler/fetch/curl_fetcher.h"

namespace crawld::fetch {

// Replaces `path` by a file of the owner's that holds `text`, whole or not at all. Waits for the
// disk. A symbolic link at `path` is replaced, not followed.
base::Status replace_private_file(const std::string& path, std::string_view text);

// What saves of `paths` of ten minutes ago or more left when they were killed ("PATH.crawld-" and
// six letters) goes. Reads each folder once, however many of the files are in it.
void remove_leftovers(const std::set<std::string>& paths);

class CookieSaver {
 public:
  // Both outlive it.
  CookieSaver(const FetchContext& context, const base::Clock& clock)
      : context_(context), clock_(clock) {}

  // Writes what has changed, where the last look is 30 s ago. Call about once a second.
  void look();
  // Writes what has changed: at the end.
  void save();

 private:
  struct File {
    std::uint64_t changes = 0;  // of the jar, as written
    std::string text;           // as written; empty: nothing was
    bool failed = false;        // the last time
  };

  void save(const FetchContext::SavedJar& saved, File& file);

  const FetchContext& context_;
  const base::Clock& clock_;
  base::Instant next_look_{};
  base::Instant next_tidying_{};       // of what saves left that were killed
  std::map<std::string, File> files_;  // by path
};

}  // namespace crawld::fetch
