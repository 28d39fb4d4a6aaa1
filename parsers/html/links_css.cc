// url(), image-set() and @import of style sheets: as much of CSS Syntax (section 4) as finds them.
#include <optional>
#include <utility>

#include "crawler/base/ascii.h"
#include "crawler/base/utf8.h"
#include "parsers/html/links.h"

namespace crawld::parsers {
namespace {

bool is_name(char c) {
  return base::is_ascii_alphanumeric(c) || c == '-' || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_newline(char c) { return c == '\n' || c == '\r' || c == '\f'; }

// 4.2, "non-printable code point".
bool is_unprintable(char c) {
  const auto code = static_cast<unsigned char>(c);
  return code <= 8 || code == 0x0B || (code >= 0x0E && code <= 0x1F) || code == 0x7F;
}

bool names_image_set(std::string_view word) {
  constexpr std::string_view kName = "image-set";
  if (word.size() < kName.size()) return false;
  const std::string name = fold_rel(word);
  return name == kName || name == "-webkit-image-set";
}

class CssReader {
 public:
  explicit CssReader(std::string_view css) : css_(css) {}

  std::vector<CssUrl> read() {
    while (at_ < css_.size()) {
      const char c = css_[at_];
      if (c == '/' && next() == '*')
        skip_comment();
      else if (c == '"' || c == '\'')
        read_string();
      else if (c == '@')
        read_at_rule();
      else if (in_word())
        read_name();
      else if (c == '#')
        read_hash();
      else if (css_.substr(at_, 4) == "<!--")
        at_ += 4;
      else
        ++at_;
    }
    return std::move(urls_);
  }

 private:
  char next() const { return at_ + 1 < css_.size() ? css_[at_ + 1] : '\0'; }

  // 4.3.8: whether a valid escape is here.
  bool at_escape() const { return css_[at_] == '\\' && !is_newline(next()); }
  bool in_word() const { return at_ < css_.size() && (is_name(css_[at_]) || at_escape()); }
  bool at_quote() const { return at_ < css_.size() && (css_[at_] == '"' || css_[at_] == '\''); }

  void skip_comment() {
    const std::size_t end = css_.find("*/", at_ + 2);
    at_ = end == std::string_view::npos ? css_.size() : end + 2;
  }

  void skip_space() {
    while (at_ < css_.size() && base::is_ascii_space(css_[at_])) ++at_;
  }

  void skip_space_and_comments() {
    for (skip_space(); at_ < css_.size() && css_[at_] == '/' && next() == '*'; skip_space()) {
      skip_comment();
    }
  }

  // Where a newline, of two characters even, is here.
  void skip_newline() {
    if (css_[at_] == '\r' && next() == '\n') ++at_;
    ++at_;
  }

  // 4.3.7: what the escape at `at_` means.
  void read_escape(std::string& out) {
    ++at_;
    if (at_ >= css_.size()) return base::append_utf8(out, base::kReplacementCodePoint);
    char32_t code = 0;
    int digits = 0;
    while (at_ < css_.size() && digits < 6 && base::hex_value(css_[at_]) >= 0) {
      code = code * 16 + static_cast<char32_t>(base::hex_value(css_[at_++]));
      ++digits;
    }
    if (digits == 0) {
      out += css_[at_++];
      return;
    }
    if (at_ < css_.size() && is_newline(css_[at_]))
      skip_newline();
    else if (at_ < css_.size() && base::is_ascii_space(css_[at_]))
      ++at_;
    base::append_utf8(out, code == 0 ? base::kReplacementCodePoint : code);
  }

  // 4.3.5; nothing when the string is bad, which it is with its line's end in it.
  std::optional<std::string> read_string() {
    std::string text;
    const char quote = css_[at_++];
    while (at_ < css_.size() && css_[at_] != quote) {
      if (is_newline(css_[at_])) return std::nullopt;
      if (css_[at_] != '\\') {
        text += css_[at_++];
      } else if (at_ + 1 == css_.size()) {
        ++at_;
      } else if (is_newline(next())) {
        ++at_;
        skip_newline();
      } else {
        read_escape(text);
      }
    }
    if (at_ < css_.size()) ++at_;
    return text;
  }

  // 4.3.12. The view lives until the next call.
  std::string_view read_word() {
    const std::size_t start = at_;
    while (at_ < css_.size() && is_name(css_[at_])) ++at_;
    if (!in_word()) return css_.substr(start, at_ - start);
    word_ = css_.substr(start, at_ - start);
    while (in_word()) {
      if (css_[at_] == '\\')
        read_escape(word_);
      else
        word_ += css_[at_++];
    }
    return word_;
  }

  void read_at_rule() {
    ++at_;
    const std::string name = fold_rel(read_word());
    if (name == "namespace") return skip_namespace();
    if (name != "import") return;
    skip_space_and_comments();
    const std::size_t begin = at_;
    if (at_quote()) keep(begin, read_string());
  }

  // CSS Namespaces 3 section 2: its URL is a name, and nothing to ask for.
  void skip_namespace() {
    const std::size_t found = urls_.size();
    while (at_ < css_.size() && css_[at_] != ';' && css_[at_] != '{' && css_[at_] != '}') {
      if (css_[at_] == '/' && next() == '*')
        skip_comment();
      else if (at_quote())
        read_string();
      else if (in_word())
        read_name();
      else
        ++at_;
    }
    urls_.resize(found);
  }

  void read_hash() {
    ++at_;
    read_word();
  }

  // Whether a parenthesis was opened and is still to be closed.
  bool read_name() {
    const std::string_view word = read_word();
    if (at_ >= css_.size() || css_[at_] != '(') return false;
    if (word.size() == 3 && fold_rel(word) == "url") return read_url_function();
    if (!in_image_set_ && names_image_set(word)) read_image_set();
    return false;
  }

  bool read_url_function() {
    ++at_;
    skip_space();
    const std::size_t begin = at_;
    if (at_quote()) {
      keep(begin, read_string());
      return true;
    }
    auto url = read_url();
    const bool closed = url && css_[at_ - 1] == ')';
    keep(begin, std::move(url), at_ - (closed ? 1 : 0));
    return !closed;
  }

  // CSS Images 4 section 2.4: a string that is an argument itself is a URL; that of a type() is
  // none. One in another is not allowed, and one that is not closed ends with its declaration.
  void read_image_set() {
    in_image_set_ = true;
    std::size_t depth = 0;
    while (at_ < css_.size()) {
      const char c = css_[at_];
      const std::size_t begin = at_;
      if (c == ';' || c == '{' || c == '}') break;
      if (c == '/' && next() == '*') {
        skip_comment();
      } else if (at_quote()) {
        auto text = read_string();
        if (depth == 1) keep(begin, std::move(text));
      } else if (in_word()) {
        depth += read_name() ? 1 : 0;
      } else {
        ++at_;
        if (c == '(') ++depth;
        if (c == ')' && --depth == 0) break;
      }
    }
    in_image_set_ = false;
  }

  // 4.3.6; nothing when the URL is bad.
  std::optional<std::string> read_url() {
    std::string url;
    while (at_ < css_.size() && css_[at_] != ')') {
      const char c = css_[at_];
      if (base::is_ascii_space(c)) {
        skip_space();
        if (at_ < css_.size() && css_[at_] != ')') return skip_bad_url();
      } else if (at_escape()) {
        read_escape(url);
      } else if (c == '"' || c == '\'' || c == '(' || c == '\\' || is_unprintable(c)) {
        return skip_bad_url();
      } else {
        url += c;
        ++at_;
      }
    }
    if (at_ < css_.size()) ++at_;
    return url;
  }

  // 4.3.14, to the end of what is no URL.
  std::nullopt_t skip_bad_url() {
    while (at_ < css_.size() && css_[at_] != ')') at_ += css_[at_] == '\\' ? 2 : 1;
    return std::nullopt;
  }

  void keep(std::size_t begin, std::optional<std::string> url) { keep(begin, std::move(url), at_); }
  void keep(std::size_t begin, std::optional<std::string> url, std::size_t end) {
    if (!url || url->empty()) return;
    while (end > begin && base::is_ascii_space(css_[end - 1])) --end;
    urls_.push_back({*std::move(url), begin, end});
  }

  std::string_view css_;
  std::size_t at_ = 0;
  std::string word_;  // one with escapes
  bool in_image_set_ = false;
  std::vector<CssUrl> urls_;
};

// False for most style sheets of pages: no "l(" as "url(" ends, no "@i" as "@import" begins, and
// no escape that either could be written with.
bool may_hold_urls(std::string_view css) {
  const auto holds = [css](char mark, int offset, char beside) {
    for (std::size_t at = css.find(mark); at != css.npos; at = css.find(mark, at + 1)) {
      const std::size_t other = at + static_cast<std::size_t>(offset);
      if (other < css.size() && (css[other] | 0x20) == beside) return true;
    }
    return false;
  };
  return css.find('\\') != css.npos || holds('(', -1, 'l') || holds('@', 1, 'i') ||
         css.find("-set(") != css.npos || css.find("-SET(") != css.npos;
}

}  // namespace

std::vector<CssUrl> css_places(std::string_view css) {
  return may_hold_urls(css) ? CssReader(css).read() : std::vector<CssUrl>();
}

std::vector<std::string> css_urls(std::string_view css) {
  std::vector<std::string> urls;
  for (CssUrl& place : css_places(css)) urls.push_back(std::move(place.url));
  return urls;
}

}  // namespace crawld::parsers
