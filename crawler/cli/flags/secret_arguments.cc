#include "crawler/cli/flags/secret_arguments.h"

#include <algorithm>
#include <string_view>

namespace crawld::cli {
namespace {

void cover(char* from, std::size_t size) { std::fill_n(from, size, '*'); }

void cover_header(char* header) {
  const std::string_view text(header);
  const std::size_t colon = text.find(':');
  const std::size_t from = colon == std::string_view::npos ? 0 : colon + 1;
  cover(header + from, text.size() - from);
}

// "http://user:password@host", and "user:password@host", which needs both.
void cover_user(char* word) {
  const std::string_view text(word);
  const bool long_flag = text.starts_with("--") && text.find('=') != std::string_view::npos;
  const std::size_t start = long_flag ? text.find('=') + 1 : 0;
  const std::size_t scheme = text.find("://", start);
  const bool bare = scheme == std::string_view::npos;
  const std::size_t from = bare ? start : scheme + 3;
  const std::string_view authority = text.substr(0, text.find_first_of("/?#", from));
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos || at <= from) return;
  const std::string_view user = authority.substr(from, at - from);
  if (bare && (user.find(':') == user.npos || user.find(' ') != user.npos)) return;
  cover(word + from, user.size());
}

}  // namespace

void hide_secrets(std::span<char*> arguments) {
  constexpr std::string_view kHeader = "--header";
  bool header_follows = false;
  for (char* argument : arguments) {
    const std::string_view text(argument);
    if (header_follows) {
      cover_header(argument);
    } else if (text.starts_with(kHeader) && text.substr(kHeader.size()).starts_with('=')) {
      cover_header(argument + kHeader.size() + 1);
    } else {
      cover_user(argument);
    }
    header_follows = !header_follows && text == kHeader;
  }
}

}  // namespace crawld::cli
