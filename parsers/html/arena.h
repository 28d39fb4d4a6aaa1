// Memory that is handed out in a row and given back all at once.
//
// gumbo allocates a document's nodes through it, so a tree costs few calls to
// malloc and is thrown away without walking it. A cap bounds what one document
// may take: allocate() returns null beyond it.
//
// Threads: one at a time. Everything dies with the arena.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace crawld::parsers {

class Arena {
 public:
  explicit Arena(std::size_t max_bytes) : max_bytes_(max_bytes) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Room for `bytes`, aligned for pointers and numbers of 8 bytes; null beyond the cap. Most
  // rooms of a page are names and lists of one, so an alignment of 16 would cost a tenth of it.
  void* allocate(std::size_t bytes);
  // Takes the room back if it was the last handed out; else it stays until the end.
  void release(void* last);
  // A copy of `text` with a NUL behind it; empty beyond the cap.
  std::string_view copy(std::string_view text);

  std::size_t bytes() const { return bytes_; }
  // Whether allocate() said no, because of the cap or of malloc.
  bool exhausted() const { return exhausted_; }

 private:
  bool add_chunk(std::size_t at_least);

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;  // of all chunks
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  std::byte* last_ = nullptr;
  bool exhausted_ = false;
};

}  // namespace crawld::parsers
