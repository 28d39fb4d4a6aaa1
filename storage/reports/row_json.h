// Lists of a page as the JSON that stands in its row.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crawler/model/page.h"
#include "crawler/model/response.h"

namespace crawld::storage {

// "https://host:port" of an http(s) href; empty for anything else.
std::string_view origin_of(std::string_view href);

// [[url, text, rel, tag, nofollow], ...]. A url on `origin` is cut to its path.
std::string links_json(const std::vector<model::Link>& links, std::string_view origin);

// Empty JSON lists and objects are stored as NULL: nothing of them is left.
inline std::string_view filled(std::string_view json) {
  return json.size() <= 2 ? std::string_view() : json;
}

std::string headers_json(const model::Headers& headers);
std::string meta_json(const std::vector<std::pair<std::string, std::string>>& meta);
std::string headings_json(const std::vector<model::Heading>& headings);
std::string feeds_json(const std::vector<model::Feed>& feeds);

}  // namespace crawld::storage
