// What the view v_report_broken_links knows of broken URLs before it looks at links, which
// `crawld report` walks once itself.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

#include "crawler/base/result.h"
#include "storage/database.h"

namespace crawld::storage {

struct BrokenWay {
  std::string_view url;  // that is broken
  std::string_view why;
  std::string_view asked;  // the URL, or one that redirects lead to it
  // Where `asked` was found, unless that is a redirect: empty of a seed.
  std::optional<std::string_view> found_on;
};

// Of the first `most` broken URLs, in the order of the view. Views hold during the call only.
base::Status each_broken_way(Database& reader, std::size_t most,
                             const std::function<void(const BrokenWay&)>& visit);

}  // namespace crawld::storage
