#include "parsers/simhash.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace crawld::parsers {
namespace {

// Counts, for each of 64 bits, in how many hashes it was set: the counters stand upright,
// plane n holding bit n of all 64 of them, so that one addition costs two operations on
// average and not 64.
class BitCounts {
 public:
  void add(std::uint64_t hash) {
    ++total_;
    for (std::uint64_t& plane : planes_) {
      const std::uint64_t carry = plane & hash;
      plane ^= hash;
      hash = carry;
      if (hash == 0) break;
    }
  }

  // The bits that were set in more than half of the hashes.
  std::uint64_t majority() const {
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
  std::uint64_t total_ = 0;
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

// By lead byte of UTF-8. Other characters below U+2E80 count as letters, except the
// general punctuation (U+2000 to U+206F), which a byte cannot tell and which is cheap to keep.
constexpr auto kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    const bool word =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
    classes[c] = c >= 0xE3 ? kWide : word ? kWord : kSpace;
  }
  return classes;
}();

constexpr auto kFolded = [] {
  std::array<std::uint8_t, 256> folded{};
  for (int c = 0; c < 256; ++c)
    folded[c] = static_cast<std::uint8_t>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return folded;
}();

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

}  // namespace

std::uint64_t simhash(std::string_view text) {
  Shingles shingles;
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  while (at != end) {
    switch (static_cast<Class>(kClasses[*at])) {
      case kSpace:
        ++at;
        break;
      case kWord: {
        std::uint64_t hash = kPrime;
        while (at != end && kClasses[*at] == kWord) hash = (hash ^ kFolded[*at++]) * kPrime;
        shingles.word(hash);
        break;
      }
      case kWide: {
        std::uint64_t hash = *at++;
        while (at != end && (*at & 0xC0) == 0x80) hash = hash << 8 | *at++;
        shingles.word(hash);
        break;
      }
    }
  }
  return shingles.fingerprint();
}

}  // namespace crawld::parsers
