#include "crawler/model/settlement.h"

#include <array>
#include <utility>

namespace crawld::model {
namespace {

constexpr std::array<std::pair<Verdict, std::string_view>, 15> kVerdicts = {{
    {Verdict::queued, "queued"},
    {Verdict::done, "done"},
    {Verdict::not_modified, "not_modified"},
    {Verdict::redirected, "redirected"},
    {Verdict::retry_later, "retry_later"},
    {Verdict::failed, "failed"},
    {Verdict::gone, "gone"},
    {Verdict::parse_error, "parse_error"},
    {Verdict::skipped, "skipped"},
    {Verdict::disallowed, "disallowed"},
    {Verdict::out_of_scope, "out_of_scope"},
    {Verdict::too_deep, "too_deep"},
    {Verdict::trapped, "trapped"},
    {Verdict::over_budget, "over_budget"},
    {Verdict::blocked, "blocked"},
}};

}  // namespace

std::string_view to_string(Verdict verdict) {
  return kVerdicts[static_cast<std::size_t>(verdict)].second;
}

std::optional<Verdict> verdict_from(std::string_view text) {
  for (const auto& [verdict, name] : kVerdicts) {
    if (name == text) return verdict;
  }
  return std::nullopt;
}

std::string_view to_string(Change change) {
  switch (change) {
    case Change::none:
      return "none";
    case Change::first_seen:
      return "new";
    case Change::changed:
      return "changed";
    case Change::unchanged:
      return "unchanged";
    case Change::gone:
      return "gone";
    case Change::moved:
      return "moved";
    case Change::orphaned:
      return "orphaned";
    case Change::adopted:
      return "adopted";
  }
  return "none";
}

}  // namespace crawld::model
