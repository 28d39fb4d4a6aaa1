// Who is told of changes: a webhook (POST) and a program (JSON on stdin).
//
// Each hook has a thread and a cursor in the database. What is committed is delivered in
// order, in deliveries of at most 100 changes; a delivery that fails is tried again, after 1 s,
// 2 s, ... 5 min, until it is taken. The cursor moves behind a delivery that was taken, so
// that a restart loses nothing; what was taken just before a kill may come twice, and a
// receiver tells by the ids. A new hook begins with what is committed after open().
//
// A delivery is one JSON object: {"delivery": ID, "sent_at": "...", "changes": [{...}]},
// with the columns of v_changes. The webhook carries X-Crawld-Delivery and, where there is a
// secret, X-Crawld-Signature: sha256=HEX, the HMAC-SHA256 of the body (RFC 2104). A program gets it
// as one line: what ends without a line feed was cut off by a kill of ours, and comes again.
//
// Threads: status() from any; the others from one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "config/config.h"
#include "crawler/base/clock.h"
#include "crawler/base/result.h"
#include "crawler/fetch/resolver.h"

namespace crawld::daemon {

struct HookStatus {
  std::string name;             // "webhook", "exec"
  std::uint64_t delivered = 0;  // changes taken, in this run
  std::uint64_t failures = 0;   // attempts that failed, in this run
  std::string problem;          // of the last attempt; empty: it was taken
};

// Of those that are configured, as their cursors have them.
std::vector<std::string> hook_names(const config::Hooks& hooks);

class ChangeHooks {
 public:
  struct Setup {
    config::Hooks hooks;
    std::string database;
    std::string user_agent;
    fetch::Resolver& resolver;
    const base::Clock& clock;
    // Makes a hook's cursor durable, some time soon. Called by the hooks' threads.
    std::function<void(const std::string& hook, std::uint64_t last_id)> remember;
    std::chrono::milliseconds look_every{1'000};  // at the database
    std::chrono::milliseconds first_back_off{1'000};
  };

  // Finds out where each hook goes on, and remembers where a new one begins: call it before
  // anything is fetched. Null where no hook is configured. What `setup` refers to outlives it.
  static base::Result<std::unique_ptr<ChangeHooks>> open(const Setup& setup);
  // Starts the threads. Call once.
  base::Status start();
  // Ends a delivery under way.
  ~ChangeHooks();
  ChangeHooks(const ChangeHooks&) = delete;
  ChangeHooks& operator=(const ChangeHooks&) = delete;

  // Delivers what is committed by now, for at most `patience`; what is not taken until then waits
  // for the next run. Call once, before the end.
  void finish(std::chrono::milliseconds patience);

  std::vector<HookStatus> status() const;

 private:
  class Hook;
  ChangeHooks();
  std::vector<std::unique_ptr<Hook>> hooks_;
};

// "sha256=" and the HMAC of `body` in hex.
std::string signature(const std::string& secret, const std::string& body);

}  // namespace crawld::daemon
