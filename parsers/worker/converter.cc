#include "parsers/worker/converter.h"

#include <algorithm>

#include "parsers/bytes/media_type.h"

namespace crawld::parsers {
namespace {

bool takes(std::string_view type, std::string_view essence) {
  if (!type.ends_with("/*")) return type == essence;
  return essence.starts_with(type.substr(0, type.size() - 1));
}

}  // namespace

const Conversion* find_conversion(const std::vector<Conversion>& conversions,
                                  std::string_view content_type, std::string_view body) {
  constexpr std::string_view kPdf = "%PDF-";  // ISO 32000-1 section 7.5.2
  const std::string essence =
      body.starts_with(kPdf) ? "application/pdf" : parse_content_type(content_type).essence;
  const auto found =
      std::find_if(conversions.begin(), conversions.end(),
                   [&](const Conversion& conversion) { return takes(conversion.type, essence); });
  return found == conversions.end() ? nullptr : &*found;
}

}  // namespace crawld::parsers
