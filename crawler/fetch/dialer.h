// Connects to the first address of a host that answers.
//
// libcurl 7.88 waits a second after every address that refuses before it tries the
// next; this one goes on at once, and starts the next one beside a silent address
// after a quarter of a second (RFC 8305 section 5). Four are tried at once; where there are more,
// the one that has been silent for longest gives way.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/near_end.h"
#include "crawler/fetch/connection_pool.h"
#include "crawler/fetch/ip_address.h"

namespace crawld::fetch {

struct Dialled {
  int fd = -1;             // connected, non-blocking, owned by the given Sockets; -1: none
  bool timed_out = false;  // some address had not answered when time was up
  bool reset = false;      // the last address accepted and reset at once
  std::string why;         // the last failure, where fd is -1
};

// Connects from `from`; null: from wherever the routes say. Needs: addresses of its family.
// Calls `may_dial` on every address before its connect(); those it refuses are
// left out. Sockets made here are added to `sockets`, and closed through it where
// they are not the one returned. Waits until `until` or a stop, for the system to
// give a socket as well.
Dialled dial(const std::vector<IpAddress>& addresses, std::uint16_t port, const base::NearEnd* from,
             base::Instant until, const std::stop_token& stop, Sockets& sockets,
             const std::function<bool(const IpAddress&)>& may_dial);

}  // namespace crawld::fetch
