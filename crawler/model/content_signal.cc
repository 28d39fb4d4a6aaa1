#include "crawler/model/content_signal.h"

#include <algorithm>

#include "crawler/base/ascii.h"

namespace crawld::model {
namespace {

constexpr std::size_t kMostSignals = 16;
constexpr std::size_t kLongestSignal = 64;

std::string_view name_of(std::string_view signal) { return signal.substr(0, signal.find('=')); }

}  // namespace

std::vector<std::string> content_signals(std::string_view text) {
  std::vector<std::string> signals;
  while (!text.empty() && signals.size() < kMostSignals) {
    const std::size_t end = std::min(text.find_first_of(",;\n"), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos || piece.size() > kLongestSignal) continue;
    const std::string_view name = base::trim(piece.substr(0, equals));
    const std::string_view value = base::trim(piece.substr(equals + 1));
    if (name.empty() || value.empty()) continue;
    std::string signal = base::ascii_lower(name) + "=" + base::ascii_lower(value);
    const bool known = std::any_of(signals.begin(), signals.end(), [&](const std::string& earlier) {
      return name_of(earlier) == name_of(signal);
    });
    if (!known) signals.push_back(std::move(signal));
  }
  return signals;
}

std::string_view refused_use(std::span<const std::string> signals,
                             std::span<const std::string> uses) {
  for (const std::string& signal : signals) {
    if (!signal.ends_with("=no")) continue;
    if (std::find(uses.begin(), uses.end(), name_of(signal)) != uses.end()) return signal;
  }
  return {};
}

}  // namespace crawld::model
