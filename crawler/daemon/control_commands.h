// What the control socket may ask of a running crawl.
//
//   {"command": "status" | "pause" | "resume" | "stop" | "reload" | "add", "site"?, "urls"?}
//
// Answers are JSON objects: {"ok": true, ...} or {"error": "..."}; status answers with
// the status itself, reload with what it changed, once it has. Threads: the control socket's.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "crawler/base/mutex.h"
#include "crawler/daemon/reload.h"
#include "crawler/daemon/session.h"

namespace crawld::daemon {

// Wishes for the main loop, which alone may end or reload a crawl.
class ControlWishes {
 public:
  std::atomic<bool> stop{false};
  std::atomic<bool> reload{false};
  bool can_reload = false;  // there is a file to read again; set before the socket is open

  // Wishes for a reload of `site`, or of all, and waits for its report. Nothing when
  // `patience` is over.
  std::optional<base::Result<ReloadReport>> ask_for_reload(const std::string& site,
                                                           std::chrono::milliseconds patience)
      CRAWL_EXCLUDES(mutex_);
  // Which site was last asked for; empty: all. Forgets it.
  std::string take_site() CRAWL_EXCLUDES(mutex_);
  // The main loop has reloaded.
  void reloaded(base::Result<ReloadReport> report) CRAWL_EXCLUDES(mutex_);

 private:
  base::Mutex mutex_;
  base::CondVar done_;
  std::string site_ CRAWL_GUARDED_BY(mutex_);
  std::optional<base::Result<ReloadReport>> report_ CRAWL_GUARDED_BY(mutex_);
};

std::string answer_control(const std::string& request, Session& session, ControlWishes& wishes);

}  // namespace crawld::daemon
