#include "parsers/worker/wire_json.h"

#include <bitset>
#include <cstddef>

#include "crawler/base/ascii.h"

namespace crawld::parsers {
namespace {

constexpr std::size_t kMaxDepth = 512;

class Checker {
 public:
  explicit Checker(std::string_view text) : rest_(text) {}

  bool one_value() {
    if (!value()) return false;
    while (depth_ > 0) {
      spaces();
      if (!after_value()) return false;
    }
    spaces();
    return rest_.empty();
  }

 private:
  // A scalar, or the opening of an array or object up to and with its first value.
  bool value() {
    while (true) {
      spaces();
      if (rest_.empty()) return false;
      const char c = rest_.front();
      if (c != '[' && c != '{') return scalar(c);
      if (depth_ == kMaxDepth) return false;
      rest_.remove_prefix(1);
      is_object_[depth_++] = c == '{';
      spaces();
      if (take(c == '{' ? '}' : ']')) {
        --depth_;
        return true;
      }
      if (c == '{' && !key()) return false;
    }
  }

  // What may follow a value inside of a container: its end, or a comma and the next.
  bool after_value() {
    const bool object = is_object_[depth_ - 1];
    if (take(object ? '}' : ']')) {
      --depth_;
      return true;
    }
    return take(',') && (!object || key()) && value();
  }

  bool key() {
    spaces();
    if (!string()) return false;
    spaces();
    return take(':');
  }

  bool scalar(char c) {
    switch (c) {
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool string() {
    if (!take('"')) return false;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }

  bool escape() {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    if (rest_.size() < 4) return false;
    for (std::size_t i = 0; i < 4; ++i) {
      if (!base::is_ascii_hex_digit(rest_[i])) return false;
    }
    rest_.remove_prefix(4);
    return true;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  bool digits() {
    std::size_t n = 0;
    while (n < rest_.size() && base::is_ascii_digit(rest_[n])) ++n;
    rest_.remove_prefix(n);
    return n > 0;
  }

  bool word(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void spaces() {
    while (take(' ')) {
    }
  }

  std::string_view rest_;
  std::bitset<kMaxDepth> is_object_;
  std::size_t depth_ = 0;
};

}  // namespace

bool is_one_line_json(std::string_view text, JsonShape shape) {
  return !text.empty() && text.front() == static_cast<char>(shape) && Checker(text).one_value();
}

}  // namespace crawld::parsers
