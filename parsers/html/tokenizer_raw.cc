// Raw text: up to the end tag of its element, with the escapes of scripts, and CDATA.
#include <algorithm>

#include "parsers/html/tokenizer.h"
#include "parsers/html/tokenizer_bytes.h"

namespace crawld::parsers {

// Whether "</" and the name of the last start tag stand at `at`, closed like a name.
bool Tokenizer::is_end_tag(std::size_t at) const {
  if (at + 1 >= input_.size() || input_[at + 1] != '/') return false;
  const std::string_view rest = input_.substr(at + 2);
  if (last_start_tag_.empty() || rest.size() <= last_start_tag_.size()) return false;
  for (std::size_t i = 0; i < last_start_tag_.size(); ++i) {
    if (lower(rest[i]) != lower(last_start_tag_[i])) return false;
  }
  const char after = rest[last_start_tag_.size()];
  return is_html_space(after) || after == '/' || after == '>';
}

std::size_t Tokenizer::end_tag_from(std::size_t at) const {
  std::size_t open = find(input_, '<', at);
  while (open != kNone && !is_end_tag(open)) open = find(input_, '<', open + 1);
  return open == kNone ? input_.size() : open;
}

bool Tokenizer::next_raw(Token& token) {
  const TextMode mode = mode_;
  const std::size_t end = mode == TextMode::script ? script_end(at_) : end_tag_from(at_);
  if (end > at_) {
    text_until(end, mode, token);
    return true;
  }
  mode_ = TextMode::data;  // as which its end tag is read
  return false;
}

bool Tokenizer::next_cdata(Token& token) {
  const std::size_t end = std::min(input_.find("]]>", at_), input_.size());
  const bool empty = end == at_;
  mode_ = TextMode::data;
  if (!empty) text_until(end, TextMode::cdata, token);
  at_ = std::min(end + 3, input_.size());
  return !empty;
}

// Where the script that goes on at `at` ends: at its end tag or the end of input. Within
// "<!--" a "<script" hides the next "</script" (13.2.5.15 to 13.2.5.31).
std::size_t Tokenizer::script_end(std::size_t at) const {
  enum class Escape : std::uint8_t { none, once, twice } escape = Escape::none;
  const std::size_t size = input_.size();
  while (at < size) {
    if (escape == Escape::none) {
      at = find(input_, '<', at);
      if (at == kNone) return size;
      if (is_end_tag(at)) return at;
      if (input_.substr(at, 4) == "<!--") {
        escape = Escape::once;
        at += 4;
        // "<!-->" and "<!--->" open and close at once: the dashes count for both.
        while (at < size && input_[at] == '-') ++at;
        if (at < size && input_[at] == '>') escape = Escape::none;
        continue;
      }
      ++at;
      continue;
    }
    const char c = input_[at];
    if (c == '>' && input_[at - 1] == '-' && input_[at - 2] == '-') {
      escape = Escape::none;
      ++at;
    } else if (c != '<') {
      ++at;
    } else if (escape == Escape::once && is_end_tag(at)) {
      return at;
    } else {
      // "<script" deepens the escape, "</script" within it lifts it.
      std::size_t word = at + 1;
      const bool closes = word < size && input_[word] == '/';
      if (closes) ++word;
      const bool wanted = closes == (escape == Escape::twice);
      std::size_t end = word;
      while (end < size && is_letter(input_[end])) ++end;
      const bool closed =
          end < size && (is_html_space(input_[end]) || input_[end] == '/' || input_[end] == '>');
      if (wanted && closed && end - word == 6 &&
          begins_with_any_case(input_.substr(word), "script")) {
        escape = escape == Escape::once ? Escape::twice : Escape::once;
        at = end + 1;
      } else {
        at = word;
      }
    }
  }
  return size;
}

}  // namespace crawld::parsers
