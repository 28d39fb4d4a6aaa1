#include "crawler/daemon/http_listener.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <list>
#include <vector>

#include "config/addresses.h"
#include "crawler/base/ascii.h"

namespace crawld::daemon {
namespace {

using base::Error;
using base::Status;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostHead = 8U << 10;
constexpr std::size_t kMostPeers = 32;
constexpr std::chrono::seconds kMostTime{10};
constexpr std::size_t kStack = 1U << 20;

struct Peer {
  base::Fd socket;
  std::string in;
  std::string out;
  Clock::time_point deadline;
};

Error failed(const std::string& where, const Error& why) {
  return {why.code, "cannot listen at " + where + " for metrics: " + why.message +
                        "; metrics.listen: names another place"};
}

bool is_local_host(std::string_view host) {
  host = host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.find(':'));
  return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
}

// The value of the header, or empty.
std::string_view header(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at)) {
    at += 2;
    const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    if (!base::starts_with_ignoring_case(line, name) || line.substr(name.size(), 1) != ":")
      continue;
    const std::size_t value = line.find_first_not_of(" \t", name.size() + 1);
    return value == line.npos ? std::string_view() : line.substr(value);
  }
  return {};
}

std::string_view phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 403:
      return "Forbidden";
    case 405:
      return "Method Not Allowed";
    case 503:
      return "Service Unavailable";
    default:
      return "Not Found";
  }
}

// Pages are of this moment, are what they say they are, and tell nobody where they were seen.
std::string response(const HttpPage& page, bool with_body = true) {
  return "HTTP/1.1 " + std::to_string(page.status) + " " + std::string(phrase(page.status)) +
         "\r\nContent-Type: " + page.type +
         "\r\nContent-Length: " + std::to_string(page.body.size()) +
         "\r\nContent-Security-Policy: " + page.policy +
         "\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer"
         "\r\nCross-Origin-Resource-Policy: same-origin"
         "\r\nCache-Control: no-store" +
         (page.status == 405 ? "\r\nAllow: GET, HEAD" : "") + "\r\nConnection: close\r\n\r\n" +
         (with_body ? page.body : "");
}

// False when the peer is done with, gone, or says too much.
bool read_some(Peer& peer) {
  char buffer[4'096];
  const ssize_t n = ::recv(peer.socket.get(), buffer, sizeof(buffer), 0);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  if (n == 0) return false;
  peer.in.append(buffer, static_cast<std::size_t>(n));
  return peer.in.size() <= kMostHead;
}

bool write_some(Peer& peer) {
  const ssize_t n = ::send(peer.socket.get(), peer.out.data(), peer.out.size(), MSG_NOSIGNAL);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  peer.out.erase(0, static_cast<std::size_t>(n));
  return !peer.out.empty();
}

}  // namespace

base::Result<std::unique_ptr<HttpListener>> HttpListener::open(const std::string& where,
                                                               Handler handler) {
  std::unique_ptr<HttpListener> made(new HttpListener(std::move(handler)));
  Status listening =
      where.starts_with('/') ? made->listen_at_path(where) : made->listen_at_port(where);
  if (!listening) return std::move(listening).error();
  made->wake_ = base::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  auto thread = base::Thread::start("metrics", kStack, [raw = made.get()] { raw->serve(); });
  if (!thread) return std::move(thread).error();
  made->thread_ = *std::move(thread);
  return made;
}

Status HttpListener::listen_at_port(const std::string& where) {
  if (!config::is_local_listener(where)) {
    return Error{Error::Code::invalid, "metrics.listen: \"" + where +
                                           "\" is neither a loopback address with a port, " +
                                           "such as 127.0.0.1:9464, nor the path of a socket"};
  }
  std::uint16_t port = 0;
  std::from_chars(where.data() + where.rfind(':') + 1, where.data() + where.size(), port);
  checks_host_ = true;
  const bool v6 = where.starts_with('[');
  port_ =
      base::Fd(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  ::setsockopt(port_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in v4_name{};
  v4_name.sin_family = AF_INET;
  v4_name.sin_port = htons(port);
  v4_name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 v6_name{};
  v6_name.sin6_family = AF_INET6;
  v6_name.sin6_port = htons(port);
  v6_name.sin6_addr = in6addr_loopback;
  const auto* name = v6 ? reinterpret_cast<const sockaddr*>(&v6_name)
                        : reinterpret_cast<const sockaddr*>(&v4_name);
  const socklen_t size = v6 ? sizeof(v6_name) : sizeof(v4_name);
  if (::bind(port_.get(), name, size) != 0 || ::listen(port_.get(), 16) != 0) {
    return failed(where, {Error::Code::io, std::strerror(errno)});
  }
  return base::Done{};
}

Status HttpListener::listen_at_path(const std::string& path) {
  auto file = SocketFile::listen(path, 0660);
  if (!file) return failed(path, file.error());
  file_ = *std::move(file);
  return base::Done{};
}

HttpListener::~HttpListener() {
  const std::uint64_t one = 1;
  if (wake_.open()) (void)!::write(wake_.get(), &one, sizeof(one));
  thread_.join();
}

std::string HttpListener::answer(const std::string& head) const {
  const bool with_body = head.starts_with("GET ");
  if (!with_body && !head.starts_with("HEAD ")) {
    return response({.status = 405, .body = "GET and HEAD only\n"});
  }
  if (checks_host_ && !is_local_host(header(head, "Host"))) {
    return response({.status = 403, .body = "this is for localhost\n"}, with_body);
  }
  const std::size_t target = head.find(' ') + 1;
  const std::size_t end = head.find_first_of(" ?\r", target);
  return response(handler_(head.substr(target, end - target)), with_body);
}

void HttpListener::serve() {
  std::list<Peer> peers;
  while (true) {
    std::vector<pollfd> polled = {{wake_.get(), POLLIN, 0}, {listener(), POLLIN, 0}};
    for (const Peer& peer : peers) {
      polled.push_back(
          {peer.socket.get(), static_cast<short>(peer.out.empty() ? POLLIN : POLLOUT), 0});
    }
    if (::poll(polled.data(), polled.size(), 1'000) < 0 && errno != EINTR) return;
    if (polled[0].revents != 0) return;
    const Clock::time_point now = Clock::now();
    std::size_t at = 2;
    for (auto peer = peers.begin(); peer != peers.end(); ++at) {
      bool keep = now < peer->deadline;
      if (keep && polled[at].revents != 0) {
        keep = peer->out.empty() ? read_some(*peer) : write_some(*peer);
        if (keep && peer->out.empty() && peer->in.find("\r\n\r\n") != std::string::npos) {
          peer->out = answer(peer->in);
        }
      }
      peer = keep ? std::next(peer) : peers.erase(peer);
    }
    if (polled[1].revents == 0) continue;
    base::Fd fresh(::accept4(listener(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fresh.open()) continue;
    // Any user of the machine may connect to a port. Who says nothing keeps out nobody: the one
    // that has been here longest goes.
    if (peers.size() >= kMostPeers) peers.pop_front();
    peers.push_back({std::move(fresh), {}, {}, now + kMostTime});
  }
}

}  // namespace crawld::daemon
