// Tells a name that name servers fail at from name servers that fail at all names.
//
// A failure is the name's own where another name was answered meanwhile. Where
// none was, a name that was answered before is asked for again: the probe. If
// that fails as well, the servers are out, or the line to them is: names wait
// until there is an answer, and none is held against a host. One probe a second
// is all that is asked then. Not for ever: a daemon that has never had an answer
// waits for minutes, whoever had one for an hour; from then on failures are told.
// Pure: the DNS client asks what to do and does it. Threads: that of the client.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "crawler/base/clock.h"

namespace crawld::fetch {

class DnsOutage {
 public:
  struct Patience {
    std::chrono::milliseconds at_start{0};  // before the first answer; 0: failures are told at once
    std::chrono::milliseconds later{0};     // with answers before it
  };

  explicit DnsOutage(Patience patience) : patience_(patience) {}

  // A server said what it knows of the name, which it will know until `expires`. True: that ended
  // an outage.
  bool answered(const std::string& name, base::Instant now, base::Instant expires);

  // The servers failed at a name that they were asked for at `asked_at`. True: it has to wait, for
  // a probe at least; else the failure is its own.
  bool must_wait(base::Instant asked_at) const;

  // What to ask for as a probe; nothing: no name was ever answered, any will do.
  std::optional<std::string> probe();
  // The probe failed, for whatever reason. True: that began an outage.
  bool probe_failed(base::Instant now);
  // When the next one may be asked for.
  base::Instant next_probe() const { return next_probe_; }

  bool is_on() const { return is_on_; }
  std::chrono::seconds lasted(base::Instant now) const;
  // True once, when it has lasted for too long: then nobody waits any more until there is an
  // answer.
  bool gives_up(base::Instant now);

 private:
  struct Known {
    std::string name;
    base::Instant expires{};
  };

  const Patience patience_;
  bool is_on_ = false;
  bool given_up_ = false;
  base::Instant since_{};
  base::Instant next_probe_{};
  std::optional<base::Instant> answered_at_;
  // Those whose answers expire first: a cache between here and a dead line goes on to answer for
  // the others.
  std::array<Known, 4> known_;
  std::size_t next_known_ = 0;
};

}  // namespace crawld::fetch
