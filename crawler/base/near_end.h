// The near end of connections: an address of this machine, or one of its interfaces.
//
// Here because the configuration checks what fetching uses.
// Threads: a value; const calls from any.
#pragma once

#include <sys/socket.h>

#include <string>

#include "crawler/base/result.h"

namespace crawld::base {

class NearEnd {
 public:
  // "192.0.2.7", "2001:db8::7" or "eth1". An address comes before an interface of that name. Fails
  // where this machine has it not now; the message lists what it has.
  static Result<NearEnd> find(const std::string& text);

  const std::string& text() const { return text_; }
  // AF_INET or AF_INET6; AF_UNSPEC of an interface, which may have both.
  int family() const { return address_.ss_family; }

  // Makes the connections of a new socket start here: of this address (its port is chosen at the
  // connect), or through this interface alone, whatever the routes say (SO_BINDTODEVICE). Gives
  // errno, 0 for success. Needs: a socket of family(), not connected.
  int bind(int fd) const;

 private:
  std::string text_;
  sockaddr_storage address_{};  // AF_UNSPEC: `text_` is an interface
};

}  // namespace crawld::base
