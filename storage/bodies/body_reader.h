// Stored bodies, with the dictionaries that they are packed with.
//
// Threads: those of the connection.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "crawler/base/result.h"
#include "crawler/model/packed_body.h"
#include "crawler/model/response.h"
#include "storage/commit_batch.h"
#include "storage/database.h"

namespace crawld::storage {

// What a page was made of, to make it again.
struct StoredBody {
  model::Headers headers;
  model::PackedBody packed;  // of the decoded bytes; empty: the body was not kept
  std::uint64_t size = 0;    // decoded, bytes
};

class BodyReader {
 public:
  // `database` outlives it.
  explicit BodyReader(Database& database) : database_(database) {}

  base::Result<StoredBody> of_page(PageId page);
  // As the row of `bodies` holds it; empty where there is none, or where a newer crawld packed it.
  base::Result<model::PackedBody> packed(std::uint64_t body);
  // Decoded. Errors: not_found, corrupt.
  base::Result<std::string> bytes(std::uint64_t body);
  // As bytes(), of what a redirect or an error said; `fetch` is its row in `fetches`.
  base::Result<std::string> bytes_of_answer(std::int64_t fetch);

 private:
  struct Row {
    std::string codec;
    std::string data;
    std::uint64_t size = 0;
    bool found = false;
  };
  base::Result<Row> row(std::uint64_t body);
  base::Result<Row> row(const char* sql, std::int64_t key);
  base::Result<std::string> bytes(Row row, const std::string& name);
  base::Result<model::PackedBody> packed(Row row);
  base::Result<std::shared_ptr<const model::BodyDictionary>> dictionary(std::uint64_t id);

  Database& database_;
  std::deque<std::shared_ptr<const model::BodyDictionary>> dictionaries_;  // the last used first
};

}  // namespace crawld::storage
