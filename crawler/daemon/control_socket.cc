#include "crawler/daemon/control_socket.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <list>
#include <optional>
#include <vector>

#include "config/addresses.h"

namespace crawld::daemon {
namespace {

using base::Error;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostRequest = 64U << 10;
// As JSON, like all answers of the commands.
constexpr const char* kTooLong = R"({"error":"the request is longer than 64 KiB"})";
constexpr const char* kEnded = R"({"error":"the crawl ended before that was done"})";
constexpr const char* kCutOff =
    R"({"error":"the request does not end with a line feed, so nothing was done"})";
constexpr std::size_t kMostPeers = 32;
constexpr std::size_t kStack = 512U << 10;
constexpr std::size_t kMostAnswer = 64U << 20;
constexpr int kTurnMillis = 1'000;
constexpr int kPromiseMillis = 10;  // between two looks at what was promised

std::string why() { return std::strerror(errno); }

base::Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (!config::is_socket_path(path)) {
    return Error{Error::Code::invalid, path + ": too long for a socket's name"};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

Error not_made(const std::string& path, const Error& why) {
  return {why.code, path + ": no control socket can be made: " + why.message +
                        "; control: in the configuration names another place"};
}

// Of the process at the other end, or of the one that called listen(); none: nobody.
std::optional<uid_t> user_of(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return peer.uid;
}

bool is_ours(int socket) {
  const auto user = user_of(socket);
  return user && (*user == geteuid() || *user == 0);
}

}  // namespace

struct ControlSocket::Peer {
  base::Fd socket;
  std::string in;
  std::string out;
  Promise promise;  // of the answer to what it asked last; empty: none is due
  Clock::time_point deadline;
  bool parting = false;  // it said too much, or half a line, and is told so before it is cut off

  bool read_some();
  bool write_some();
  // What it waits for; with a promise, only for the end.
  short wanted() const { return promise ? 0 : out.empty() ? POLLIN : POLLOUT; }
};

// Reads what is there. False when the peer is gone.
bool ControlSocket::Peer::read_some() {
  char buffer[4'096];
  const ssize_t n = ::recv(socket.get(), buffer, sizeof(buffer), 0);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  if (n == 0) {
    // Half a request is not to be guessed: a list of URLs may have been cut within one.
    if (in.empty()) return false;
    in.clear();
    out = std::string(kCutOff) + "\n";
    parting = true;
    return true;
  }
  in.append(buffer, static_cast<std::size_t>(n));
  return true;
}

bool ControlSocket::Peer::write_some() {
  const ssize_t n = ::send(socket.get(), out.data(), out.size(), MSG_NOSIGNAL);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  out.erase(0, static_cast<std::size_t>(n));
  return true;
}

base::Result<std::unique_ptr<ControlSocket>> ControlSocket::open(
    const std::string& path, Handler handler, std::chrono::milliseconds most_idle) {
  auto listener = SocketFile::listen(path, 0600);
  if (!listener) return not_made(path, listener.error());
  std::unique_ptr<ControlSocket> control(new ControlSocket(std::move(handler), most_idle));
  control->listener_ = *std::move(listener);
  control->wake_ = base::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  auto thread = base::Thread::start("control", kStack, [raw = control.get()] { raw->serve(); });
  if (!thread) return std::move(thread).error();
  control->thread_ = *std::move(thread);
  return control;
}

ControlSocket::~ControlSocket() {
  const std::uint64_t one = 1;
  if (wake_.open()) (void)!::write(wake_.get(), &one, sizeof(one));
  thread_.join();
}

void ControlSocket::serve() {
  std::list<Peer> peers;
  while (true) {
    std::vector<pollfd> polled = {{wake_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    bool promised = false;
    for (const Peer& peer : peers) {
      polled.push_back({peer.socket.get(), peer.wanted(), 0});
      promised = promised || peer.promise;
    }
    const int turn = promised ? kPromiseMillis : kTurnMillis;
    if (peers.size() >= kMostPeers) polled[1].fd = -1;  // it waits until one leaves, or is idle
    if (::poll(polled.data(), polled.size(), turn) < 0 && errno != EINTR) return;
    if (polled[0].revents != 0) break;
    const Clock::time_point now = Clock::now();
    std::size_t at = 2;
    for (auto peer = peers.begin(); peer != peers.end(); ++at) {
      peer = attend(*peer, polled[at].revents, now) ? std::next(peer) : peers.erase(peer);
    }
    // While we made an answer nobody was idle.
    for (Peer& peer : peers) peer.deadline += Clock::now() - now;
    if (polled[1].revents == 0) continue;
    base::Fd fresh(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fresh.open() || !is_ours(fresh.get())) continue;
    peers.push_back({std::move(fresh), {}, {}, {}, Clock::now() + most_idle_});
  }
  // The end may be what it waited for.
  for (Peer& peer : peers) {
    if (!peer.promise) continue;
    peer.out = peer.promise().value_or(kEnded) + "\n";
    peer.write_some();
  }
}

bool ControlSocket::attend(Peer& peer, short events, Clock::time_point now) {
  if (peer.promise) {
    if (events != 0) return false;  // it has left
    auto answer = peer.promise();
    if (!answer) return true;
    peer.promise = nullptr;
    peer.out = *std::move(answer) + "\n";
    peer.deadline = now + most_idle_;
    return true;
  }
  if (now >= peer.deadline) return false;
  if (events == 0) return true;
  const bool keep = peer.out.empty() ? peer.read_some() : peer.write_some();
  if (!keep || !peer.out.empty()) return keep;
  if (peer.parting) return false;
  answer_next(peer, now);
  return true;
}

// One at a time, so that a peer that reads slowly holds one answer and not many.
void ControlSocket::answer_next(Peer& peer, Clock::time_point now) {
  const std::size_t end = peer.in.find('\n');
  // Nothing is read while an answer is due, so what is long here is one request.
  if (peer.in.size() > kMostRequest) {
    peer.in.clear();
    peer.out = std::string(kTooLong) + "\n";
    peer.parting = true;
    peer.deadline = now + most_idle_;
    return;
  }
  if (end == std::string::npos) return;
  Reply reply = handler_(peer.in.substr(0, end));
  peer.in.erase(0, end + 1);
  peer.deadline = now + most_idle_;
  if (auto* answer = std::get_if<std::string>(&reply)) {
    peer.out = std::move(*answer) + "\n";
  } else {
    peer.promise = std::get<Promise>(std::move(reply));
  }
}

base::Result<std::string> ask_control(const std::string& path, const std::string& request) {
  const auto address = address_of(path);
  if (!address) return address.error();
  const base::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(sockaddr_un)) !=
      0) {
    const bool nobody = errno == ENOENT || errno == ECONNREFUSED;
    return Error{nobody ? Error::Code::not_found : Error::Code::io,
                 nobody ? "no crawl listens at " + path : "cannot reach " + path + ": " + why()};
  }
  // A crawl turns other users away, so one of theirs that listens is no crawl that we may ask. Root
  // asks the daemons of all.
  if (geteuid() != 0 && !is_ours(socket.get())) {
    const auto user = user_of(socket.get());
    return Error{Error::Code::io, "does not ask at " + path + ": another user" +
                                      (user ? " (" + std::to_string(*user) + ")" : "") +
                                      " listens there; run as that user, or name another place"};
  }
  const timeval patience{180, 0};
  setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const std::string line = request + "\n";
  // Where the crawl does not read it to its end it may have said why.
  const bool sent = ::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL) ==
                    static_cast<ssize_t>(line.size());
  std::string answer;
  char buffer[16'384];
  while (answer.find('\n') == std::string::npos && answer.size() < kMostAnswer) {
    const ssize_t n = ::recv(socket.get(), buffer, sizeof(buffer), 0);
    if (n <= 0) {
      return Error{Error::Code::io, "the crawl at " + path +
                                        (sent ? " did not answer" : " does not take the request")};
    }
    answer.append(buffer, static_cast<std::size_t>(n));
  }
  answer.resize(answer.find('\n'));
  return answer;
}

}  // namespace crawld::daemon
