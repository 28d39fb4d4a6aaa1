#include "crawler/fetch/connector.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace crawld::fetch {
namespace {

constexpr std::size_t kStack = 256U << 10;
constexpr Connector::Id kWake = 0;
constexpr std::size_t kEventsAtOnce = 256;

}  // namespace

Connector::~Connector() {
  {
    base::MutexLock lock(mutex_);
    if (!started_) return;
    stopping_ = true;
  }
  eventfd_write(wake_.get(), 1);
  thread_.join();
}

// False where the system gives no descriptors or no thread now.
bool Connector::start() {
  if (started_) return true;
  epoll_ = base::Fd(epoll_create1(EPOLL_CLOEXEC));
  wake_ = base::Fd(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!epoll_.open() || !wake_.open()) return false;
  watch(kWake, wake_.get());
  auto thread = base::Thread::start("connect", kStack, [this] { run(); });
  if (!thread) return false;
  thread_ = *std::move(thread);
  return started_ = true;
}

Connector::Id Connector::take(std::unique_ptr<Dial>& dial, Asker asker) {
  Id id = 0;
  {
    base::MutexLock lock(mutex_);
    if (known_.size() >= most_ || !start()) return 0;
    id = ++last_;
    incoming_.push_back({id, std::move(dial), asker.generation});
    known_.emplace(id, Known{.asker = std::move(asker)});
  }
  eventfd_write(wake_.get(), 1);
  return id;
}

std::optional<Connector::Outcome> Connector::outcome(Id id) {
  if (id == 0) return std::nullopt;
  base::MutexLock lock(mutex_);
  const auto known = known_.find(id);
  if (known == known_.end() || !known->second.dialled) return std::nullopt;
  Outcome outcome{.dialled = *std::move(known->second.dialled),
                  .generation = known->second.asker.generation};
  known_.erase(known);
  return outcome;
}

void Connector::end_before(std::uint64_t generation) {
  {
    base::MutexLock lock(mutex_);
    generation_ = generation;
    if (!started_) return;
  }
  eventfd_write(wake_.get(), 1);
}

void Connector::forget(const void* owner) {
  base::MutexLock lock(mutex_);
  std::erase_if(known_, [&](const auto& item) { return item.second.asker.owner == owner; });
  while (telling_) told_.wait(mutex_);
}

// --- the thread ------------------------------------------------------------------------------

void Connector::run() {
  while (!stopping()) {
    wait();
    const base::Instant now = std::chrono::steady_clock::now();
    for (const Id id : called_) step(id, now);
    while (!timetable_.empty() && timetable_.begin()->first <= now) {
      step(timetable_.begin()->second, now);
    }
    take_in(now);
    end_old();
  }
}

bool Connector::stopping() {
  base::MutexLock lock(mutex_);
  return stopping_;
}

void Connector::watch(Id id, int fd) {
  epoll_event event{};
  event.events = id == kWake ? EPOLLIN : EPOLLOUT;
  event.data.u64 = id;
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

// Until a socket has something to say, the next dial is due, or somebody brings one.
void Connector::wait() {
  int timeout = -1;
  if (!timetable_.empty()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        timetable_.begin()->first - std::chrono::steady_clock::now());
    timeout = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
  }
  std::array<epoll_event, kEventsAtOnce> events{};
  const int count =
      epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout);
  called_.clear();
  for (int i = 0; i < count; ++i) {
    const Id id = events[static_cast<std::size_t>(i)].data.u64;
    if (id != kWake) {
      called_.push_back(id);
      continue;
    }
    eventfd_t ignored = 0;
    eventfd_read(wake_.get(), &ignored);
  }
}

void Connector::take_in(base::Instant now) {
  std::vector<Incoming> incoming;
  {
    base::MutexLock lock(mutex_);
    incoming.swap(incoming_);
  }
  for (auto& [id, dial, generation] : incoming) {
    oldest_ = std::min(oldest_, generation);
    for (const pollfd& socket : dial->sockets()) watch(id, socket.fd);
    dial->on_socket([this, id = id](int fd) { watch(id, fd); });
    timetable_.emplace(now, id);
    under_way_.emplace(id, UnderWay{std::move(dial), now, generation});
    step(id, now);
  }
}

void Connector::step(Id id, base::Instant now) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return;  // decided by another of its sockets
  UnderWay& under_way = found->second;
  timetable_.erase({under_way.due, id});
  if (auto dialled = under_way.dial->step(now)) {
    under_way_.erase(found);
    decide(id, *std::move(dialled));
    return;
  }
  // What is due now may have to wait for a moment; it must not be all that this thread does.
  under_way.due = std::max(under_way.dial->due(), now + std::chrono::milliseconds(1));
  timetable_.emplace(under_way.due, id);
}

void Connector::end_old() {
  {
    base::MutexLock lock(mutex_);
    if (oldest_ >= generation_) return;
    oldest_ = generation_;
  }
  std::vector<Id> old;
  for (const auto& [id, under_way] : under_way_) {
    if (under_way.generation < oldest_) old.push_back(id);
  }
  for (const Id id : old) {
    const auto found = under_way_.find(id);
    timetable_.erase({found->second.due, id});
    under_way_.erase(found);
    decide(id, {.why = "the settings have changed"});
  }
}

void Connector::decide(Id id, Dialled dialled) {
  if (dialled.fd.open()) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, dialled.fd.get(), nullptr);
  std::function<void(Id)> decided;
  {
    base::MutexLock lock(mutex_);
    const auto known = known_.find(id);
    if (known == known_.end()) return;  // forgotten
    known->second.dialled = std::move(dialled);
    decided = known->second.asker.decided;
    telling_ = true;
  }
  decided(id);
  {
    base::MutexLock lock(mutex_);
    telling_ = false;
  }
  told_.notify_all();
}

}  // namespace crawld::fetch
