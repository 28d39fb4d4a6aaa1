// TextPool: memory for the many short texts of one page, for which a std::string each would
// cost an allocation each.
//
// What is kept stays where it is until the pool and all copies of it are gone; views into
// it outlive a move. A copy shares the texts and puts its own elsewhere.
// Threads: one at a time; copies count as others.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace crawld::base {

class TextPool {
 public:
  TextPool() = default;
  TextPool(const TextPool& other) : blocks_(other.blocks_) {}
  TextPool(TextPool&& other) noexcept { swap(other); }
  TextPool& operator=(TextPool other) noexcept {
    swap(other);
    return *this;
  }

  // A copy of `text`.
  std::string_view keep(std::string_view text);
  // Holds the texts of `other` as well from now on.
  void join(const TextPool& other);

 private:
  void swap(TextPool& other) noexcept {
    blocks_.swap(other.blocks_);
    std::swap(free_, other.free_);
    std::swap(left_, other.left_);
  }

  std::vector<std::shared_ptr<char[]>> blocks_;
  char* free_ = nullptr;  // in the last block but for large texts, which have blocks of their own
  std::size_t left_ = 0;
};

}  // namespace crawld::base
