#include "crawler/cli/secret_arguments.h"

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

void cover_user(char* url) {
  const std::string_view text(url);
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return;
  const std::size_t from = scheme + 3;
  const std::size_t at = text.substr(0, text.find_first_of("/?#", from)).rfind('@');
  if (at != std::string_view::npos && at > from) cover(url + from, at - from);
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
