// What the control socket may ask of a running crawl.
//
//   {"command": "status" | "pause" | "resume" | "stop" | "reload" | "add", "site"?, "urls"?,
//   "config"?}
//
// Answers are JSON objects: {"ok": true, ...} or {"error": "..."}; status answers with
// the status itself, reload with what it changed, once it has, and resume with "still_paused", a
// line for people, where another pause holds on. pause, resume and add answer once what they said
// would be known after a kill; "more": true says that further URLs of the list of this add follow,
// and of the last request alone that holds, for all. "config" is the absolute path of the file that
// the asker means: a crawl of another answers {"error": "...", "runs_with": "..."}, with its own
// path or "", and does nothing. Threads: the control socket's.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "crawler/base/mutex.h"
#include "crawler/daemon/control_socket.h"
#include "crawler/daemon/reload.h"
#include "crawler/daemon/session.h"

namespace crawld::daemon {

// Wishes for the main loop, which alone may end or reload a crawl.
class ControlWishes {
 public:
  std::atomic<bool> stop{false};
  std::atomic<bool> reload{false};
  bool can_reload = false;  // the main loop obeys `reload`; set before the socket is open

  // A reload that somebody waits for.
  struct Reload {
    std::string site;  // empty: all
    std::optional<base::Result<ReloadReport>> report;
  };

  // Wishes for a reload of `site`, or of all. Nothing while another wish waits to begin.
  std::shared_ptr<Reload> ask_for_reload(const std::string& site) CRAWL_EXCLUDES(mutex_);
  // Its report, once there is one; given away once.
  std::optional<base::Result<ReloadReport>> report_of(Reload& wish) CRAWL_EXCLUDES(mutex_);
  // The main loop begins a reload: nothing where nobody waits for it.
  std::shared_ptr<Reload> begin_reload() CRAWL_EXCLUDES(mutex_);
  // And has ended it.
  void reloaded(Reload& wish, base::Result<ReloadReport> report) CRAWL_EXCLUDES(mutex_);

 private:
  base::Mutex mutex_;
  std::shared_ptr<Reload> next_ CRAWL_GUARDED_BY(mutex_);
};

ControlSocket::Reply answer_control(const std::string& request, Session& session,
                                    ControlWishes& wishes);

}  // namespace crawld::daemon
