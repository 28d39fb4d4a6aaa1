#include "crawler/fetch/hsts_header.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "crawler/base/ascii.h"

namespace crawld::fetch {
namespace {

constexpr std::int64_t kLongest = 100LL * 366 * 86'400;

// RFC 9110 section 5.6.2.
bool is_token_char(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return base::is_ascii_alphanumeric(c) || kMarks.find(c) != kMarks.npos;
}

// Takes one directive after the other; `good` is false from the first that breaks the grammar on.
class Directives {
 public:
  explicit Directives(std::string_view text) : rest_(text) {}

  // False at the end. An empty name: nothing stood between two semicolons.
  bool next() {
    if (!good_ || ended_) return false;
    name_ = token();
    value_.reset();
    skip_blanks();
    if (take('=')) {
      skip_blanks();
      value_ = take('"') ? quoted() : std::string(token());
      good_ = good_ && !name_.empty();
      skip_blanks();
    }
    ended_ = rest_.empty();
    if (!ended_ && !take(';')) good_ = false;
    return good_;
  }

  std::string_view name() const { return name_; }
  const std::optional<std::string>& value() const { return value_; }
  bool good() const { return good_; }

 private:
  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t'))
      rest_.remove_prefix(1);
  }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view token() {
    skip_blanks();
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token_char);
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    const std::string_view found = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return found;
  }

  // RFC 9110 section 5.6.4, behind its first quote.
  std::string quoted() {
    std::string text;
    while (!rest_.empty()) {
      if (take('"')) return text;
      if (take('\\') && rest_.empty()) break;
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    good_ = false;
    return {};
  }

  std::string_view rest_;
  std::string_view name_;
  std::optional<std::string> value_;
  bool good_ = true;
  bool ended_ = false;
};

// Section 6.1.1: digits alone. A number that no clock reaches is the longest time.
std::optional<std::int64_t> seconds_of(const std::string& digits) {
  std::int64_t seconds = 0;
  for (const char c : digits) {
    if (!base::is_ascii_digit(c)) return std::nullopt;
    seconds = std::min(kLongest, seconds * 10 + (c - '0'));
  }
  return digits.empty() ? std::nullopt : std::optional(seconds);
}

}  // namespace

std::optional<HstsHeader> parse_hsts_header(std::string_view value) {
  HstsHeader header;
  std::optional<std::int64_t> max_age;
  Directives directives(value);
  while (directives.next()) {
    if (base::equals_ignoring_case(directives.name(), "max-age")) {
      if (max_age || !directives.value()) return std::nullopt;
      max_age = seconds_of(*directives.value());
      if (!max_age) return std::nullopt;
    } else if (base::equals_ignoring_case(directives.name(), "includeSubDomains")) {
      if (header.with_subdomains || directives.value()) return std::nullopt;
      header.with_subdomains = true;
    }
  }
  if (!directives.good() || !max_age) return std::nullopt;
  header.max_age = std::chrono::seconds(*max_age);
  return header;
}

}  // namespace crawld::fetch
