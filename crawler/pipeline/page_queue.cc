#include "crawler/pipeline/page_queue.h"

#include <utility>

#include "crawler/pipeline/weight.h"

namespace crawld::pipeline {
namespace {

constexpr std::chrono::milliseconds kIdle{50};  // how long a thread waits without looking up
constexpr std::size_t kLargeBody = 256U << 10;

}  // namespace

PageQueue::PageQueue(Options options, const base::Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      small_({.items = options_.items, .bytes = options_.bytes / 2}),
      large_({.items = options_.items, .bytes = options_.bytes / 2}),
      last_small_(clock.now().time_since_epoch().count()) {}

bool PageQueue::is_large(const model::Fetched& fetched, std::size_t bytes) const {
  if (options_.parse_threads == 1) return false;
  if (bytes >= kLargeBody) return true;
  const model::Response* response = options_.takes_long ? fetched.response() : nullptr;
  return response != nullptr && options_.takes_long(*response);
}

bool PageQueue::push(model::Fetched fetched, std::size_t bytes) {
  if (is_large(fetched, bytes)) return large_.push(std::move(fetched), bytes);
  last_small_.store(clock_.now().time_since_epoch().count(), std::memory_order_relaxed);
  return small_.push(std::move(fetched), bytes);
}

bool PageQueue::takes_large(std::uint32_t thread) const {
  if (thread > 0 || options_.parse_threads == 1) return true;
  if (small_.depth().items > 0) return false;
  // Behind that look: a page that came and was taken before it has told its time.
  const base::Instant last_small{base::Duration(last_small_.load(std::memory_order_relaxed))};
  return clock_.now() - last_small >= options_.quiet;
}

std::optional<PageQueue::Page> PageQueue::next(std::uint32_t thread) {
  while (true) {
    const bool ending = small_.finished();
    if (ending || takes_large(thread)) {
      if (auto page = large_.try_pop()) return Page{*std::move(page), Look::first};
      const base::Instant due = ending ? base::Instant::max() : clock_.now();
      if (auto page = second_looks_.take(due)) return Page{*std::move(page), Look::second};
    }
    if (ending && large_.finished()) return std::nullopt;
    if (auto page = small_.pop_within(kIdle)) return Page{*std::move(page), Look::first};
  }
}

std::optional<PageQueue::Page> PageQueue::after(const Page& page) {
  const bool early = page.look == Look::first && !is_large(page.fetched, weight(page.fetched)) &&
                     small_.depth().items >= options_.parse_threads;
  if (!early) return std::nullopt;
  auto next = small_.try_pop();
  if (!next) return std::nullopt;
  return Page{*std::move(next), Look::first};
}

bool PageQueue::look_again(model::Fetched& page) {
  return second_looks_.put(page, clock_.now() + options_.second_look);
}

bool PageQueue::put_back(model::Fetched& page, Look look, base::Instant due) {
  if (look == Look::second) return second_looks_.put(page, due);
  const std::size_t bytes = weight(page);
  Queue& queue = is_large(page, bytes) ? large_ : small_;
  return queue.put_back(std::move(page), bytes);
}

void PageQueue::close() {
  small_.close();
  large_.close();
}

PageQueue::Queue::Depth PageQueue::depth() const {
  Queue::Depth all = small_.depth();
  const Queue::Depth large = large_.depth();
  all.items += large.items;
  all.bytes += large.bytes;
  all.waiting_pushers += large.waiting_pushers;
  return all;
}

}  // namespace crawld::pipeline
