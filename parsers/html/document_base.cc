#include "parsers/html/document_base.h"

#include <algorithm>

#include "crawler/base/ascii.h"

namespace crawld::parsers {
namespace {

using Part = DocumentBase::Part;

// URL Standard 4.4, basic URL parser, step 1.
std::string_view without_leading_controls(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= 0x20) text.remove_prefix(1);
  return text;
}

// The length of a scheme that `text` begins with, without its colon; 0: none.
std::size_t scheme_length(std::string_view text) {
  if (text.empty() || !base::is_ascii_alpha(text.front())) return 0;
  const auto end = std::find_if_not(text.begin(), text.end(), [](char c) {
    return base::is_ascii_alphanumeric(c) || c == '+' || c == '-' || c == '.';
  });
  return end != text.end() && *end == ':' ? static_cast<std::size_t>(end - text.begin()) : 0;
}

}  // namespace

std::optional<model::Url> DocumentBase::resolve(std::string_view reference,
                                                std::string_view encoding) const {
  used_ = std::max(used_, part_for(reference));
  return url_->resolve(reference, encoding);
}

Part DocumentBase::part_for(std::string_view reference) const {
  // Tabs and line ends are taken out of URLs: rare enough not to be followed here.
  if (reference.find_first_of("\t\n\r") != reference.npos) return Part::all;
  reference = without_leading_controls(reference);
  if (const std::size_t length = scheme_length(reference); length != 0) {
    // "special relative or authority state": https:x is relative to a base of the same scheme.
    const bool relative = base::equals_ignoring_case(reference.substr(0, length), url_->scheme()) &&
                          !reference.substr(length + 1).starts_with("//");
    return relative ? Part::all : Part::nothing;
  }
  if (reference.empty() || url_->scheme_kind() == model::Scheme::other) return Part::all;
  switch (reference.front()) {
    case '#':
    case '?':
      return Part::all;
    case '/':
    case '\\':
      return Part::origin;
    default:
      return Part::folder;
  }
}

std::string_view DocumentBase::up_to(Part part) const {
  if (!url_) return {};
  const std::string_view href = url_->href();
  const std::string_view path = url_->path();
  const auto path_at = static_cast<std::size_t>(path.data() - href.data());
  switch (part) {
    case Part::nothing:
      return {};
    case Part::origin:
      return href.substr(0, path_at);
    case Part::folder:
      return href.substr(0, path_at + path.rfind('/') + 1);
    case Part::all:
      return href;
  }
  return href;
}

}  // namespace crawld::parsers
