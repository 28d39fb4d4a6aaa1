#include "parsers/selector/selector_scanner.h"

#include <algorithm>
#include <cstdint>

#include "crawler/base/ascii.h"
#include "crawler/base/utf8.h"

namespace crawld::parsers::selector {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }
bool starts_word(char c) {
  return base::is_ascii_alpha(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool continues_word(char c) { return starts_word(c) || base::is_ascii_digit(c) || c == '-'; }

}  // namespace

Scanner::Scanner(std::string_view text) {
  text_.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (c == '\0') {
      text_ += base::kReplacementCharacter;
    } else {
      text_ += c == '\r' || c == '\f' ? '\n' : c;
    }
  }
}

bool Scanner::skip_space() {
  bool space = false;
  while (!at_end()) {
    if (is_space(peek())) {
      space = true;
      ++at_;
    } else if (peek() == '/' && peek(1) == '*') {
      skip_comments();
    } else {
      break;
    }
  }
  return space;
}

void Scanner::skip_comments() {
  while (peek() == '/' && peek(1) == '*') {
    std::size_t end = text_.find("*/", at_ + 2);
    at_ = end == std::string::npos ? text_.size() : end + 2;
  }
}

bool Scanner::starts_escape(std::size_t ahead) const {
  return at_ + ahead < text_.size() && peek(ahead) == '\\' && peek(ahead + 1) != '\n';
}

bool Scanner::starts_name() const {
  if (at_end()) return false;
  if (peek() == '-') return starts_word(peek(1)) || peek(1) == '-' || starts_escape(1);
  return starts_word(peek()) || starts_escape(0);
}

std::optional<std::string> Scanner::name() {
  if (!starts_name()) return std::nullopt;
  return name_rest();
}

std::string Scanner::name_rest() {
  std::string result;
  while (!at_end()) {
    if (continues_word(peek())) {
      result += text_[at_++];
    } else if (starts_escape(0)) {
      append_escape(result);
    } else {
      break;
    }
  }
  return result;
}

void Scanner::append_escape(std::string& to) {
  ++at_;  // the backslash
  if (at_end()) {
    to += base::kReplacementCharacter;
    return;
  }
  if (base::hex_value(peek()) < 0) {
    to += text_[at_++];
    return;
  }
  std::uint32_t code = 0;
  for (int digits = 0; digits < 6 && !at_end() && base::hex_value(peek()) >= 0; ++digits) {
    code = code * 16 + static_cast<std::uint32_t>(base::hex_value(text_[at_++]));
  }
  if (is_space(peek())) ++at_;
  base::append_utf8(to, code == 0 ? base::kReplacementCodePoint : code);
}

std::optional<std::string> Scanner::string(bool* closed) {
  char quote = peek();
  if (quote != '"' && quote != '\'') return std::nullopt;
  ++at_;
  std::string result;
  while (!at_end()) {
    char c = peek();
    if (c == quote) {
      ++at_;
      if (closed != nullptr) *closed = true;
      return result;
    }
    if (c == '\n') return std::nullopt;
    if (c == '\\') {
      if (at_ + 1 >= text_.size()) {
        ++at_;
      } else if (peek(1) == '\n') {
        at_ += 2;
      } else {
        append_escape(result);
      }
      continue;
    }
    result += c;
    ++at_;
  }
  if (closed != nullptr) *closed = false;
  return result;
}

std::string_view Scanner::until_closing_parenthesis() {
  std::size_t start = at_;
  int open = 0;
  while (!at_end()) {
    char c = peek();
    if (c == '"' || c == '\'') {
      std::size_t end = text_.find(c, at_ + 1);
      if (end != std::string::npos) at_ = end;
    }
    if (c == '(') ++open;
    if (c == ')' && open-- == 0) break;
    if (c == '\\') ++at_;
    ++at_;
  }
  at_ = std::min(at_, text_.size());
  return std::string_view(text_).substr(start, at_ - start);
}

}  // namespace crawld::parsers::selector
