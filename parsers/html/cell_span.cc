#include "parsers/html/cell_span.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace crawld::parsers {
namespace {

// HTML 2.3.4.2; more than fits is as much as fits.
std::optional<std::size_t> number_in(const GumboNode* cell, std::string_view name) {
  auto text = attribute(cell, name);
  if (!text) return std::nullopt;
  text->remove_prefix(std::min(text->find_first_not_of(" \t\n\f\r"), text->size()));
  if (text->starts_with('+')) text->remove_prefix(1);
  std::size_t value = 0;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), value);
  if (read.ec == std::errc::result_out_of_range) return kMostSpanRows;
  return read.ec == std::errc() ? std::optional(value) : std::nullopt;
}

}  // namespace

CellSpan span_of(const GumboNode* cell) {
  const std::size_t columns = number_in(cell, "colspan").value_or(1);
  const std::size_t rows = number_in(cell, "rowspan").value_or(1);
  return {std::clamp<std::size_t>(columns, 1, kMostSpanColumns),
          rows == 0 ? kMostSpanRows : std::min(rows, kMostSpanRows)};
}

}  // namespace crawld::parsers
