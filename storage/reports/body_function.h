// The function body(id) of `crawld sql`: a row of `bodies`, unpacked.
#pragma once

#include "storage/database.h"

namespace crawld::storage {

// For queries over this connection from now on. It gives a BLOB, or NULL where there is no such
// body or it is damaged.
base::Status add_body_function(Database& reader);

}  // namespace crawld::storage
