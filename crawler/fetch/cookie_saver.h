// Keeps the files of sites that save their cookies (save_cookies) up to date.
//
// A file is written beside its place and renamed, so that whoever looks, or a start after a kill,
// has the old cookies or the new ones and never half of them. It is its owner's alone (mode 0600).
// A file that cannot be written stays as it was; that is logged once, until it can be again.
// While a crawl runs a thread of its own writes them: thousands keep a disk for half a minute.
// Threads: one.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/result.h"
#include "crawler/base/thread.h"
#include "crawler/fetch/curl_fetcher.h"

namespace crawld::fetch {

// Replaces `path` by a file of the owner's that holds `text`, whole or not at all. Waits for the
// disk. A symbolic link at `path` is replaced, not followed.
base::Status replace_private_file(const std::string& path, std::string_view text);

struct PrivateFile {
  std::string path;
  std::string text;
};
// The same for each, in order; many files of a folder wait for the disk together (syncfs(2)).
std::vector<base::Status> replace_private_files(std::span<const PrivateFile> files);

// What saves of `paths` of ten minutes ago or more left when they were killed ("PATH.crawld-" and
// six letters) goes. Reads each folder once, however many of the files are in it.
void remove_leftovers(const std::set<std::string>& paths);

class CookieSaver {
 public:
  // Both outlive it.
  CookieSaver(const FetchContext& context, const base::Clock& clock)
      : context_(context), clock_(clock) {}
  // Ends a look under way.
  ~CookieSaver();
  CookieSaver(const CookieSaver&) = delete;
  CookieSaver& operator=(const CookieSaver&) = delete;

  // Has a thread write what has changed, where the last look is 30 s ago and over. Call about once
  // a second; waits for nothing.
  void look();
  // Writes what has changed: at the end. Waits for the disk.
  void save();

 private:
  struct File {
    std::uint64_t changes = 0;  // of the jar, as written
    std::string text;           // as written; empty: nothing was
    bool failed = false;        // the last time
  };

  // A jar that is not as it was written.
  struct Changed {
    std::string site;
    std::uint64_t changes = 0;
    PrivateFile file;
  };

  void end_look();
  void write(const std::vector<FetchContext::SavedJar>& jars);
  std::optional<Changed> look_at(const FetchContext::SavedJar& saved);
  void write(std::vector<Changed> changed);

  const FetchContext& context_;
  const base::Clock& clock_;
  base::Instant next_look_{};
  std::atomic<bool> busy_{false};    // the thread writes
  std::atomic<bool> ending_{false};  // it is to end with the files at hand
  // The thread's while it writes:
  base::Instant next_tidying_{};       // of what saves left that were killed
  std::map<std::string, File> files_;  // by path
  base::Thread thread_;
};

}  // namespace crawld::fetch
