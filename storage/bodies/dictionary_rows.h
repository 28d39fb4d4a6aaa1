// Rows of `dictionaries`: what bodies are packed with.
#pragma once

#include <cstdint>
#include <memory>

#include "crawler/base/result.h"
#include "crawler/model/packed_body.h"
#include "crawler/model/request.h"
#include "storage/database.h"

namespace crawld::storage {

// Null: there is no such row, or it is damaged.
base::Result<std::shared_ptr<const model::BodyDictionary>> read_dictionary(Database& database,
                                                                           std::uint64_t id);

// `bodies`: how many of the host had been stored. Needs: a transaction.
base::Status write_dictionary(Database& database, const model::BodyDictionary& dictionary,
                              model::HostId host, std::uint64_t bodies);

}  // namespace crawld::storage
