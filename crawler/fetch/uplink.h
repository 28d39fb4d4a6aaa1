// Whether the network is there at all: tells a host that is out from a line that is.
//
// A transfer that reached nobody failed by its host where another one was reached
// meanwhile. Where none was, hosts that were reached before are dialled, up to
// four at once, and nothing is sent to them. If none of them takes the connection
// or refuses it, the network is gone, and threads wait here until it is back: one
// of them dials every second. Not for ever: after an hour failures are told.
// Fewer than three addresses prove that only where the machine itself knows no
// way to them; else a site whose one server is switched off would be waited for.
// Threads: any.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"

namespace crawld::fetch {

class Uplink {
 public:
  struct Endpoint {
    std::string address;  // "192.0.2.1"
    std::uint16_t port = 0;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
  };
  enum class Finding : std::uint8_t {
    reached,   // one at least
    silent,    // none
    no_route,  // none, since this machine has no way to any
  };
  // Dials all of them, and soon returns after `stop`.
  using Dial =
      std::function<Finding(std::span<const Endpoint> endpoints, const std::stop_token& stop)>;

  Uplink();  // dials by TCP
  explicit Uplink(Dial dial) : dial_(std::move(dial)) {}

  // Somebody there answered.
  void reached(const Endpoint& endpoint, base::Instant now) CRAWL_EXCLUDES(mutex_);

  // A transfer that began at `started` reached nobody. True: because the network was gone, and
  // now it is back; false: by itself, or nobody waits any more, or `stop` came. Takes seconds where
  // that is not known, and as long as the network is gone where it is.
  bool was_gone(base::Instant started, const std::stop_token& stop) CRAWL_EXCLUDES(mutex_);

  // Returns once the network is not known to be gone, or `stop` came.
  void wait_while_gone(const std::stop_token& stop) CRAWL_EXCLUDES(mutex_);

  // Threads that wait for it to come back.
  std::size_t waiting() const CRAWL_EXCLUDES(mutex_);

 private:
  bool wait(base::Instant since, const std::stop_token& stop) CRAWL_EXCLUDES(mutex_);
  void ask(const std::stop_token& stop) CRAWL_EXCLUDES(mutex_);
  bool proves_absence(Finding finding, std::size_t dialled) const;

  const Dial dial_;
  mutable base::Mutex mutex_;
  std::vector<Endpoint> known_ CRAWL_GUARDED_BY(mutex_);
  std::size_t oldest_ CRAWL_GUARDED_BY(mutex_) = 0;
  base::Instant learnt_at_ CRAWL_GUARDED_BY(mutex_){};
  base::Instant reached_at_ CRAWL_GUARDED_BY(mutex_){};
  base::Instant asked_at_ CRAWL_GUARDED_BY(mutex_){};
  base::Instant gone_since_ CRAWL_GUARDED_BY(mutex_){};
  bool gone_ CRAWL_GUARDED_BY(mutex_) = false;
  bool given_up_ CRAWL_GUARDED_BY(mutex_) = false;
  bool asking_ CRAWL_GUARDED_BY(mutex_) = false;
  std::size_t waiting_ CRAWL_GUARDED_BY(mutex_) = 0;
  base::CondVar changed_;
};

}  // namespace crawld::fetch
