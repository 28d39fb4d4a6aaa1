#include "crawler/model/url_percent.h"

#include <algorithm>

namespace crawld::model {

bool contains_any(std::string_view text, CharSet set) {
  return std::any_of(text.begin(), text.end(), [set](char c) { return is_in(c, set); });
}

void append_percent(std::string& out, std::uint8_t octet) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  const char triplet[] = {'%', kDigits[octet >> 4], kDigits[octet & 15]};
  out.append(triplet, sizeof triplet);
}

void append_encoded(std::string& out, std::string_view text, CharSet set) {
  std::size_t run = 0;  // start of the octets that are copied as they stand
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_in(text[i], set)) continue;
    out.append(text, run, i - run);
    append_percent(out, static_cast<std::uint8_t>(text[i]));
    run = i + 1;
  }
  out.append(text, run, text.size() - run);
}

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int octet = percent_octet(text, i);
    out += octet < 0 ? text[i] : static_cast<char>(octet);
    if (octet >= 0) i += 2;
  }
  return out;
}

}  // namespace crawld::model
