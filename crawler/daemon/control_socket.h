// The control socket: one JSON request a line in, one JSON answer a line out.
//
// A Unix socket of mode 0600; peers of another user than ours or root are refused
// (SO_PEERCRED). A peer may ask again before its answer is there; it is answered in order.
// Requests are at most 64 KiB (a longer one is told so), connections at most 32 (others wait) and
// 10 s idle (our own time to answer does not count), so garbage, slow and silent peers harm
// nothing. It has a thread of its own, which calls the handler. A peer whose answer takes long
// holds up no other.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "crawler/base/fd.h"
#include "crawler/base/result.h"
#include "crawler/base/thread.h"
#include "crawler/daemon/socket_file.h"

namespace crawld::daemon {

class ControlSocket {
 public:
  // Asked some times a second until it has the answer.
  using Promise = std::function<std::optional<std::string>()>;
  using Reply = std::variant<std::string, Promise>;
  // Makes one answer of one request, both without line ends, or promises it. Called by the
  // socket's thread, as promises are.
  using Handler = std::function<Reply(const std::string& request)>;

  // Takes the place of a socket that is left over at `path`, of nothing else. Errors: invalid
  // (no place for a socket), busy (another process listens there), io.
  static base::Result<std::unique_ptr<ControlSocket>> open(
      const std::string& path, Handler handler,
      std::chrono::milliseconds most_idle = std::chrono::seconds(10));
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  ControlSocket(Handler handler, std::chrono::milliseconds most_idle)
      : handler_(std::move(handler)), most_idle_(most_idle) {}
  struct Peer;
  void serve();
  // False when the peer is done with.
  bool attend(Peer& peer, short events, std::chrono::steady_clock::time_point now);
  void answer_next(Peer& peer, std::chrono::steady_clock::time_point now);

  const Handler handler_;
  const std::chrono::milliseconds most_idle_;
  SocketFile listener_;
  base::Fd wake_;  // eventfd: the end
  base::Thread thread_;
};

// Asks the crawl that listens at `path`. Errors: not_found (nobody listens), io. Where another user
// than ours or root listens nothing is sent; root asks anybody.
base::Result<std::string> ask_control(const std::string& path, const std::string& request);

}  // namespace crawld::daemon
