// The words of a selector: names, strings and white space as CSS Syntax Level 3
// reads them, escapes resolved.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crawld::parsers::selector {

class Scanner {
 public:
  explicit Scanner(std::string_view text);  // preprocesses (CSS Syntax 3.3)

  bool at_end() const { return at_ >= text_.size(); }
  std::size_t position() const { return at_; }
  void go_back_to(std::size_t position) { at_ = position; }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void skip(std::size_t bytes = 1) { at_ += bytes; }
  bool take(char c) {
    if (at_end() || peek() != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (!std::string_view(text_).substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  // Skips white space and comments; true if there was white space.
  bool skip_space();
  // Comments alone: they may stand between any two tokens, also where white space may not.
  void skip_comments();
  bool starts_name() const;  // would name() succeed?
  // An identifier, or nothing where none starts.
  std::optional<std::string> name();
  // Letters, digits, "-", "_", escapes: the rest of a name.
  std::string name_rest();
  // A quoted string; nothing if there is none or it holds a bare line end.
  // The end of the text closes it; `closed` tells.
  std::optional<std::string> string(bool* closed = nullptr);
  // Everything up to the ")" that closes what is open; balanced, quotes respected.
  std::string_view until_closing_parenthesis();

 private:
  bool starts_escape(std::size_t ahead) const;
  void append_escape(std::string& to);

  std::string text_;
  std::size_t at_ = 0;
};

}  // namespace crawld::parsers::selector
