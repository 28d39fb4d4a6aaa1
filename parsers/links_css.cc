// url() and @import of style sheets: as much of CSS Syntax (section 4) as finds them.
#include "parsers/entities.h"
#include "parsers/links.h"

namespace crawld::parsers {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

class CssReader {
 public:
  explicit CssReader(std::string_view css) : css_(css) {}

  std::vector<std::string> read() {
    while (at_ < css_.size()) {
      const char c = css_[at_];
      if (c == '/' && next() == '*')
        skip_comment();
      else if (c == '"' || c == '\'')
        read_string();
      else if (c == '@')
        read_at_rule();
      else if (is_name(c))
        read_name();
      else if (c == '\\')
        at_ += 2;
      else
        ++at_;
    }
    return std::move(urls_);
  }

 private:
  char next() const { return at_ + 1 < css_.size() ? css_[at_ + 1] : '\0'; }

  void skip_comment() {
    const std::size_t end = css_.find("*/", at_ + 2);
    at_ = end == std::string_view::npos ? css_.size() : end + 2;
  }

  void skip_space() {
    while (at_ < css_.size()) {
      if (is_space(css_[at_]))
        ++at_;
      else if (css_[at_] == '/' && next() == '*')
        skip_comment();
      else
        return;
    }
  }

  // 4.3.7: what the escape at `at_` means.
  void read_escape(std::string& out) {
    ++at_;
    if (at_ >= css_.size()) return;
    char32_t code = 0;
    int digits = 0;
    while (at_ < css_.size() && digits < 6 && hex_value(css_[at_]) >= 0) {
      code = code * 16 + static_cast<char32_t>(hex_value(css_[at_++]));
      ++digits;
    }
    if (digits == 0) {
      out += css_[at_++];
      return;
    }
    if (at_ < css_.size() && is_space(css_[at_])) ++at_;
    const bool scalar = code != 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    append_utf8(scalar ? code : 0xFFFD, out);
  }

  std::string read_string() {
    std::string text;
    const char quote = css_[at_++];
    while (at_ < css_.size() && css_[at_] != quote) {
      const char c = css_[at_];
      if (c == '\n') return text;  // 4.3.5: a bad string ends with its line
      if (c == '\\' && next() == '\n')
        at_ += 2;
      else if (c == '\\')
        read_escape(text);
      else
        text += css_[at_++];
    }
    if (at_ < css_.size()) ++at_;
    return text;
  }

  std::string_view read_word() {
    const std::size_t start = at_;
    while (at_ < css_.size() && is_name(css_[at_])) ++at_;
    return css_.substr(start, at_ - start);
  }

  void read_at_rule() {
    ++at_;
    if (fold_rel(read_word()) != "import") return;
    skip_space();
    if (at_ < css_.size() && (css_[at_] == '"' || css_[at_] == '\'')) keep(read_string());
  }

  void read_name() {
    const std::string_view word = read_word();
    if (at_ >= css_.size() || css_[at_] != '(' || word.size() != 3 || fold_rel(word) != "url")
      return;
    ++at_;
    while (at_ < css_.size() && is_space(css_[at_])) ++at_;
    if (at_ < css_.size() && (css_[at_] == '"' || css_[at_] == '\'')) {
      keep(read_string());
      return;
    }
    std::string url;
    while (at_ < css_.size() && css_[at_] != ')' && !is_space(css_[at_])) {
      if (css_[at_] == '\\')
        read_escape(url);
      else
        url += css_[at_++];
    }
    keep(std::move(url));
  }

  void keep(std::string url) {
    if (!url.empty()) urls_.push_back(std::move(url));
  }

  std::string_view css_;
  std::size_t at_ = 0;
  std::vector<std::string> urls_;
};

}  // namespace

std::vector<std::string> css_urls(std::string_view css) { return CssReader(css).read(); }

}  // namespace crawld::parsers
