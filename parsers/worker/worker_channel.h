// The parent's end of a worker's socket.
//
// Never waits past a deadline, whatever the worker does: it sends and receives at once, so
// a worker that stops reading, or sends without end, holds up nobody.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "crawler/base/fd.h"
#include "parsers/worker/wire.h"

namespace crawld::parsers {

// Threads: one at a time, except interrupt().
class WorkerChannel {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  enum class Event : std::uint8_t {
    frame,
    timeout,
    interrupted,
    closed,  // the worker's end is gone; no more frames will come
    refused  // what came is no frame
  };

  WorkerChannel();

  // Drops what was there and begins anew. Takes any number of connections in a row.
  void connect(base::Fd socket);
  void disconnect() { socket_.reset(); }

  // Begins to send both, one after the other; receive() goes on with it. The views must live
  // until sent() or the next connect(). Needs: all_sent().
  void send(std::string_view head, std::string_view body);
  bool sent() const { return head_.empty() && body_.empty(); }
  // As send(), behind what was sent before; what the socket does not take at once is copied.
  void send_after(std::string_view head, std::string_view body);
  bool all_sent() const { return sent() && after_.empty(); }
  // Not a byte of the last send() was taken: the worker was dead before.
  bool untouched() const { return untouched_; }

  // Waits for the next frame, which is valid until the next call.
  Event receive(Frame& frame, Instant deadline);
  // The frame is done with, and the memory of a large one too.
  void drop_frame() { reader_.trim(); }
  // Waits for nothing but the deadline (timeout) or an interrupt.
  Event pause(Instant deadline) const;

  // Makes every wait, under way and later, end with `interrupted`. Threads: any.
  void interrupt();

 private:
  bool wait_until_ready(Instant deadline, Event& event) const;
  void push();
  ssize_t push(std::string_view head, std::string_view body);
  void pull();

  base::Fd interrupt_;  // an eventfd; readable for ever once it was written
  base::Fd socket_;
  FrameReader reader_;
  std::string_view head_;  // still to send
  std::string_view body_;
  std::string after_;  // and behind them
  bool untouched_ = true;
  bool closed_ = false;
};

}  // namespace crawld::parsers
