#include "config/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace crawld::config {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view wrong, const std::set<std::string>& known) {
  // A name far longer than any is no slip of the finger, and costs time to compare.
  constexpr std::size_t kLongestSlip = 40;
  std::string nearest;
  if (wrong.size() > kLongestSlip) return nearest;
  std::size_t best = std::max<std::size_t>(wrong.size() / 2, 2) + 1;
  for (const std::string& name : known) {
    const std::size_t distance = edit_distance(wrong, name);
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  return nearest;
}

bool is_slip(std::string_view wrong, std::string_view name) {
  constexpr std::size_t kLongest = 80;
  if (wrong.size() > kLongest || name.size() > kLongest) return false;
  return edit_distance(wrong, name) <= 2;
}

std::string did_you_mean(std::string_view wrong, const std::set<std::string>& known,
                         std::string_view otherwise) {
  const std::string nearest = nearest_name(wrong, known);
  return nearest.empty() ? std::string(otherwise) : "; did you mean \"" + nearest + "\"?";
}

}  // namespace crawld::config
