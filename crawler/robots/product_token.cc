#include "crawler/robots/product_token.h"

#include "crawler/base/ascii.h"

#include <algorithm>

namespace crawld::robots {
namespace {

bool is_token_char(char c) { return base::is_ascii_alphanumeric(c) || c == '-' || c == '_'; }

std::string_view token_at_start(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto end = std::find_if_not(text.begin(), text.end(), is_token_char);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

}  // namespace

std::string product_token(std::string_view user_agent) {
  constexpr std::string_view kCompatible = "compatible;";
  const std::string_view first = token_at_start(user_agent);
  const std::size_t at = user_agent.find(kCompatible);
  if (first != "Mozilla" || at == std::string_view::npos) return std::string(first);
  const std::string_view own = token_at_start(user_agent.substr(at + kCompatible.size()));
  return std::string(own.empty() ? first : own);
}

}  // namespace crawld::robots
