#include "crawler/base/text_pool.h"

#include <algorithm>
#include <cstring>

namespace crawld::base {
namespace {

constexpr std::size_t kFirstBlock = 8U << 10;
constexpr std::size_t kLargestBlock = 1U << 20;

}  // namespace

std::string_view TextPool::keep(std::string_view text) {
  if (text.empty()) return {};
  char* at = free_;
  if (text.size() <= left_) {
    free_ += text.size();
    left_ -= text.size();
  } else {
    const std::size_t block =
        std::min(kFirstBlock << std::min<std::size_t>(blocks_.size(), 7), kLargestBlock);
    const bool alone = text.size() >= block;
    blocks_.push_back(std::make_shared_for_overwrite<char[]>(alone ? text.size() : block));
    at = blocks_.back().get();
    if (!alone) {
      free_ = at + text.size();
      left_ = block - text.size();
    }
  }
  std::memcpy(at, text.data(), text.size());
  return {at, text.size()};
}

void TextPool::join(const TextPool& other) {
  blocks_.insert(blocks_.end(), other.blocks_.begin(), other.blocks_.end());
}

}  // namespace crawld::base
