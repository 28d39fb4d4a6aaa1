// Sixteen bytes of a text looked at at once: SSE2 where there is, a loop elsewhere.
//
// What a loop a byte asks sixteen times, and guesses wrong at its end, this asks once: "where
// is the first byte that ...". Both forms answer alike; a test holds them to it.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace crawld::base {

// The form for every machine.
class SixteenBytesLooped {
 public:
  static constexpr std::size_t kSize = 16;

  // Some of the bytes: bit n tells of byte n.
  class Some {
   public:
    explicit Some(std::uint32_t bits) : bits_(bits) {}
    std::uint32_t bits() const { return bits_; }
    Some operator|(Some other) const { return Some(bits_ | other.bits_); }

   private:
    std::uint32_t bits_;
  };

  // Needs: kSize bytes to read at `at`.
  explicit SixteenBytesLooped(const char* at) { std::memcpy(bytes_.data(), at, kSize); }

  void store(char* at) const { std::memcpy(at, bytes_.data(), kSize); }
  Some equal(char c) const {
    return those([c](std::uint8_t byte) { return byte == static_cast<std::uint8_t>(c); });
  }
  Some at_most(std::uint8_t bound) const {
    return those([bound](std::uint8_t byte) { return byte <= bound; });
  }
  Some between(std::uint8_t low, std::uint8_t high) const {
    return those([low, high](std::uint8_t byte) { return byte >= low && byte <= high; });
  }
  // The bytes of other characters than ASCII's.
  Some beyond_ascii() const {
    return those([](std::uint8_t byte) { return byte >= 0x80; });
  }
  // A-Z as a-z.
  SixteenBytesLooped lower_case() const {
    SixteenBytesLooped lower = *this;
    for (std::uint8_t& byte : lower.bytes_) {
      if (byte >= 'A' && byte <= 'Z') byte = static_cast<std::uint8_t>(byte + 32);
    }
    return lower;
  }
  // The first eight, the very first in the lowest bits.
  std::uint64_t front() const {
    std::uint64_t word = 0;
    for (std::size_t i = 8; i-- > 0;) word = word << 8 | bytes_[i];
    return word;
  }

 private:
  template <class Test>
  Some those(Test test) const {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < kSize; ++i)
      bits |= static_cast<std::uint32_t>(test(bytes_[i])) << i;
    return Some(bits);
  }

  std::array<std::uint8_t, kSize> bytes_;
};

#if defined(__SSE2__)

class SixteenBytesSse2 {
 public:
  static constexpr std::size_t kSize = 16;

  class Some {
   public:
    explicit Some(__m128i lanes) : lanes_(lanes) {}
    std::uint32_t bits() const { return static_cast<std::uint32_t>(_mm_movemask_epi8(lanes_)); }
    Some operator|(Some other) const { return Some(_mm_or_si128(lanes_, other.lanes_)); }

   private:
    __m128i lanes_;
  };

  explicit SixteenBytesSse2(const char* at)
      : bytes_(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))) {}

  void store(char* at) const { _mm_storeu_si128(reinterpret_cast<__m128i*>(at), bytes_); }
  Some equal(char c) const { return Some(_mm_cmpeq_epi8(bytes_, _mm_set1_epi8(c))); }
  Some at_most(std::uint8_t bound) const {
    const __m128i bounds = _mm_set1_epi8(static_cast<char>(bound));
    return Some(_mm_cmpeq_epi8(_mm_min_epu8(bytes_, bounds), bytes_));
  }
  Some between(std::uint8_t low, std::uint8_t high) const {
    const __m128i above = _mm_sub_epi8(bytes_, _mm_set1_epi8(static_cast<char>(low)));
    return SixteenBytesSse2(above).at_most(static_cast<std::uint8_t>(high - low));
  }
  Some beyond_ascii() const { return Some(bytes_); }
  SixteenBytesSse2 lower_case() const {
    // Bytes from 0x80 on are negative here, and so below 'A'.
    const __m128i from_a = _mm_cmpgt_epi8(bytes_, _mm_set1_epi8('A' - 1));
    const __m128i to_z = _mm_cmplt_epi8(bytes_, _mm_set1_epi8('Z' + 1));
    const __m128i bit = _mm_and_si128(_mm_and_si128(from_a, to_z), _mm_set1_epi8(32));
    return SixteenBytesSse2(_mm_or_si128(bytes_, bit));
  }
  std::uint64_t front() const { return static_cast<std::uint64_t>(_mm_cvtsi128_si64(bytes_)); }

 private:
  explicit SixteenBytesSse2(__m128i bytes) : bytes_(bytes) {}

  __m128i bytes_;
};
using SixteenBytes = SixteenBytesSse2;

#else

using SixteenBytes = SixteenBytesLooped;

#endif

}  // namespace crawld::base
