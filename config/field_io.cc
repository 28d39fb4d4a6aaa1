#include "config/field_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "config/nearest_name.h"
#include "config/units.h"
#include "crawler/base/escape.h"
#include "crawler/base/fd.h"

namespace crawld::config {
namespace {

std::string_view kind_name(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::nothing:
      return "nothing";
    case Value::Kind::scalar:
      return "a value";
    case Value::Kind::list:
      return "a list";
    case Value::Kind::map:
      return "a map";
  }
  return "nothing";
}

// As YAML 1.2 has it (section 10.3.2), where it stands without quotes.
bool is_number_or_boolean(std::string_view text) {
  if (text == "true" || text == "false") return true;
  if (text.find_first_of("0123456789") == std::string::npos) return false;
  double number = 0;
  return std::from_chars(text.data(), text.data() + text.size(), number).ptr ==
         text.data() + text.size();
}

constexpr std::size_t kMostSecretBytes = 64U << 10;

// Its content, cut at kMostSecretBytes; empty if it is no regular file or cannot be read.
std::string secret_file(const std::string& path) {
  // Not blocking: a FIFO without a writer must not hang the start.
  const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts {};
  if (!file.open() || fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return {};
  std::string content(kMostSecretBytes, '\0');
  const ssize_t n = ::read(file.get(), content.data(), content.size());
  content.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return content;
}

}  // namespace

// --- reading ---------------------------------------------------------------------------------

void ReadField::fail_at(const Value& value, const std::string& wanted) {
  std::string is;
  if (value.kind == Value::Kind::scalar) {
    is = "\"" + base::printable(value.text.substr(0, 60)) + "\"";
  } else {
    is = kind_name(value.kind);
  }
  problems_.push_back(
      {value.place, std::string(key_) + ": " + is + " is not what is wanted here: " + wanted});
}

void ReadField::text(std::string& into) {
  if (!is_scalar()) return fail("text");
  if (value_.text.starts_with("${env:") || value_.text.starts_with("${file:")) {
    return fail("the text itself: ${env:NAME} and ${file:PATH} are read in secrets only");
  }
  into = value_.text;
}

// Secrets stand in the environment or in files, so that the configuration can be read by many.
bool ReadField::expand(const Value& value, std::string& into) {
  into.clear();
  std::string_view rest = value.text;
  while (true) {
    const std::size_t open = rest.find("${");
    into += rest.substr(0, open);
    if (open == std::string_view::npos) return true;
    const std::size_t close = rest.find('}', open);
    if (close == std::string_view::npos) {
      fail_at(value, "a \"}\" after \"${\"");
      return false;
    }
    const std::string name(rest.substr(open + 2, close - open - 2));
    if (name.starts_with("env:")) {
      const char* found = std::getenv(name.c_str() + 4);
      if (found == nullptr) {
        fail_at(value, "an environment variable " + name.substr(4) + " that is set");
        problems_.back().of_secret = true;
        return false;
      }
      into += found;
    } else if (name.starts_with("file:")) {
      std::string content = secret_file(name.substr(5));
      if (content.empty()) {
        fail_at(value, "a file " + name.substr(5) + " that can be read");
        problems_.back().of_secret = true;
        return false;
      }
      while (!content.empty() && (content.back() == '\n' || content.back() == '\r'))
        content.pop_back();
      into += content;
    } else {
      fail_at(value, "${env:NAME} or ${file:PATH}");
      return false;
    }
    rest.remove_prefix(close + 1);
  }
}

void ReadField::secret(std::string& into) {
  if (!is_scalar()) return fail("text");
  std::string expanded;
  if (expand(value_, expanded)) into = std::move(expanded);
}

void ReadField::one_or_more_secrets(std::vector<std::string>& into) {
  const bool one = is_scalar();
  if (!one && value_.kind != Value::Kind::list) return fail("text, or a list of texts");
  into.clear();
  for (const Value& item : one ? std::vector<Value>{value_} : value_.items) {
    std::string expanded;
    if (item.kind != Value::Kind::scalar) {
      fail_at(item, "text");
    } else if (expand(item, expanded) && (!one || !expanded.empty())) {
      into.push_back(std::move(expanded));
    }
  }
}

void ReadField::boolean(bool& into) {
  const bool plain = is_scalar() && !value_.quoted;
  if (plain && value_.text == "true") {
    into = true;
  } else if (plain && value_.text == "false") {
    into = false;
  } else {
    fail(is_scalar() && value_.quoted ? "true or false, without quotes" : "true or false");
  }
}

bool ReadField::read_count(std::uint64_t& into, Count range, const char* word) {
  const auto parsed = is_scalar() ? parse_count(value_.text) : std::nullopt;
  if (!parsed || *parsed < range.min || *parsed > range.max) {
    std::string wanted = word + std::string("a whole number");
    if (range.max >= 10'000) wanted += " (k: thousands, M: millions)";
    if (range.min > 0 || range.max < (1ULL << 40)) {
      wanted += ", from " + std::to_string(range.min) + " to " + std::to_string(range.max);
    }
    fail(wanted);
    return false;
  }
  into = *parsed;
  return true;
}

void ReadField::signed_number(int& into, int min, int max) {
  int value = 0;
  const std::string& text = value_.text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!is_scalar() || error != std::errc() || end != text.data() + text.size() || value < min ||
      value > max) {
    return fail("a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  }
  into = value;
}

void ReadField::real(double& into, Real range) {
  double value = 0;
  const std::string& text = value_.text;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (!is_scalar() || error != std::errc() || end != text.data() + text.size() ||
      !(value >= range.min && value <= range.max)) {
    std::array<char, 80> wanted{};
    std::snprintf(wanted.data(), wanted.size(), "a number from %g to %g", range.min, range.max);
    return fail(wanted.data());
  }
  into = value;
}

void ReadField::bytes(std::uint64_t& into, Count range) {
  std::string text = value_.text;
  if (text.ends_with("/s")) text.resize(text.size() - 2);
  const auto parsed = is_scalar() ? parse_bytes(text) : std::nullopt;
  if (!parsed || *parsed < range.min || *parsed > range.max) {
    return fail("a size with its unit (KiB, MiB, GiB, kB, MB, GB)" +
                (range.min > 0 ? ", at least " + format_bytes(range.min) : std::string()));
  }
  into = *parsed;
}

void ReadField::duration(milliseconds& into, Span range) {
  const auto parsed = is_scalar() ? parse_duration(value_.text) : std::nullopt;
  if (!parsed || *parsed < range.min || *parsed > range.max) {
    return fail("a duration with its unit (ms, s, m, h, d, w), from " + format_duration(range.min) +
                " to " + format_duration(range.max));
  }
  into = *parsed;
}

void ReadField::duration(seconds& into, Span range) {
  milliseconds value(into);
  const std::size_t before = problems_.size();
  duration(value, range);
  // Upwards: 500ms is a limit, and 0 is none.
  if (problems_.size() == before) into = std::chrono::ceil<seconds>(value);
}

void ReadField::count_or_share(std::uint64_t& count, double& share) {
  if (is_scalar()) {
    if (const auto part = parse_share(value_.text)) {
      share = *part;
      count = 0;
      return;
    }
    if (const auto whole = parse_count(value_.text)) {
      count = *whole;
      share = 0;
      return;
    }
  }
  fail("a count such as 5k, or a share such as 10%");
}

void ReadField::optional_count(std::optional<std::uint32_t>& into) {
  if (is_scalar() && value_.text == "none") {
    into.reset();
    return;
  }
  std::uint64_t value = 0;
  if (read_count(value, {0, 65'535})) into = static_cast<std::uint32_t>(value);
}

void ReadField::texts(std::vector<std::string>& into) {
  if (value_.kind != Value::Kind::list) {
    const bool one = is_scalar() && value_.text.size() <= 60;
    return fail(one ? "a list of texts, such as [\"" + base::printable(value_.text) + "\"]"
                    : "a list of texts");
  }
  into.clear();
  for (const Value& item : value_.items) {
    if (item.kind == Value::Kind::scalar) {
      into.push_back(item.text);
    } else {
      fail_at(item, "text");
    }
  }
}

void ReadField::ports(std::vector<std::uint16_t>& into) {
  if (value_.kind != Value::Kind::list) return fail("a list of port numbers");
  into.clear();
  for (const Value& item : value_.items) {
    const auto port = item.kind == Value::Kind::scalar ? parse_count(item.text) : std::nullopt;
    if (!port || *port == 0 || *port > 65'535) {
      fail_at(item, "a port number from 1 to 65535");
    } else {
      into.push_back(static_cast<std::uint16_t>(*port));
    }
  }
}

void ReadField::text_map(std::map<std::string, std::string>& into) {
  if (value_.kind != Value::Kind::map) return fail("a map of names to texts");
  into.clear();
  for (const Value::Member& member : value_.members) {
    if (member.value.kind == Value::Kind::scalar) {
      into[member.key] = member.value.text;
    } else {
      fail_at(member.value, "text");
    }
  }
}

void ReadField::secret_map(std::map<std::string, std::string>& into) {
  text_map(into);
  if (value_.kind != Value::Kind::map) return;
  for (const Value::Member& member : value_.members) {
    if (member.value.kind != Value::Kind::scalar) continue;
    std::string expanded;
    if (expand(member.value, expanded)) into[member.key] = std::move(expanded);
  }
}

void ReadField::count_or_auto(std::uint32_t& into, Count range) {
  if (is_scalar() && value_.text == "auto") {
    into = 0;
    return;
  }
  std::uint64_t value = into;
  if (read_count(value, range, "auto, or ")) into = static_cast<std::uint32_t>(value);
}

void ReadField::fail_choice(const std::vector<std::string_view>& names, const char* word) {
  std::string wanted = "one of ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    wanted += (i > 0 ? ", " : "") + std::string(names[i]);
  }
  wanted += word;
  const std::set<std::string> known(names.begin(), names.end());
  if (is_scalar()) wanted += did_you_mean(value_.text, known, "");
  fail(wanted);
}

// --- writing ---------------------------------------------------------------------------------

std::string yaml_scalar(const std::string& text) {
  const bool plain = !text.empty() &&
                     std::all_of(text.begin(), text.end(),
                                 [](char c) {
                                   return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                          (c >= '0' && c <= '9') || c == '.' || c == '/' ||
                                          c == '_' || c == '-' || c == '+' || c == '@';
                                 }) &&
                     text.front() != '-' && text.front() != '@' && text != "null" &&
                     text != "Null" && text != "NULL" && !is_number_or_boolean(text);
  return plain ? text : base::json_string(text);
}

void WriteField::text(const std::string& from) { text_ = yaml_scalar(from); }

void WriteField::one_or_more_secrets(const std::vector<std::string>& from) {
  if (from.size() <= 1) return secret(from.empty() ? "" : from.front());
  texts(masks_ ? std::vector<std::string>(from.size(), "***") : from);
}

void WriteField::real(double from, Real) {
  // No exponent: it is not read again.
  std::array<char, 512> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), from, std::chars_format::fixed);
  text_.assign(text.data(), end.ptr);
}

void WriteField::bytes(std::uint64_t from, Count) {
  const std::string short_form = format_bytes(from);
  text_ = parse_bytes(short_form) == from ? short_form : std::to_string(from) + "B";
}

void WriteField::duration(milliseconds from, Span) { text_ = format_duration(from); }

void WriteField::count_or_share(std::uint64_t count, double share) {
  if (share > 0) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%g%%", share * 100);
    text_ = text.data();
  } else {
    text_ = std::to_string(count);
  }
}

void WriteField::optional_count(const std::optional<std::uint32_t>& from) {
  text_ = from ? std::to_string(*from) : "none";
}

void WriteField::texts(const std::vector<std::string>& from) {
  text_ = "[";
  for (const std::string& one : from) text_ += (text_.size() > 1 ? ", " : "") + yaml_scalar(one);
  text_ += "]";
}

void WriteField::ports(const std::vector<std::uint16_t>& from) {
  text_ = "[";
  for (const std::uint16_t one : from)
    text_ += (text_.size() > 1 ? ", " : "") + std::to_string(one);
  text_ += "]";
}

void WriteField::text_map(const std::map<std::string, std::string>& from) {
  text_ = "{";
  for (const auto& [key, value] : from) {
    text_ += (text_.size() > 1 ? ", " : "") + yaml_scalar(key) + ": " + yaml_scalar(value);
  }
  text_ += "}";
}

void WriteField::secret_map(const std::map<std::string, std::string>& from) {
  std::map<std::string, std::string> masked;
  for (const auto& [key, value] : from) masked[key] = masks_ ? "***" : value;
  text_map(masked);
}

void WriteField::count_or_auto(std::uint32_t from, Count) {
  text_ = from == 0 ? "auto" : std::to_string(from);
}

}  // namespace crawld::config
