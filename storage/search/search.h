// Full-text search over stored pages: `crawld search`.
//
// SQLite's FTS5 over title and main text (else all text), ranked by BM25 with the
// title weighing four times. Only the newest good version of a page is found.
// Threads: those of the connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "storage/commit_batch.h"
#include "storage/database.h"

namespace crawld::storage {

struct SearchOptions {
  // What a person typed: words that must all occur; "a phrase"; -without; begin*.
  std::string words;
  std::string site;   // empty: all
  Millis since = 0;   // fetched at or after; 0: any time
  Millis before = 0;  // fetched before; 0: any time
  std::uint32_t limit = 20;
  std::uint32_t offset = 0;
  std::string mark_begin = "[";  // around the words in a snippet
  std::string mark_end = "]";
};

struct SearchHit {
  std::string url;
  std::string title;
  std::string snippet;  // plain text of the page: escape it for wherever it is shown
  std::string site;
  Millis fetched_at = 0;
  double score = 0;  // higher is better
  PageId page_id = 0;
};

// Errors: invalid when no word is left to look for, or the index was not kept.
base::Result<std::vector<SearchHit>> search(Database& reader, const SearchOptions& options);

// The FTS5 expression for what a person typed; empty when there is nothing to look for.
std::string search_expression(std::string_view words);

}  // namespace crawld::storage
