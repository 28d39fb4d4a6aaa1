// The functions body(id) and answer_body(fetch_id) of `crawld sql`: a row of `bodies` and of
// `answer_bodies`, unpacked.
#pragma once

#include "storage/database.h"

namespace crawld::storage {

// For queries over this connection from now on. They give a BLOB, or NULL where there is no such
// body or it is damaged.
base::Status add_body_functions(Database& reader);

}  // namespace crawld::storage
