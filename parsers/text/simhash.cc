#include "parsers/text/simhash.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstring>

#include "crawler/base/sixteen_bytes.h"

namespace crawld::parsers {
namespace {

// Counts, for each of 64 bits, in how many hashes it was set. The counters stand upright,
// plane n holding bit n of all 64 of them, and eight hashes at a time go through a tree of
// carry-save adders (Harley and Seal's count of bits), which has no branch to guess.
class BitCounts {
 public:
  void add(std::uint64_t hash) {
    ++total_;
    waiting_[filled_++] = hash;
    if (filled_ == waiting_.size()) add_eight();
  }

  // The bits that were set in more than half of the hashes.
  std::uint64_t majority() {
    std::fill(waiting_.begin() + filled_, waiting_.end(), 0);
    add_eight();
    const std::uint64_t half = total_ / 2;
    std::uint64_t greater = 0;
    std::uint64_t equal = ~std::uint64_t{0};
    for (std::size_t n = planes_.size(); n-- > 0;) {
      const std::uint64_t bit = (half >> n & 1) != 0 ? ~std::uint64_t{0} : 0;
      greater |= equal & planes_[n] & ~bit;
      equal &= ~(planes_[n] ^ bit);
    }
    return greater;
  }

 private:
  // sum becomes a + b + sum modulo 2 in each bit, and the carries come back.
  static std::uint64_t carry_save(std::uint64_t& sum, std::uint64_t a, std::uint64_t b) {
    const std::uint64_t either = a ^ b;
    const std::uint64_t carry = (a & b) | (either & sum);
    sum ^= either;
    return carry;
  }

  void add_eight() {
    const auto& w = waiting_;
    const std::uint64_t two_a = carry_save(planes_[0], w[0], w[1]);
    const std::uint64_t two_b = carry_save(planes_[0], w[2], w[3]);
    const std::uint64_t two_c = carry_save(planes_[0], w[4], w[5]);
    const std::uint64_t two_d = carry_save(planes_[0], w[6], w[7]);
    const std::uint64_t four_a = carry_save(planes_[1], two_a, two_b);
    const std::uint64_t four_b = carry_save(planes_[1], two_c, two_d);
    std::uint64_t carry = carry_save(planes_[2], four_a, four_b);
    for (std::size_t n = 3; carry != 0 && n < planes_.size(); ++n) {
      const std::uint64_t next = planes_[n] & carry;
      planes_[n] ^= carry;
      carry = next;
    }
    filled_ = 0;
  }

  std::uint64_t total_ = 0;
  std::size_t filled_ = 0;
  std::array<std::uint64_t, 8> waiting_{};
  std::array<std::uint64_t, 32> planes_{};
};

constexpr std::uint64_t kPrime = 0x9E3779B97F4A7C15;

std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xD6E8FEB86659FD93;
  x ^= x >> 32;
  x *= 0xD6E8FEB86659FD93;
  x ^= x >> 32;
  return x;
}

enum Class : std::uint8_t { kSpace, kWord, kWide };
constexpr std::uint8_t kFirstWide = 0xE3;

// By lead byte of UTF-8. Other characters below U+2E80 count as letters, except the
// general punctuation (U+2000 to U+206F), which a byte cannot tell and which is cheap to keep.
constexpr auto kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    const bool word =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
    classes[c] = c >= kFirstWide ? kWide : word ? kWord : kSpace;
  }
  return classes;
}();

// The first `size` (1 to 8) bytes at `at`, A to Z as a to z; the rest is zero.
std::uint64_t folded(const char* at, std::size_t size, const char* end) {
  assert(size >= 1 && size <= 8);
  std::uint64_t bytes = 0;
  if (end - at >= 8) {
    std::memcpy(&bytes, at, 8);
    bytes &= ~std::uint64_t{0} >> (64 - 8 * size);
  } else {
    std::memcpy(&bytes, at, size);
  }
  // In a word, of the bytes of ASCII just the letters have bit 6; they all get bit 5.
  const std::uint64_t ascii = ~bytes & 0x8080808080808080;
  return bytes | ((ascii >> 2) & (bytes >> 1));
}

// `at` to `stop` is a word in a text that ends at `end`.
std::uint64_t hash_word(const char* at, const char* stop, const char* end) {
  std::uint64_t hash = kPrime;
  for (; stop - at > 8; at += 8) hash = std::rotl((hash ^ folded(at, 8, end)) * kPrime, 29);
  return (hash ^ folded(at, static_cast<std::size_t>(stop - at), end)) * kPrime;
}

class Shingles {
 public:
  void word(std::uint64_t hash) {
    const std::uint64_t h = mix(hash);
    if (++words_ >= 3) counts_.add(mix(std::rotl(older_, 42) ^ std::rotl(old_, 21) ^ h));
    older_ = old_;
    old_ = h;
  }

  std::uint64_t fingerprint() {
    // A text of one or two words is one shingle.
    if (words_ > 0 && words_ < 3) counts_.add(mix(std::rotl(older_, 21) ^ old_));
    return counts_.majority();
  }

 private:
  BitCounts counts_;
  std::uint64_t words_ = 0;
  std::uint64_t old_ = 0;
  std::uint64_t older_ = 0;
};

// Finds the words of a text: 64 bytes at a time where no script without spaces stands among
// them, else a byte at a time.
class Words {
 public:
  Words(std::string_view text, Shingles& shingles)
      : at_(text.data()), end_(at_ + text.size()), shingles_(shingles) {}

  void read() {
    while (at_ != end_) {
      if (end_ - at_ < kBlock || !read_block()) read_bytes(std::min(kBlock, end_ - at_));
    }
    close(end_);
  }

 private:
  static constexpr std::ptrdiff_t kBlock = 64;

  // False, with nothing read, where the block has wide characters.
  bool read_block() {
    using base::SixteenBytes;
    std::uint64_t letters = 0;
    std::uint32_t wide = 0;
    for (unsigned i = 0; i < kBlock; i += SixteenBytes::kSize) {
      const SixteenBytes bytes(at_ + i);
      const auto word = bytes.between('a', 'z') | bytes.between('A', 'Z') |
                        bytes.between('0', '9') | bytes.beyond_ascii();
      letters |= std::uint64_t{word.bits()} << i;
      wide |= bytes.between(kFirstWide, 0xFF).bits();
    }
    if (wide != 0) return false;
    // Each set bit is a place where a word begins or ends.
    for (std::uint64_t edges = letters ^ (letters << 1 | (word_ != nullptr ? 1 : 0)); edges != 0;
         edges &= edges - 1) {
      const char* const edge = at_ + std::countr_zero(edges);
      if (word_ == nullptr)
        word_ = edge;
      else
        close(edge);
    }
    at_ += kBlock;
    return true;
  }

  void read_bytes(std::ptrdiff_t count) {
    for (const char* const stop = at_ + count; at_ < stop;) {
      const auto byte = static_cast<unsigned char>(*at_);
      const Class kind = static_cast<Class>(kClasses[byte]);
      if (kind == kWord) {
        if (word_ == nullptr) word_ = at_;
        ++at_;
        continue;
      }
      close(at_);
      ++at_;
      if (kind == kWide) read_wide(byte);
    }
  }

  // From behind the lead byte on.
  void read_wide(std::uint64_t lead) {
    std::uint64_t hash = lead;
    for (; at_ != end_ && (static_cast<unsigned char>(*at_) & 0xC0) == 0x80; ++at_) {
      hash = hash << 8 | static_cast<unsigned char>(*at_);
    }
    shingles_.word(hash);
  }

  void close(const char* stop) {
    if (word_ != nullptr) shingles_.word(hash_word(word_, stop, end_));
    word_ = nullptr;
  }

  const char* at_;
  const char* const end_;
  const char* word_ = nullptr;  // where the word that goes on at at_ began
  Shingles& shingles_;
};

}  // namespace

std::uint64_t simhash(std::string_view text) {
  Shingles shingles;
  Words(text, shingles).read();
  return shingles.fingerprint();
}

}  // namespace crawld::parsers
