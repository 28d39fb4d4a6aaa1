// Transfer: the sockets that libcurl is given.
#include <sys/socket.h>

#include <utility>

#include "crawler/fetch/transfer.h"

namespace crawld::fetch {
namespace {

using model::FetchFailureKind;

// libcurl opens a new connection by itself where an idle one turned out dead or a
// server refused the stream; five times, if it may.
constexpr int kMaxDials = 2;

}  // namespace

// libcurl knows one address of the host and asks for a socket to it; it gets one
// that is connected already, to the first address of ours that answered.
curl_socket_t Transfer::on_open_socket(void* session, curlsocktype /*purpose*/,
                                       curl_sockaddr* address) {
  Session& own = *static_cast<Session*>(session);
  Transfer& self = *own.transfer;
  if (++self.dials_ > kMaxDials) {
    self.fail(FetchFailureKind::reset, "no connection lasted until the answer");
    return CURL_SOCKET_BAD;
  }
  self.handshakes_ = 0;
  Dialled dialled = self.dial();
  self.undialled_ = !dialled.fd.open();
  if (self.undialled_) {
    self.blocked_ = dialled.blocked;
    if (self.blocked_.empty()) {
      const FetchFailureKind refused =
          dialled.reset ? FetchFailureKind::reset : FetchFailureKind::connect;
      self.fail(dialled.timed_out ? FetchFailureKind::timeout : refused, dialled.why);
    }
    return CURL_SOCKET_BAD;
  }
  const int fd = dialled.fd.release();
  own.sockets.add(fd);
  if (self.stop_.stop_requested()) {  // it may have come before the socket was known
    own.sockets.close(fd);
    return CURL_SOCKET_BAD;
  }
  // libcurl reports this address as the one it talks to.
  socklen_t size = sizeof(sockaddr_storage);
  ::getpeername(fd, &address->addr, &size);
  address->family = address->addr.sa_family;
  address->addrlen = size;
  return fd;
}

int Transfer::on_socket_options(void* /*session*/, curl_socket_t /*socket*/,
                                curlsocktype /*purpose*/) {
  return CURL_SOCKOPT_ALREADY_CONNECTED;
}

Dialled Transfer::dial() {
  if (plan_.ahead != nullptr && plan_.ahead->has_value()) {
    return *std::exchange(*plan_.ahead, std::nullopt);
  }
  const base::Instant now = std::chrono::steady_clock::now();
  Dial::Plan dial{.addresses = plan_.addresses,
                  .port = plan_.dial_port,
                  .from = plan_.site.near_end(),
                  .until = now + limits_.connect_timeout,
                  .refusal_of = {}};
  // The egress rule where it cannot be missed: on the very address of the connect(). The proxy is
  // where the operator put it.
  if (plan_.proxy == nullptr) {
    dial.refusal_of = [this](const IpAddress& ip) {
      return std::string(plan_.site.guard().refusal(ip));
    };
  }
  const base::Instant until = dial.until;
  Dial host(std::move(dial), now);
  return *go_on(host, until, stop_);
}

int Transfer::on_close_socket(void* session, curl_socket_t socket) {
  static_cast<Session*>(session)->sockets.close(socket);
  return 0;
}

}  // namespace crawld::fetch
