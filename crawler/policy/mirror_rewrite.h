// A document with other URLs in the places where it has its own.
//
// Outside of those places it keeps its bytes, and so does a place where nothing changed; what is
// written is ASCII, so that the document's encoding does not matter.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/model/page.h"

namespace crawld::policy {

struct Rewritten {
  std::string body;
  std::uint64_t local = 0;   // URLs that lead to another file now
  std::uint64_t on_web = 0;  // that are absolute
};

// `reference` gives what to write for an absolute URL, in place of it; nothing: the URL itself.
// Places that do not fit `body` are passed over: they come from a worker that read a hostile page.
// Recursive, as deep as `places` are.
Rewritten rewrite(
    std::string_view body, const std::vector<model::UrlPlace>& places,
    const std::function<std::optional<std::string>(const std::string& url)>& reference);

// `text` for an attribute's value in quotes of any kind, in HTML and XML.
std::string attribute_text(std::string_view text);

}  // namespace crawld::policy
