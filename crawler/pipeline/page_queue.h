// The way of pages from the fetch threads to the parse threads.
//
// Small pages come in their order. With two parse threads or more, pages that are large, or take
// long, have a queue of their own, and the first thread leaves them to the others while small ones
// come in: a site of huge or hostile pages holds up no other. A page that killed its reader waits
// here for its second look.
//
// Threads: any number on either side; a parse thread is known by its number, from 0.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "crawler/base/bounded_queue.h"
#include "crawler/base/clock.h"
#include "crawler/model/response.h"
#include "crawler/pipeline/parse_stage.h"
#include "crawler/pipeline/second_looks.h"

namespace crawld::pipeline {

class PageQueue {
 public:
  struct Options {
    std::uint32_t parse_threads = 2;
    std::size_t items = 64;         // of either queue
    std::size_t bytes = 16U << 20;  // of both
    // A page that killed its worker waits so long for its second and last look.
    std::chrono::milliseconds second_look{2'000};
    // Without a small body for so long, from the beginning on, the thread that is kept for them
    // takes large ones.
    std::chrono::milliseconds quiet{500};
    // Pages that a program of the system reads: they wait with the large ones. None: there are no
    // such pages. Threads: any.
    std::function<bool(const model::Response&)> takes_long;
  };
  struct Page {
    model::Fetched fetched;
    Look look = Look::first;
  };
  using Queue = base::BoundedQueue<model::Fetched>;

  // `clock` outlives the queue.
  PageQueue(Options options, const base::Clock& clock);

  // --- fetch threads ---------------------------------------------------------------------------
  // As BoundedQueue's, for a small page.
  bool wait_for_room() { return small_.wait_for_room(); }
  void wait_for_place(base::Instant until) { small_.wait_for_place(until); }
  // By what it takes: bytes, or time.
  bool is_large(const model::Fetched& fetched, std::size_t bytes) const;
  // Waits for room. False once the queue is closed. `bytes`: weight(fetched).
  bool push(model::Fetched fetched, std::size_t bytes);

  // --- parse threads ---------------------------------------------------------------------------
  // Waits for a page. Nothing at the end. Pages put aside do not wait for their time then; the
  // thread that puts one aside comes here once more, so none is left behind.
  std::optional<Page> next(std::uint32_t thread);
  // What the thread reads after `page`, taken early where more wait than the others could take at
  // once: its worker is handed one while it still has the other. Never waits.
  std::optional<Page> after(const Page& page);
  // Puts aside what killed its reader. False, with `page` untouched, when there is no room.
  bool look_again(model::Fetched& page);
  // What came back unread: at the front again or, of a second look, aside until `due`. False, with
  // `page` untouched, when it is closed or has no room.
  bool put_back(model::Fetched& page, Look look, base::Instant due);

  // push() refuses from now on; next() gives what is left.
  void close();
  // Closed, and no page waits but for a second look.
  bool finished() const { return small_.finished() && large_.finished(); }
  // Of both queues together.
  Queue::Depth depth() const;

 private:
  bool takes_large(std::uint32_t thread) const;

  const Options options_;
  const base::Clock& clock_;
  Queue small_;
  Queue large_;
  SecondLooks second_looks_{{}};
  std::atomic<base::Instant::rep> last_small_;  // when one came; at first, the beginning
};

}  // namespace crawld::pipeline
