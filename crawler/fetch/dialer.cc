#include "crawler/fetch/dialer.h"

#include <netinet/in.h>
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
  return std::max(
      std::chrono::ceil<std::chrono::milliseconds>(then - std::chrono::steady_clock::now()),
      std::chrono::milliseconds{0});
}

// Other transfers end and give theirs back.
bool is_for_want_of_sockets(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Dial::Dial(Plan plan, base::Instant now)
    : plan_(std::move(plan)), started_(now), start_next_(now) {}

Dial::~Dial() {
  for (const pollfd& entry : running_) open_.close(entry.fd);
}

std::optional<Dialled> Dial::step(base::Instant now) {
  const auto ended = [&](Dialled dialled) {
    dialled.blocked = blocked_;
    dialled.took = now - started_;
    return dialled;
  };
  if (const int fd = winner(); fd >= 0) return ended({.fd = base::Fd(fd)});
  if (now >= plan_.until) {
    return ended({.timed_out = true, .why = starved_ ? why_ : "no address answered in time"});
  }
  start_due(now);
  if (running_.empty() && next_ == plan_.addresses.size()) {
    return ended({.reset = reset_, .why = why_});
  }
  return std::nullopt;
}

base::Instant Dial::due() const {
  return next_ < plan_.addresses.size() ? std::min(start_next_, plan_.until) : plan_.until;
}

// The next address, and where it fails at once those behind it.
void Dial::start_due(base::Instant now) {
  while (next_ < plan_.addresses.size() &&
         (now >= start_next_ || (running_.empty() && !starved_))) {
    if (running_.size() >= kMaxAtOnce) give_up_oldest();
    const IpAddress& address = plan_.addresses[next_];
    const std::string refusal = plan_.refusal_of ? plan_.refusal_of(address) : std::string();
    if (!refusal.empty()) {
      blocked_ = address.text() + ": " + refusal;
    } else {
      starved_ = !start(address);
      if (starved_ && running_.empty()) {
        // The host is not to blame.
        tell_of_wait(why_);
        start_next_ = now + kStarvedTurn;
        return;
      }
    }
    ++next_;
    start_next_ = now + kStagger;
  }
}

// False where the system gives no socket now; why_ tells.
bool Dial::start(const IpAddress& address) {
  const SocketName name = name_of(address, plan_.port);
  const int fd = ::socket(name.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) {
    const int error = errno;
    failed(error);
    return !is_for_want_of_sockets(error);
  }
  open_.add(fd);
  if (const int error = plan_.from == nullptr ? 0 : plan_.from->bind(fd); error != 0) {
    failed(error);
    why_ = "bind_address " + plan_.from->text() + ": " + why_;
    open_.close(fd);
    return true;
  }
  const int rc = ::connect(fd, reinterpret_cast<const sockaddr*>(&name.storage), name.size);
  if (rc == 0 || errno == EINPROGRESS) {
    running_.push_back({fd, POLLOUT, 0});
    if (opened_) opened_(fd);
    return true;
  }
  failed(errno);
  open_.close(fd);
  return true;
}

// The first that is connected, or -1.
int Dial::winner() {
  if (running_.empty() || ::poll(running_.data(), running_.size(), 0) <= 0) return -1;
  for (std::size_t i = 0; i < running_.size();) {
    if (running_[i].revents == 0) {
      ++i;
      continue;
    }
    const int fd = running_[i].fd;
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) {
      open_.let_go(fd);
      return fd;
    }
    failed(error);
    open_.close(fd);
  }
  return -1;
}

void Dial::failed(int error) {
  reset_ = error == ECONNRESET;
  why_ = std::generic_category().message(error);
}

void Dial::give_up_oldest() {
  open_.close(running_.front().fd);
  running_.erase(running_.begin());
}

std::optional<Dialled> go_on(Dial& dial, base::Instant patience, const std::stop_token& stop) {
  const std::stop_callback cut(stop, [&] { dial.cut(); });
  while (true) {
    const base::Instant now = std::chrono::steady_clock::now();
    auto dialled = dial.step(now);
    // A stop may have come before the sockets were known.
    if (stop.stop_requested()) return Dialled{.why = "stopped"};
    if (dialled || now >= patience) return dialled;
    std::vector<pollfd> sockets(dial.sockets().begin(), dial.sockets().end());
    ::poll(sockets.data(), sockets.size(),
           static_cast<int>(from_now(std::min(dial.due(), patience)).count()));
  }
}

}  // namespace crawld::fetch
