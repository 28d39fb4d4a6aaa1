// What `crawld report` asks of broken URLs beside its view v_report_broken_links.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "crawler/base/result.h"
#include "storage/database.h"

namespace crawld::storage {

struct BrokenWay {
  std::string_view url;  // that is broken
  std::string_view why;
  std::string_view asked;  // the URL, or one that redirects lead to it
};

// Of the first `most` broken URLs, in the order of the view. Views hold during the call only.
base::Status each_broken_way(Database& reader, std::size_t most,
                             const std::function<void(const BrokenWay&)>& visit);

}  // namespace crawld::storage
