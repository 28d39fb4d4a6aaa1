// Connects to the first address of a host that answers.
//
// libcurl 7.88 waits a second after every address that refuses before it tries the
// next; this one goes on at once, and starts the next one beside a silent address
// after a quarter of a second (RFC 8305 section 5). Four are tried at once; where there are more,
// the one that has been silent for longest gives way.
#pragma once

#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/fd.h"
#include "crawler/base/near_end.h"
#include "crawler/fetch/connection_pool.h"
#include "crawler/fetch/ip_address.h"

namespace crawld::fetch {

struct Dialled {
  base::Fd fd;             // connected, non-blocking; none: it failed
  bool timed_out = false;  // some address had not answered when time was up
  bool reset = false;      // the last address accepted and reset at once
  std::string why;         // the last failure, where there is no `fd`
  std::string blocked;     // the last address that may not be dialled, and why; mostly empty
  base::Duration took{};
};

// One attempt to reach a host, as far as it has come. Never waits. Threads: one at a time, cut()
// but for.
class Dial {
 public:
  struct Plan {
    std::vector<IpAddress> addresses;  // tried in this order
    std::uint16_t port = 0;
    // Connects from it; null: from wherever the routes say. Outlives the dial. Needs: addresses of
    // its family.
    const base::NearEnd* from = nullptr;
    base::Instant until;
    // Asked about every address before its connect(): why it is left out, or nothing.
    std::function<std::string(const IpAddress&)> refusal_of;
  };
  Dial(Plan plan, base::Instant now);
  Dial(const Dial&) = delete;
  Dial& operator=(const Dial&) = delete;
  ~Dial();

  // Goes as far as it can now. Nothing: it is to be called again at due(), or when one of the
  // sockets has something to say.
  std::optional<Dialled> step(base::Instant now);
  base::Instant due() const;
  std::span<const pollfd> sockets() const { return running_; }
  // Told of each socket as its connect() begins.
  void on_socket(std::function<void(int fd)> opened) { opened_ = std::move(opened); }
  // Wakes whoever polls the sockets. For the end of the program.
  void cut() { open_.cut(); }

 private:
  void start_due(base::Instant now);
  bool start(const IpAddress& address);
  int winner();
  void failed(int error);
  void give_up_oldest();

  const Plan plan_;
  const base::Instant started_;
  std::size_t next_ = 0;  // of the addresses
  base::Instant start_next_;
  bool starved_ = false;  // no socket was to be had
  std::vector<pollfd> running_;
  Sockets open_;  // the same
  std::function<void(int fd)> opened_;
  bool reset_ = false;
  std::string why_;
  std::string blocked_;
};

// Goes on with the dial in this thread until it is decided, `patience` has come or a stop: that is
// a failure.
std::optional<Dialled> go_on(Dial& dial, base::Instant patience, const std::stop_token& stop);

}  // namespace crawld::fetch
