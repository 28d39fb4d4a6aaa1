// What two versions of a page are told apart by, where it is not the whole body.
#pragma once

#include <cstdint>

#include "config/config.h"
#include "crawler/model/page.h"

namespace crawld::policy {

// A print of what `revisit.compare` names: two versions with the same print are the same. A page
// without records is compared by its text. 0: nothing of that kind, so the body decides.
std::uint64_t compared_print(const model::ParsedPage& page, config::Compare by);

}  // namespace crawld::policy
