#include "crawler/model/response.h"

#include <strings.h>

namespace crawld::model {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [key, value] : all_) {
    if (same_name(key, name)) return value;
  }
  return {};
}

std::string Headers::joined(std::string_view name) const { return with_separator(name, ", "); }

std::string Headers::lines(std::string_view name) const { return with_separator(name, "\n"); }

std::string Headers::with_separator(std::string_view name, std::string_view separator) const {
  std::string out;
  bool first = true;
  for (const auto& [key, value] : all_) {
    if (!same_name(key, name)) continue;
    if (!first) out += separator;
    out += value;
    first = false;
  }
  return out;
}

bool Headers::has(std::string_view name) const {
  for (const auto& [key, value] : all_) {
    if (same_name(key, name)) return true;
  }
  return false;
}

std::string_view to_string(FetchFailureKind kind) {
  switch (kind) {
    case FetchFailureKind::dns:
      return "dns";
    case FetchFailureKind::connect:
      return "connect";
    case FetchFailureKind::tls:
      return "tls";
    case FetchFailureKind::timeout:
      return "timeout";
    case FetchFailureKind::too_slow:
      return "too_slow";
    case FetchFailureKind::too_large:
      return "too_large";
    case FetchFailureKind::blocked_address:
      return "blocked_address";
    case FetchFailureKind::blocked_port:
      return "blocked_port";
    case FetchFailureKind::blocked_scheme:
      return "blocked_scheme";
    case FetchFailureKind::bad_response:
      return "bad_response";
    case FetchFailureKind::truncated:
      return "truncated";
    case FetchFailureKind::empty_reply:
      return "empty_reply";
    case FetchFailureKind::reset:
      return "reset";
    case FetchFailureKind::proxy:
      return "proxy";
    case FetchFailureKind::aborted:
      return "aborted";
  }
  return "unknown";
}

}  // namespace crawld::model
