// The page that a line of `crawld inspect` holds.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace crawld::cli {

struct InspectedDocument {
  std::string utf8;
  std::string encoding;
};

// "html", or "html_base64" decoded as "encoding" or "content_type" and the bytes themselves say.
// Nothing where there is neither.
std::optional<InspectedDocument> document_of(const nlohmann::json& question);

constexpr const char* kNoDocument = "neither \"html\" nor \"html_base64\"";

}  // namespace crawld::cli
