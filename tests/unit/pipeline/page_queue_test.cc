// Which page a parse thread gets next.
#include "crawler/pipeline/page_queue.h"

#include <catch2/catch.hpp>
#include <functional>
#include <utility>

#include "crawler/pipeline/weight.h"
#include "tests/support/scripted_web.h"

using namespace crawld;
using pipeline::Look;
using pipeline::PageQueue;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kLarge = 300'000;
constexpr std::uint32_t kKeptForSmall = 0;
constexpr std::uint32_t kOther = 1;

// Lets something happen when it is asked for the time, once.
class LettingClock final : public base::Clock {
 public:
  mutable std::function<void()> when_asked;
  base::Instant now() const override {
    if (const auto happen = std::exchange(when_asked, nullptr)) happen();
    return clock_.now();
  }
  base::WallTime wall() const override { return clock_.wall(); }
  void advance(base::Duration time) { clock_.advance(time); }

 private:
  tests::ManualClock clock_;
};

model::Fetched page_of(const std::string& path, std::size_t bytes = 100) {
  model::Response response;
  response.body = std::string(bytes, 'x');
  return {.lease = {.request = {.url = *model::Url::parse("http://a.test/" + path)}},
          .outcome = std::move(response),
          .fetched_at = {}};
}

void push(PageQueue& queue, const std::string& path, std::size_t bytes = 100) {
  model::Fetched page = page_of(path, bytes);
  const std::size_t weight = pipeline::weight(page);
  REQUIRE(queue.push(std::move(page), weight));
}

std::string path_of(const std::optional<PageQueue::Page>& page) {
  return page ? std::string(page->fetched.lease.request.url.path()) : "nothing";
}

}  // namespace

TEST_CASE("one parse thread leaves large pages to the others while small ones come") {
  tests::ManualClock clock;
  PageQueue queue({.quiet = milliseconds(500)}, clock);
  push(queue, "large", kLarge);
  push(queue, "second-large", kLarge);
  push(queue, "small");
  CHECK(path_of(queue.next(kKeptForSmall)) == "/small");
  CHECK(path_of(queue.next(kOther)) == "/large");
  clock.advance(milliseconds(500));
  CHECK(path_of(queue.next(kKeptForSmall)) == "/second-large");
}

TEST_CASE("the thread for small pages leaves large ones to the others before the first small one") {
  LettingClock clock;
  PageQueue queue({.quiet = milliseconds(500)}, clock);
  push(queue, "large", kLarge);
  clock.when_asked = [&] { push(queue, "small"); };  // it saw that there was none
  CHECK(path_of(queue.next(kKeptForSmall)) == "/small");
  clock.advance(milliseconds(500));
  CHECK(path_of(queue.next(kKeptForSmall)) == "/large");
}

TEST_CASE("a single parse thread reads large pages in their order") {
  tests::ManualClock clock;
  PageQueue queue({.parse_threads = 1}, clock);
  push(queue, "large", kLarge);
  push(queue, "small");
  CHECK(path_of(queue.next(0)) == "/large");
  CHECK(path_of(queue.next(0)) == "/small");
}

TEST_CASE("a page is taken early only where more wait than all parse threads could take") {
  tests::ManualClock clock;
  PageQueue queue({.parse_threads = 2}, clock);
  for (const char* path : {"1", "2", "3"}) push(queue, path);
  const auto page = queue.next(kOther);
  REQUIRE(page);
  CHECK(path_of(queue.after(*page)) == "/2");
  CHECK(path_of(queue.after(*page)) == "nothing");
  CHECK(queue.depth().items == 1);
}

TEST_CASE("nothing is taken early behind a large page, or behind a second look") {
  tests::ManualClock clock;
  PageQueue queue({.parse_threads = 2}, clock);
  for (const char* path : {"1", "2", "3"}) push(queue, path);
  CHECK(path_of(queue.after({page_of("large", kLarge), Look::first})) == "nothing");
  CHECK(path_of(queue.after({page_of("killer"), Look::second})) == "nothing");
}

TEST_CASE("what killed its reader waits for its time, but not at the end") {
  tests::ManualClock clock;
  PageQueue queue({.second_look = milliseconds(2'000)}, clock);
  model::Fetched first = page_of("first-killer");
  model::Fetched second = page_of("second-killer");
  REQUIRE(queue.look_again(first));
  push(queue, "1");
  CHECK(path_of(queue.next(kOther)) == "/1");
  clock.advance(milliseconds(2'000));
  REQUIRE(queue.look_again(second));
  const auto due = queue.next(kOther);
  CHECK(path_of(due) == "/first-killer");
  CHECK(due->look == Look::second);
  queue.close();
  CHECK(path_of(queue.next(kOther)) == "/second-killer");
  CHECK(path_of(queue.next(kOther)) == "nothing");
}

TEST_CASE("a page that came back unread is read before all others") {
  tests::ManualClock clock;
  PageQueue queue({}, clock);
  for (const char* path : {"1", "2"}) push(queue, path);
  auto unread = queue.next(kOther);
  REQUIRE(queue.put_back(unread->fetched, unread->look, clock.now()));
  CHECK(path_of(queue.next(kOther)) == "/1");
  CHECK(path_of(queue.next(kOther)) == "/2");
}

TEST_CASE("a closed queue of pages gives what is left, and takes nothing") {
  tests::ManualClock clock;
  PageQueue queue({}, clock);
  push(queue, "small");
  push(queue, "large", kLarge);
  queue.close();
  CHECK_FALSE(queue.push(page_of("late"), 1));
  CHECK_FALSE(queue.finished());
  CHECK(path_of(queue.next(kOther)) == "/large");
  CHECK(path_of(queue.next(kKeptForSmall)) == "/small");
  CHECK(path_of(queue.next(kKeptForSmall)) == "nothing");
  CHECK(queue.finished());
}
