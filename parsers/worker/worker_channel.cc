#include "parsers/worker/worker_channel.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstddef>
#include <span>
#include <utility>

#include "parsers/worker/wire_limits.h"

namespace crawld::parsers {
namespace {

// Whole milliseconds, upwards, so that poll() never turns in circles before the deadline.
int milliseconds_until(WorkerChannel::Instant deadline) {
  using namespace std::chrono;
  const auto left = ceil<milliseconds>(deadline - steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
}

std::size_t take(std::string_view& text, std::size_t bytes) {
  const std::size_t taken = std::min(bytes, text.size());
  text.remove_prefix(taken);
  return bytes - taken;
}

}  // namespace

WorkerChannel::WorkerChannel()
    : interrupt_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), reader_(kMaxReplyFrame) {}

void WorkerChannel::connect(base::Fd socket) {
  socket_ = std::move(socket);
  reader_.release();
  head_ = body_ = {};
  after_.clear();
  untouched_ = true;
  closed_ = false;
}

void WorkerChannel::send(std::string_view head, std::string_view body) {
  assert(all_sent());
  head_ = head;
  body_ = body;
  untouched_ = true;
  push();
}

void WorkerChannel::send_after(std::string_view head, std::string_view body) {
  const ssize_t taken = all_sent() ? push(head, body) : 0;
  if (taken < 0) return;
  take(body, take(head, static_cast<std::size_t>(taken)));
  after_.append(head).append(body);
}

void WorkerChannel::push() {
  const bool behind = sent();
  const ssize_t taken = behind ? push(after_, {}) : push(head_, body_);
  if (taken < 0) {
    // What the worker said before it went may still be there to read; pull() finds the end.
    head_ = body_ = {};
    after_.clear();
  } else if (behind) {
    after_.erase(0, static_cast<std::size_t>(taken));
  } else {
    untouched_ = untouched_ && taken == 0;
    take(body_, take(head_, static_cast<std::size_t>(taken)));
  }
}

// How many bytes the socket took; negative: the worker is gone.
ssize_t WorkerChannel::push(std::string_view head, std::string_view body) {
  const auto part = [](std::string_view text) {
    return iovec{const_cast<char*>(text.data()), text.size()};
  };
  iovec parts[] = {part(head), part(body)};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = std::size(parts);
  const ssize_t taken = ::sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  return taken < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : taken;
}

void WorkerChannel::pull() {
  const std::span<char> room = reader_.room();
  const ssize_t got = ::recv(socket_.get(), room.data(), room.size(), MSG_DONTWAIT);
  if (got > 0) {
    reader_.received(static_cast<std::size_t>(got));
  } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    closed_ = true;
  }
}

// False, with `event` set, when there is a reason to stop waiting.
bool WorkerChannel::wait_until_ready(Instant deadline, Event& event) const {
  const auto wanted = static_cast<short>(all_sent() ? POLLIN : POLLIN | POLLOUT);
  pollfd watched[] = {{interrupt_.get(), POLLIN, 0}, {socket_.get(), wanted, 0}};
  const int ready = ::poll(watched, std::size(watched), milliseconds_until(deadline));
  if (watched[0].revents != 0) {
    event = Event::interrupted;
    return false;
  }
  if (ready == 0) {
    event = Event::timeout;
    return false;
  }
  return true;
}

WorkerChannel::Event WorkerChannel::receive(Frame& frame, Instant deadline) {
  while (true) {
    switch (reader_.next(frame)) {
      case FrameReader::Next::frame:
        return Event::frame;
      case FrameReader::Next::refused:
        return Event::refused;
      case FrameReader::Next::need_more:
        break;
    }
    if (closed_) return Event::closed;
    Event event{};
    if (!wait_until_ready(deadline, event)) return event;
    if (!all_sent()) push();
    pull();
  }
}

WorkerChannel::Event WorkerChannel::pause(Instant deadline) const {
  pollfd watched{interrupt_.get(), POLLIN, 0};
  while (true) {
    if (::poll(&watched, 1, milliseconds_until(deadline)) > 0) return Event::interrupted;
    if (std::chrono::steady_clock::now() >= deadline) return Event::timeout;
  }
}

void WorkerChannel::interrupt() {
  const std::uint64_t one = 1;
  // It can fail only when the counter is full, and then it is readable anyhow.
  if (::write(interrupt_.get(), &one, sizeof one) < 0) return;
}

}  // namespace crawld::parsers
