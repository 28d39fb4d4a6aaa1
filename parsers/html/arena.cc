#include "parsers/html/arena.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>

namespace crawld::parsers {
namespace {

constexpr std::size_t kAlign = alignof(void*);
static_assert(kAlign >= alignof(double) && kAlign >= alignof(std::uint64_t));
constexpr std::size_t kFirstChunk = 64 << 10;
constexpr std::size_t kLargestChunk = 1 << 20;

}  // namespace

void* Arena::allocate(std::size_t bytes) {
  const std::size_t room = std::max((bytes + kAlign - 1) & ~(kAlign - 1), kAlign);
  if (bytes > max_bytes_ || (static_cast<std::size_t>(end_ - next_) < room && !add_chunk(room))) {
    exhausted_ = true;
    return nullptr;
  }
  last_ = next_;
  next_ += room;
  return last_;
}

void Arena::release(void* last) {
  if (last == nullptr || last != last_) return;
  next_ = last_;
  last_ = nullptr;
}

std::string_view Arena::copy(std::string_view text) {
  auto* room = static_cast<char*>(allocate(text.size() + 1));
  if (room == nullptr) return {};
  std::memcpy(room, text.data(), text.size());
  room[text.size()] = '\0';
  return {room, text.size()};
}

bool Arena::add_chunk(std::size_t at_least) {
  // Chunks grow with the document, so a small page stays small.
  std::size_t size = std::clamp(bytes_, kFirstChunk, kLargestChunk);
  size = std::max(size, at_least);
  if (size > max_bytes_ - std::min(bytes_, max_bytes_)) return false;
  std::unique_ptr<std::byte[]> chunk(new (std::nothrow) std::byte[size]);
  if (!chunk) return false;
  next_ = chunk.get();
  end_ = next_ + size;
  chunks_.push_back(std::move(chunk));
  bytes_ += size;
  return true;
}

}  // namespace crawld::parsers
