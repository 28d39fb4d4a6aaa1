// Runs of three words as hashes, to find the same wording again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace crawld::parsers {

class HashSet {
 public:
  explicit HashSet(std::size_t expected) {
    std::size_t slots = 16;
    while (slots < expected * 2) slots *= 2;
    slots_.resize(slots);
  }
  // Needs: no more members than expected; 0 is not a member.
  void add(std::uint32_t hash) {
    auto at = start(hash);
    while (slots_[at] != 0 && slots_[at] != hash) at = next(at);
    slots_[at] = hash;
  }
  bool has(std::uint32_t hash) const {
    for (auto at = start(hash); slots_[at] != 0; at = next(at)) {
      if (slots_[at] == hash) return true;
    }
    return false;
  }

 private:
  std::size_t start(std::uint32_t hash) const { return (hash * 0x9E3779B1U) & (slots_.size() - 1); }
  std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
  std::vector<std::uint32_t> slots_;
};

// The hash of words[at], words[at + 1] and words[at + 2]; never 0.
inline std::uint32_t shingle(std::span<const std::uint32_t> words, std::size_t at) {
  const auto hash = ((words[at] * 31U) ^ words[at + 1]) * 0x85EBCA6BU + words[at + 2];
  return hash == 0 ? 1 : hash;
}

}  // namespace crawld::parsers
