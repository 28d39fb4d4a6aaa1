#include "parsers/main_text/markdown_escape.h"

#include <algorithm>

#include "crawler/base/ascii.h"

namespace crawld::parsers {
namespace {

constexpr std::size_t kLongestReference = 40;  // of a character reference: "&...;"
constexpr std::size_t kMostListDigits = 9;     // section 5.2

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t'; }

// Section 2.5: "&name;" and "&#1;" would be read as characters.
bool starts_reference(std::string_view text) {
  const auto end = text.substr(0, kLongestReference).find(';');
  if (end == std::string_view::npos || end < 2) return false;
  const auto name = text.substr(text[1] == '#' ? 2 : 1, end - (text[1] == '#' ? 2 : 1));
  return !name.empty() && std::all_of(name.begin(), name.end(), base::is_ascii_alphanumeric);
}

bool needs_escape(std::string_view text, std::size_t at) {
  const bool first = at == 0;
  const bool last = at + 1 == text.size();
  switch (text[at]) {
    case '\\':
    case '`':
    case '[':
    case ']':
      return true;
    case '*':  // section 6.2: between spaces it opens and closes nothing
      return first || last || !is_space(text[at - 1]) || !is_space(text[at + 1]);
    case '_':  // the same, and within a word
      return first || last || !base::is_ascii_alphanumeric(text[at - 1]) ||
             !base::is_ascii_alphanumeric(text[at + 1]);
    case '<':
      return last || base::is_ascii_alpha(text[at + 1]) || text[at + 1] == '/' ||
             text[at + 1] == '!' || text[at + 1] == '?';
    case '~':  // GFM: two of them strike out
      return (!first && text[at - 1] == '~') || (!last && text[at + 1] == '~');
    case '&':
      return starts_reference(text.substr(at));
    default:
      return false;
  }
}

bool consists_of(std::string_view line, std::string_view characters) {
  return line.find_first_not_of(characters) == std::string_view::npos;
}

// Parentheses may stand in a destination where each has its fellow (section 6.3).
bool has_balanced_parentheses(std::string_view text) {
  int open = 0;
  for (const char c : text) {
    if (c == '(') ++open;
    if (c == ')' && --open < 0) return false;
  }
  return open == 0;
}

// The place of the character that makes the line more than text, or npos.
std::size_t marker_at(std::string_view line) {
  constexpr auto kNone = std::string_view::npos;
  const auto ends = [line](std::size_t at) { return at >= line.size() || line[at] == ' '; };
  if (line.empty()) return kNone;
  switch (line.front()) {
    case '>':
    case '|':
      return 0;
    case '#': {
      const auto level = std::min(line.find_first_not_of('#'), line.size());
      return level <= 6 && ends(level) ? 0 : kNone;
    }
    case '*':
    case '+':
      return ends(1) ? 0 : kNone;
    case '-':
      return ends(1) || consists_of(line, "-|: ") ? 0 : kNone;
    case ':':  // below a line with bars a table's second one, as "---|---" is
      return consists_of(line, "-|: ") ? 0 : kNone;
    case '=':
      return consists_of(line, "= ") ? 0 : kNone;
    default:
      break;
  }
  const auto digits = line.find_first_not_of("0123456789");
  if (digits == kNone || digits == 0 || digits > kMostListDigits) return kNone;
  return (line[digits] == '.' || line[digits] == ')') && ends(digits + 1) ? digits : kNone;
}

}  // namespace

void append_escaped(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (needs_escape(text, i)) out += '\\';
    out += text[i];
  }
}

std::size_t longest_backticks(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

std::string escaped_destination(std::string_view url) {
  const bool balanced = has_balanced_parentheses(url);
  std::string out;
  for (std::size_t i = 0; i < url.size(); ++i) {
    const char c = url[i];
    const bool escape = c == '\\' || (!balanced && (c == '(' || c == ')')) ||
                        (c == '&' && starts_reference(url.substr(i)));
    if (escape) out += '\\';
    out += c;
  }
  return out;
}

void escape_closing_hashes(std::string& heading) {
  const auto last = heading.find_last_not_of('#');
  const auto first = last == std::string::npos ? 0 : last + 1;
  if (first == heading.size() || (first > 0 && !is_space(heading[first - 1]))) return;
  heading.insert(first, 1, '\\');
}

std::string protect_lines(std::string_view text) {
  std::string out;
  for (;;) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const auto mark = marker_at(line);
    if (mark == std::string_view::npos) {
      out += line;
    } else {
      out.append(line.substr(0, mark)).append("\\").append(line.substr(mark));
    }
    if (end == std::string_view::npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace crawld::parsers
