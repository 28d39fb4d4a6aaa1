#include "crawler/model/url_host.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "crawler/base/ascii.h"
#include "crawler/model/url_idna.h"
#include "crawler/model/url_percent.h"

namespace crawld::model {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), base::is_ascii_digit);
}

// Beyond any valid address; stands for every larger number, so nothing overflows.
constexpr std::uint64_t kTooLarge = std::uint64_t{1} << 33;

// 0x1F, 017, 15: one part of an IPv4 address, in any of its notations.
std::optional<std::uint64_t> parse_ipv4_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  unsigned radix = 10;
  if (text.size() >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    text.remove_prefix(2);
    radix = 16;
  } else if (text.size() >= 2 && text[0] == '0') {
    text.remove_prefix(1);
    radix = 8;
  }
  std::uint64_t number = 0;
  for (const char c : text) {
    const int digit = base::hex_value(c);
    if (digit < 0 || static_cast<unsigned>(digit) >= radix) return std::nullopt;
    number = std::min(number * radix + static_cast<unsigned>(digit), kTooLarge);
  }
  return number;
}

std::string_view without_trailing_dot(std::string_view domain) {
  if (domain.size() > 1 && domain.back() == '.') domain.remove_suffix(1);
  return domain;
}

// URL standard 3.5, IPv4 parser. Needs: ends_in_a_number(domain).
std::optional<std::uint32_t> parse_ipv4(std::string_view domain) {
  domain = without_trailing_dot(domain);
  std::array<std::uint64_t, 4> numbers{};
  std::size_t count = 0;
  for (;;) {
    const std::size_t dot = domain.find('.');
    const auto number = parse_ipv4_number(domain.substr(0, dot));
    if (!number || count == numbers.size()) return std::nullopt;
    numbers[count++] = *number;
    if (dot == std::string_view::npos) break;
    domain.remove_prefix(dot + 1);
  }
  // The last number fills all octets that are left.
  if (numbers[count - 1] >= std::uint64_t{1} << (8 * (5 - count))) return std::nullopt;
  std::uint64_t address = numbers[count - 1];
  for (std::size_t i = 0; i + 1 < count; ++i) {
    if (numbers[i] > 255) return std::nullopt;
    address += numbers[i] << (8 * (3 - i));
  }
  return static_cast<std::uint32_t>(address);
}

void append_number(std::string& out, unsigned number, int base = 10) {
  std::array<char, 12> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base);
  out.append(digits.data(), end.ptr);
}

void append_ipv4(std::string& out, std::uint32_t address) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    append_number(out, (address >> shift) & 0xFF);
    if (shift > 0) out += '.';
  }
}

using Pieces = std::array<std::uint16_t, 8>;

// The dotted tail of an IPv6 address: exactly four decimal octets without leading
// zeros, into two pieces.
bool parse_embedded_ipv4(std::string_view text, Pieces& pieces, std::size_t at) {
  for (int octet = 0; octet < 4; ++octet) {
    const std::size_t length = octet < 3 ? text.find('.') : text.size();
    if (length == std::string_view::npos) return false;
    const std::string_view part = text.substr(0, length);
    if (!all_digits(part) || part.size() > 3 || (part.size() > 1 && part[0] == '0')) return false;
    unsigned value = 0;
    for (const char c : part) value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 255) return false;
    std::uint16_t& piece = pieces[at + static_cast<std::size_t>(octet) / 2];
    piece = static_cast<std::uint16_t>(piece * 256 + value);
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return true;
}

// URL standard 3.5, IPv6 parser; `text` stands without its brackets.
std::optional<Pieces> parse_ipv6(std::string_view text) {
  Pieces pieces{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;  // where "::" stands
  std::size_t i = 0;
  if (!text.empty() && text[0] == ':') {
    if (text.size() < 2 || text[1] != ':') return std::nullopt;
    i = 2;
    gap = ++count;  // "::" stands for one piece at least
  }
  while (i < text.size()) {
    if (count == pieces.size()) return std::nullopt;
    if (text[i] == ':') {
      if (gap) return std::nullopt;
      ++i;
      gap = ++count;
      continue;
    }
    const std::size_t start = i;
    unsigned value = 0;
    for (; i < text.size() && i - start < 4 && base::hex_value(text[i]) >= 0; ++i) {
      value = value * 16 + static_cast<unsigned>(base::hex_value(text[i]));
    }
    if (i < text.size() && text[i] == '.') {
      if (count > 6 || !parse_embedded_ipv4(text.substr(start), pieces, count)) return std::nullopt;
      count += 2;
      break;
    }
    if (i < text.size()) {
      if (text[i] != ':') return std::nullopt;
      if (++i == text.size()) return std::nullopt;
    }
    pieces[count++] = static_cast<std::uint16_t>(value);
  }
  if (gap) {
    // What stood after the gap moves to the end.
    std::rotate(pieces.begin() + static_cast<std::ptrdiff_t>(*gap),
                pieces.begin() + static_cast<std::ptrdiff_t>(count), pieces.end());
  } else if (count != pieces.size()) {
    return std::nullopt;
  }
  return pieces;
}

struct Run {
  std::size_t start = 0;
  std::size_t length = 0;
};

// The first longest run of zero pieces that is worth "::".
Run longest_zero_run(const Pieces& pieces) {
  Run best;
  Run run;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i] != 0) {
      run.length = 0;
      continue;
    }
    if (run.length++ == 0) run.start = i;
    if (run.length > best.length) best = run;
  }
  return best.length > 1 ? best : Run{pieces.size(), 0};
}

void append_ipv6(std::string& out, const Pieces& pieces) {
  const Run gap = longest_zero_run(pieces);
  out += '[';
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i == gap.start) {
      out += i == 0 ? "::" : ":";
      i += gap.length - 1;
      continue;
    }
    append_number(out, pieces[i], 16);
    if (i + 1 < pieces.size()) out += ':';
  }
  out += ']';
}

bool append_opaque_host(std::string& out, std::string_view input) {
  if (contains_any(input, CharSet::forbidden_host)) return false;
  append_encoded(out, input, CharSet::c0_control);
  return true;
}

// Lower-cases `input` into `out`, which is all that domain to ASCII does to plain
// ASCII. False where there is something to decode, map or refuse.
bool append_ascii_domain(std::string& out, std::string_view input) {
  for (const char c : input) {
    if (is_in(c, CharSet::forbidden_domain) || static_cast<std::uint8_t>(c) >= 0x80) return false;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return true;
}

bool append_domain_or_ipv4(std::string& out, std::string_view input) {
  const std::size_t start = out.size();
  if (!append_ascii_domain(out, input)) {
    out.resize(start);
    const auto domain = domain_to_ascii(percent_decode(input));
    if (!domain) return false;
    out += *domain;
  }
  const std::string_view domain = std::string_view(out).substr(start);
  if (domain.empty()) return false;
  if (!ends_in_a_number(domain)) return true;
  const auto address = parse_ipv4(domain);
  if (!address) return false;
  out.resize(start);
  append_ipv4(out, *address);
  return true;
}

}  // namespace

bool ends_in_a_number(std::string_view domain) {
  domain = without_trailing_dot(domain);
  const std::string_view last = domain.substr(domain.rfind('.') + 1);
  if (last.empty()) return false;
  if (all_digits(last)) return true;
  return (last.starts_with("0x") || last.starts_with("0X")) && parse_ipv4_number(last).has_value();
}

bool is_ip_address(std::string_view host) {
  return host.starts_with('[') ||
         (!host.empty() && base::is_ascii_digit(host.back()) && ends_in_a_number(host));
}

bool append_host(std::string& out, std::string_view input, HostKind kind) {
  if (input.starts_with('[')) {
    if (!input.ends_with(']')) return false;
    const auto pieces = parse_ipv6(input.substr(1, input.size() - 2));
    if (pieces) append_ipv6(out, *pieces);
    return pieces.has_value();
  }
  return kind == HostKind::opaque ? append_opaque_host(out, input)
                                  : append_domain_or_ipv4(out, input);
}

}  // namespace crawld::model
