#include "crawler/base/bounded_queue.h"

#include <catch2/catch.hpp>

using crawld::base::BoundedQueue;

TEST_CASE("what is put back comes out first, whatever the bounds") {
  BoundedQueue<int> queue({.items = 1, .bytes = 10});
  int one = 1;
  int two = 2;
  REQUIRE(queue.push(std::move(one), 10));
  REQUIRE(queue.put_back(std::move(two), 10));
  CHECK(queue.depth().items == 2);
  CHECK(queue.depth().bytes == 20);
  CHECK(queue.pop() == 2);
  CHECK(queue.pop() == 1);
}

TEST_CASE("a closed queue takes nothing back and gives out what it has") {
  BoundedQueue<int> queue({.items = 4, .bytes = 10});
  int one = 1;
  int two = 2;
  REQUIRE(queue.push(std::move(one), 1));
  queue.close();
  CHECK_FALSE(queue.put_back(std::move(two), 1));
  CHECK(two == 2);
  CHECK(queue.pop() == 1);
  CHECK_FALSE(queue.pop());
  CHECK(queue.finished());
}
