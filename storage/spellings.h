// By what rules the sites of a database spell their URLs: a JSON list, in `meta`.
//
// A URL is known under the spelling that its site's rules gave it, so who asks for it later has to
// know the rules. What the list holds is its writer's matter.
#pragma once

#include <string>
#include <string_view>

#include "crawler/base/result.h"
#include "storage/database.h"

namespace crawld::storage {

// Empty where none is kept.
base::Result<std::string> stored_spellings(Database& reader);
base::Status store_spellings(Database& writer, std::string_view json);

}  // namespace crawld::storage
