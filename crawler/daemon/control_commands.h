// What the control socket may ask of a running crawl.
//
//   {"command": "status" | "pause" | "resume" | "stop" | "reload" | "add", "site"?, "urls"?}
//
// Answers are JSON objects: {"ok": true, ...} or {"error": "..."}; status answers with
// the status itself. Threads: the control socket's.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "crawler/daemon/session.h"

namespace crawld::daemon {

// Wishes for the main loop, which alone may end or reload a crawl.
struct ControlWishes {
  std::atomic<bool> stop{false};
  std::atomic<bool> reload{false};
};

std::string answer_control(const std::string& request, Session& session, ControlWishes& wishes);

}  // namespace crawld::daemon
