#include "crawler/fetch/dialer.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <utility>

#include "crawler/base/log.h"

namespace crawld::fetch {
namespace {

constexpr std::chrono::milliseconds kStagger{250};
constexpr std::size_t kMaxAtOnce = 4;
constexpr std::chrono::duration<int, std::milli> kStarvedTurn{100};

struct SocketName {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

SocketName name_of(const IpAddress& address, std::uint16_t port) {
  SocketName name;
  if (address.family == Family::ipv4) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.bytes.data(), sizeof v4.sin_addr);
    std::memcpy(&name.storage, &v4, name.size = sizeof v4);
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes.data(), sizeof v6.sin6_addr);
    std::memcpy(&name.storage, &v6, name.size = sizeof v6);
  }
  return name;
}

// Some connects under way, at most one of which will be kept.
class Race {
 public:
  Race(Sockets& sockets, std::uint16_t port, const base::NearEnd* from)
      : sockets_(sockets), port_(port), from_(from) {}
  ~Race() {
    for (const pollfd& entry : running_) sockets_.close(entry.fd);
  }

  bool running() const { return !running_.empty(); }
  bool full() const { return running_.size() >= kMaxAtOnce; }
  bool was_reset() const { return reset_; }
  const std::string& why() const { return why_; }
  // Needs: running.
  void give_up_oldest() {
    sockets_.close(running_.front().fd);
    running_.erase(running_.begin());
  }

  // False where the system gives no socket now; why() tells.
  bool start(const IpAddress& address) {
    const SocketName name = name_of(address, port_);
    const int fd = ::socket(name.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
      const int error = errno;
      failed(error);
      return error != EMFILE && error != ENFILE && error != ENOBUFS && error != ENOMEM;
    }
    sockets_.add(fd);
    if (const int error = from_ == nullptr ? 0 : from_->bind(fd); error != 0) {
      failed(error);
      why_ = "bind_address " + from_->text() + ": " + why_;
      sockets_.close(fd);
      return true;
    }
    const int rc = ::connect(fd, reinterpret_cast<const sockaddr*>(&name.storage), name.size);
    if (rc == 0 || errno == EINPROGRESS) {
      running_.push_back({fd, POLLOUT, 0});
      return true;
    }
    failed(errno);
    sockets_.close(fd);
    return true;
  }

  // Waits at most `wait` for any of them; the one that is connected, or -1.
  int winner(std::chrono::milliseconds wait) {
    ::poll(running_.data(), running_.size(),
           static_cast<int>(std::max<std::int64_t>(wait.count(), 0)));
    for (std::size_t i = 0; i < running_.size();) {
      if (running_[i].revents == 0) {
        ++i;
        continue;
      }
      const int fd = running_[i].fd;
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
      int error = 0;
      socklen_t size = sizeof error;
      if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) return fd;
      failed(error);
      sockets_.close(fd);
    }
    return -1;
  }

 private:
  void failed(int error) {
    reset_ = error == ECONNRESET;
    why_ = std::generic_category().message(error);
  }

  Sockets& sockets_;
  const std::uint16_t port_;
  const base::NearEnd* const from_;
  std::vector<pollfd> running_;
  bool reset_ = false;
  std::string why_;
};

// Once a minute, whoever waits.
void tell_of_wait(const std::string& why) {
  using Minutes = std::chrono::minutes;
  static std::atomic<std::int64_t> told{-1};
  const auto minute =
      std::chrono::duration_cast<Minutes>(std::chrono::steady_clock::now().time_since_epoch())
          .count();
  if (told.exchange(minute) != minute) base::log::warn("fetch.no_socket", {{"why", why}});
}

std::chrono::milliseconds from_now(base::Instant then) {
  return std::chrono::ceil<std::chrono::milliseconds>(then - std::chrono::steady_clock::now());
}

}  // namespace

Dialled dial(const std::vector<IpAddress>& addresses, std::uint16_t port, const base::NearEnd* from,
             base::Instant until, const std::stop_token& stop, Sockets& sockets,
             const std::function<bool(const IpAddress&)>& may_dial) {
  Race race(sockets, port, from);
  auto next = addresses.begin();
  bool starved = false;
  base::Instant start_next = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    const base::Instant now = std::chrono::steady_clock::now();
    if (now >= until) {
      return {.timed_out = true, .why = starved ? race.why() : "no address answered in time"};
    }
    if (next != addresses.end() && (!race.running() || now >= start_next)) {
      if (race.full()) race.give_up_oldest();
      starved = may_dial(*next) && !race.start(*next);
      if (starved && !race.running()) {
        // Other transfers end and give theirs back; the host is not to blame.
        tell_of_wait(race.why());
        ::poll(nullptr, 0, kStarvedTurn.count());
        continue;
      }
      ++next;
      start_next = now + kStagger;
      if (stop.stop_requested()) break;  // it may have come before the socket was known
    }
    if (!race.running()) {
      if (next == addresses.end()) return {.reset = race.was_reset(), .why = race.why()};
      continue;
    }
    const bool more = next != addresses.end();
    const int fd = race.winner(from_now(more ? std::min(start_next, until) : until));
    if (fd >= 0) return {.fd = fd};
  }
  return {.why = "stopped"};
}

}  // namespace crawld::fetch
