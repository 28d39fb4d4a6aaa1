#include "parsers/structured/jsonld.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"
#include "parsers/structured/jsonld_escape.h"

namespace crawld::parsers {
namespace {

// RFC 8259 section 6.
bool is_number(std::string_view text) {
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const auto start = i;
    while (i < text.size() && base::is_ascii_digit(text[i])) ++i;
    return i - start;
  };
  const auto first = i;
  const auto whole = digits();
  if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

// The text with the entities that templates leave in scripts undone.
std::string without_entities(std::string_view text) {
  constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&quot;", '"'}, {"&#34;", '"'}, {"&#034;", '"'}, {"&#x22;", '"'},  {"&amp;", '&'},
      {"&lt;", '<'},   {"&gt;", '>'},  {"&#39;", '\''}, {"&#039;", '\''}, {"&apos;", '\''}};
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto* found = std::end(kEntities);
    if (text[i] == '&') {
      found = std::find_if(std::begin(kEntities), std::end(kEntities),
                           [&](const auto& e) { return text.substr(i).starts_with(e.first); });
    }
    if (found == std::end(kEntities)) {
      out += text[i];
      continue;
    }
    out += found->second;
    i += found->first.size() - 1;
  }
  return out;
}

// Whether "<!--" hides what stands behind it, or is a mark from the days when scripts
// were hidden from old browsers.
enum class HtmlComment : std::uint8_t { hides, wraps };

class Mender {
 public:
  Mender(std::string_view text, HtmlComment comment) : text_(text), comment_(comment) {}

  // False when there is nothing, or it is too deep.
  bool run(std::string& items) {
    while (skip_blank(), at_ < text_.size()) {
      if (!step()) return false;
    }
    while (!open_.empty()) close(open_.back().kind);
    if (out_.empty()) return false;
    if (!items.empty()) items += ',';
    items += out_;
    return true;
  }

 private:
  enum class Kind : char { object = '{', array = '[', flattened = '(' };
  struct Open {
    Kind kind;
    bool needs_comma = false;
    bool after_key = false;  // a value must follow
  };

  void skip_blank() {
    while (at_ < text_.size()) {
      const auto rest = text_.substr(at_);
      if (base::is_ascii_space(rest.front()) || rest.starts_with("\xC2\xA0")) {
        ++at_;
      } else if (rest.starts_with("<!--") && comment_ == HtmlComment::wraps) {
        at_ += 4;
      } else if (rest.starts_with("<!--")) {
        pass("-->", 4);
      } else if (rest.starts_with("/*")) {
        pass("*/", 2);
      } else if (rest.starts_with("//")) {
        pass("\n", 2);
      } else if (rest.starts_with("-->") || rest.starts_with("]]>")) {
        at_ += 3;
      } else if (rest.starts_with("<![CDATA[")) {
        at_ += 9;
      } else if (rest.starts_with("\xEF\xBB\xBF")) {
        at_ += 3;
      } else {
        return;
      }
    }
  }
  // Behind the next `end`; a comment that never ends hides its mark alone.
  void pass(std::string_view end, std::size_t mark) {
    const auto found = text_.find(end, at_ + mark);
    at_ = found == std::string_view::npos ? at_ + mark : found + end.size();
  }

  bool step() {
    const char c = text_[at_];
    switch (c) {
      case '{':
      case '[':
        ++at_;
        return open(c == '{' ? Kind::object : Kind::array);
      case '}':
      case ']':
        ++at_;
        close_matching(c == '}' ? Kind::object : Kind::array);
        return true;
      case ',':
      case ';':
      case ':':
        ++at_;
        return true;
      case '"':
      case '\'':
        token(string(c), /*quoted=*/true);
        return true;
      default:
        token(bare(), /*quoted=*/false);
        return true;
    }
  }

  bool top_level() const { return open_.empty() || open_.back().kind == Kind::flattened; }

  bool open(Kind kind) {
    if (open_.size() >= kMaxJsonDepth) return false;
    // A bracket where a key must stand: the value has no name, it is passed over.
    if (!open_.empty() && open_.back().kind == Kind::object && !open_.back().after_key) {
      out_ += comma() + "\"\":";
      open_.back().after_key = true;
    }
    if (kind == Kind::array && top_level()) {
      open_.push_back({Kind::flattened});
      return true;
    }
    begin_value();
    open_.push_back({kind});
    out_ += static_cast<char>(kind);
    return true;
  }

  void close_matching(Kind kind) {
    const auto same = [&](Kind k) {
      return k == kind || (k == Kind::flattened && kind == Kind::array);
    };
    if (std::none_of(open_.begin(), open_.end(), [&](const Open& o) { return same(o.kind); })) {
      return;
    }
    while (!same(open_.back().kind)) close(open_.back().kind);
    close(open_.back().kind);
  }

  void close(Kind kind) {
    if (open_.back().after_key) out_ += "null";
    open_.pop_back();
    if (kind == Kind::object) out_ += '}';
    if (kind == Kind::array) out_ += ']';
  }

  std::string comma() {
    auto& needs = open_.empty() ? top_comma_ : open_.back().needs_comma;
    if (!open_.empty() && open_.back().kind == Kind::flattened) {
      return std::exchange(top_comma_, true) ? "," : "";
    }
    return std::exchange(needs, true) ? "," : "";
  }

  void begin_value() {
    if (!open_.empty() && open_.back().after_key) {
      open_.back().after_key = false;
      return;
    }
    out_ += comma();
  }

  // A string or a bare word: a key, a value, or stray text outside of any value.
  void token(const std::string& json, bool quoted) {
    if (top_level()) return;
    auto& place = open_.back();
    if (place.kind == Kind::object && !place.after_key) {
      skip_blank();
      const bool key = at_ < text_.size() && text_[at_] == ':';
      if (!key) return;  // a word without a value says nothing
      out_ += comma() + (quoted ? json : base::json_string(json));
      out_ += ':';
      place.after_key = true;
      ++at_;
      return;
    }
    begin_value();
    out_ += quoted ? json : literal(json);
  }

  static std::string literal(const std::string& word) {
    if (word == "true" || word == "false" || word == "null" || is_number(word)) return word;
    if (word == "undefined" || word == "NaN" || word == "None") return "null";
    if (word == "True") return "true";
    if (word == "False") return "false";
    return base::json_string(word);
  }

  std::string bare() {
    const auto start = at_;
    while (at_ < text_.size() &&
           std::string_view(",:;{}[]\"'\n\r").find(text_[at_]) == std::string_view::npos) {
      ++at_;
    }
    auto end = at_;
    while (end > start && base::is_ascii_space(text_[end - 1])) --end;
    return std::string(text_.substr(start, end - start));
  }

  // A string literal as valid JSON with its quotes. The quote that ends it is one that
  // something follows that may follow a string; others stand for themselves.
  std::string string(char quote) {
    ++at_;
    std::string body;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == quote && ends_here()) break;
      if (c == '\\' && at_ + 1 < text_.size()) {
        at_ = append_unescaped(text_, at_, body);
        continue;
      }
      body += c;
      ++at_;
    }
    if (at_ < text_.size()) ++at_;
    return base::json_string(body);
  }

  // A quote ends a string when what follows may follow a string.
  bool ends_here() const {
    auto next = at_ + 1;
    while (next < text_.size() && base::is_ascii_space(text_[next])) ++next;
    return next >= text_.size() ||
           std::string_view(",:}]\"'/;<").find(text_[next]) != std::string_view::npos;
  }

  std::string_view text_;
  HtmlComment comment_;
  std::size_t at_ = 0;
  std::string out_;
  std::vector<Open> open_;
  bool top_comma_ = false;
};

// A comment holds what counts only where nothing stands beside it.
bool mend(std::string_view text, std::string& items) {
  if (Mender(text, HtmlComment::hides).run(items)) return true;
  return text.find("<!--") != std::string_view::npos && Mender(text, HtmlComment::wraps).run(items);
}

}  // namespace

bool append_mended_json(std::string_view text, std::string& items) {
  const auto first = text.find_first_of("{[");
  const bool escaped = first != std::string_view::npos &&
                       text.find('"') == std::string_view::npos &&
                       text.find('&') != std::string_view::npos;
  return escaped ? mend(without_entities(text), items) : mend(text, items);
}

std::string jsonld_array(std::span<const std::string> scripts) {
  std::string items;
  for (const std::string& script : scripts) append_mended_json(script, items);
  return "[" + items + "]";
}

}  // namespace crawld::parsers
