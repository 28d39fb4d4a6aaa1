#include "crawler/cli/flags/wget_patterns.h"

#include <string_view>

namespace crawld::cli {
namespace {

constexpr std::string_view kUpToLastSegment = "re:^[a-z]+://[^/?#]*/(?:[^?#]*/)?";
constexpr std::string_view kEnd = "(?:[?#]|$)";

// "[a-c]" and "[!a-c]" as they are; where no "]" closes it, "[" stands for itself.
std::string character_class(std::string_view text, std::size_t& at) {
  const std::size_t first = at + (text.substr(at + 1).starts_with("!") ? 2 : 1);
  const std::size_t close = text.find(']', first + 1);
  if (close == std::string_view::npos) return "\\[";
  std::string expression = first == at + 2 ? "[^" : "[";
  for (const char c : text.substr(first, close - first)) {
    if (c == '\\' || c == '[' || c == ']' || c == '^') expression += '\\';
    expression += c;
  }
  at = close;
  return expression + "]";
}

// fnmatch(3) within one segment.
std::string expression_of(std::string_view text) {
  std::string expression;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '*') {
      expression += "[^/?#]*";
    } else if (c == '?') {
      expression += "[^/?#]";
    } else if (c == '[') {
      expression += character_class(text, at);
    } else {
      if (std::string_view("\\.+()|{}^$]").find(c) != std::string_view::npos) expression += '\\';
      expression += c;
    }
  }
  return expression;
}

}  // namespace

std::string from_wget_pattern(const std::string& text) {
  const bool pattern = text.find_first_of("*?[") != std::string::npos;
  const std::string name = expression_of(pattern ? text : "*" + text);
  return std::string(kUpToLastSegment) + name + std::string(kEnd);
}

std::string pages_that_lead_on() {
  return std::string(kUpToLastSegment) + "(?:[^./?#]*|[^/?#]*\\.[A-Za-z]?[Hh][Tt][Mm][Ll]?)" +
         std::string(kEnd);
}

}  // namespace crawld::cli
