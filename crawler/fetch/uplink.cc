#include "crawler/fetch/uplink.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "crawler/base/fd.h"
#include "crawler/base/log.h"

namespace crawld::fetch {
namespace {

using base::Instant;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Finding = Uplink::Finding;

constexpr std::size_t kKnown = 4;
constexpr std::size_t kProof = 3;
constexpr seconds kLearnEvery{1};
// Where nobody answered for a while: at the end of a crawl, when dead hosts are left, that is
// all the others are dialled for.
constexpr seconds kFresh{2};
constexpr seconds kBetween{1};
constexpr std::chrono::hours kPatience{1};
constexpr milliseconds kDialFor{3'000};
constexpr milliseconds kLook{50};  // for a stop

Instant clock_now() { return std::chrono::steady_clock::now(); }

// 0: taken; EINPROGRESS: `out` tells later; else why not.
int start(const Uplink::Endpoint& endpoint, base::Fd& out) {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  const bool is_v4 = ::inet_pton(AF_INET, endpoint.address.c_str(), &v4.sin_addr) == 1;
  if (!is_v4 && ::inet_pton(AF_INET6, endpoint.address.c_str(), &v6.sin6_addr) != 1) return EINVAL;
  v4.sin_family = AF_INET;
  v6.sin6_family = AF_INET6;
  v4.sin_port = v6.sin6_port = htons(endpoint.port);
  out =
      base::Fd(::socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!out.open()) return errno;
  const auto* name =
      is_v4 ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
  return ::connect(out.get(), name, is_v4 ? sizeof v4 : sizeof v6) == 0 ? 0 : errno;
}

// What an attempt that has ended says; nothing: that this machine has no way there.
std::optional<Finding> finding_of(int error) {
  switch (error) {
    case ENETUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:
      return std::nullopt;
    case EHOSTUNREACH:
    case EHOSTDOWN:
    case ETIMEDOUT:
      return Finding::silent;
    default:  // taken, refused, or no socket to be had: nothing says that the network is gone
      return Finding::reached;
  }
}

Finding dial_by_tcp(std::span<const Uplink::Endpoint> endpoints, const std::stop_token& stop) {
  std::vector<base::Fd> sockets;
  std::vector<pollfd> polled;
  bool routed = false;
  const auto judge = [&](int error) {
    const auto finding = finding_of(error);
    routed = routed || finding.has_value();
    return finding == Finding::reached;
  };
  for (const Uplink::Endpoint& endpoint : endpoints) {
    base::Fd fd;
    const int error = start(endpoint, fd);
    if (error == EINPROGRESS) {
      polled.push_back({fd.get(), POLLOUT, 0});
      sockets.push_back(std::move(fd));
      routed = true;
    } else if (judge(error)) {
      return Finding::reached;
    }
  }
  const Instant until = clock_now() + kDialFor;
  while (!polled.empty() && clock_now() < until && !stop.stop_requested()) {
    ::poll(polled.data(), polled.size(), static_cast<int>(kLook.count()));
    for (std::size_t i = 0; i < polled.size();) {
      if (polled[i].revents == 0) {
        ++i;
        continue;
      }
      int error = 0;
      socklen_t size = sizeof error;
      ::getsockopt(polled[i].fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (judge(error)) return Finding::reached;
      polled.erase(polled.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return routed ? Finding::silent : Finding::no_route;
}

}  // namespace

Uplink::Uplink() : Uplink(dial_by_tcp) {}

void Uplink::reached(const Endpoint& endpoint, Instant now) {
  base::MutexLock lock(mutex_);
  reached_at_ = std::max(reached_at_, now);
  given_up_ = false;
  const bool full = known_.size() >= kKnown;
  if (full && now < learnt_at_ + kLearnEvery) return;
  const auto same = [&](const Endpoint& known) { return known.address == endpoint.address; };
  if (std::any_of(known_.begin(), known_.end(), same)) return;
  learnt_at_ = now;
  if (full) {
    known_[oldest_++ % kKnown] = endpoint;
  } else {
    known_.push_back(endpoint);
  }
}

bool Uplink::was_gone(Instant started, const std::stop_token& stop) {
  {
    base::MutexLock lock(mutex_);
    if (!gone_ && reached_at_ + kFresh >= started) return false;
  }
  return wait(started, stop);
}

void Uplink::wait_while_gone(const std::stop_token& stop) {
  {
    base::MutexLock lock(mutex_);
    if (!gone_) return;
  }
  wait(clock_now(), stop);
}

// Until it is known whether the network is there, and then until it is.
bool Uplink::wait(Instant since, const std::stop_token& stop) {
  const std::stop_callback wake(stop, [&] {
    { base::MutexLock lock(mutex_); }  // a waiter between its check and its wait is let through
    changed_.notify_all();
  });
  bool was_gone = false;
  while (true) {
    {
      base::MutexLock lock(mutex_);
      ++waiting_;
      while (!stop.stop_requested() && (asking_ || (gone_ && clock_now() < asked_at_ + kBetween))) {
        was_gone = was_gone || gone_;
        if (asking_) {
          changed_.wait(mutex_);
        } else {
          changed_.wait_until(mutex_, asked_at_ + kBetween);
        }
      }
      --waiting_;
      was_gone = was_gone || gone_;
      if (stop.stop_requested() || known_.empty() || given_up_) return false;
      if (reached_at_ >= since) return was_gone;
      asking_ = true;
    }
    ask(stop);
  }
}

// Needs: asking_, set by this thread.
void Uplink::ask(const std::stop_token& stop) {
  std::vector<Endpoint> known;
  {
    base::MutexLock lock(mutex_);
    known = known_;
  }
  const Finding finding = dial_(known, stop);
  const bool absent = proves_absence(finding, known.size());
  std::optional<seconds> came_back;
  bool went = false;
  bool given_up = false;
  {
    base::MutexLock lock(mutex_);
    const Instant now = clock_now();
    asking_ = false;
    asked_at_ = now;
    if (stop.stop_requested()) {
      // Nothing was learnt.
    } else if (absent) {
      went = !std::exchange(gone_, true);
      if (went) gone_since_ = now;
      given_up = now - gone_since_ >= kPatience;
      if (given_up) {
        gone_ = false;
        given_up_ = true;
      }
    } else {
      if (gone_) came_back = std::chrono::duration_cast<seconds>(now - gone_since_);
      gone_ = false;
      reached_at_ = now;
    }
  }
  changed_.notify_all();
  const auto hosts = static_cast<std::int64_t>(known.size());
  if (went) {
    base::log::warn("network.gone",
                    {{"why", finding == Finding::no_route ? "no route to any host"
                                                          : "no host answers that did before"},
                     {"tried", hosts},
                     {"effect", "transfers wait until it is back"}});
  }
  if (came_back) base::log::warn("network.back", {{"outage_s", came_back->count()}});
  if (given_up) base::log::error("network.given_up", {{"tried", hosts}});
}

bool Uplink::proves_absence(Finding finding, std::size_t dialled) const {
  return finding == Finding::no_route || (finding == Finding::silent && dialled >= kProof);
}

std::size_t Uplink::waiting() const {
  base::MutexLock lock(mutex_);
  return gone_ ? waiting_ : 0;
}

}  // namespace crawld::fetch
