#include "crawler/model/punycode.h"

#include <algorithm>

namespace crawld::model {
namespace {

// RFC 3492 section 5.
constexpr std::uint64_t kBase = 36;
constexpr std::uint64_t kTMin = 1;
constexpr std::uint64_t kTMax = 26;
constexpr std::uint64_t kSkew = 38;
constexpr std::uint64_t kDamp = 700;
constexpr std::uint64_t kInitialBias = 72;
constexpr std::int32_t kFirstNonAscii = 0x80;

char digit_of(std::uint64_t value) {
  return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26));
}

// Section 6.1.
std::uint64_t adapt(std::uint64_t delta, std::uint64_t points, bool first) {
  delta /= first ? kDamp : 2;
  delta += delta / points;
  std::uint64_t k = 0;
  for (; delta > (kBase - kTMin) * kTMax / 2; k += kBase) delta /= kBase - kTMin;
  return k + (kBase - kTMin + 1) * delta / (delta + kSkew);
}

// A generalized variable-length integer, section 3.3.
void append_integer(std::string& out, std::uint64_t value, std::uint64_t bias) {
  for (std::uint64_t k = kBase;; k += kBase) {
    const std::uint64_t t = k <= bias ? kTMin : std::min(k - bias, kTMax);
    if (value < t) break;
    out += digit_of(t + (value - t) % (kBase - t));
    value = (value - t) / (kBase - t);
  }
  out += digit_of(value);
}

}  // namespace

std::string punycode(const std::vector<std::int32_t>& label) {
  std::string out;
  for (const std::int32_t c : label) {
    if (c < kFirstNonAscii) out += static_cast<char>(c);
  }
  const std::uint64_t basic = out.size();
  if (basic > 0) out += '-';

  std::int32_t next = kFirstNonAscii;  // all code points below are written
  std::uint64_t delta = 0;
  std::uint64_t bias = kInitialBias;
  for (std::uint64_t written = basic; written < label.size(); ++next, ++delta) {
    std::int32_t least = 0x7FFFFFFF;
    for (const std::int32_t c : label) {
      if (c >= next) least = std::min(least, c);
    }
    delta += static_cast<std::uint64_t>(least - next) * (written + 1);
    next = least;
    for (const std::int32_t c : label) {
      if (c < next) ++delta;
      if (c != next) continue;
      append_integer(out, delta, bias);
      bias = adapt(delta, written + 1, written == basic);
      delta = 0;
      ++written;
    }
  }
  return out;
}

}  // namespace crawld::model
