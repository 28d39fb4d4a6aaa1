// Which versions of pages are behind the newest that are kept, and takes them away with all that
// is theirs: links, records, words in the search index, and the body, where no other page names it.
//
// A version stays, whatever its age, where it is the newest good one of its URL (`visits.page_id`),
// and where it is the newest with the last body of all or has the last record, or their numbers
// would be given again: until there is another. What others need of one that goes is handed on
// first: a text that they name, to the oldest of them that stays; a body, likewise; its place
// before the next version, to the one before it.
//
// Of a URL with very many versions the oldest thousand are found at a time, so that a slice does
// not walk through all of them.
//
// That a body is gone is nowhere noted but in its missing row: `body_seen_*` goes on to say which
// number its content had, and BatchWriter stores it under that again when it comes back.
//
// Threads: those of the connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crawler/base/result.h"
#include "storage/commit_batch.h"
#include "storage/database.h"

namespace crawld::storage {

// Who names a body or a text is asked for each version that goes. The indexes are made where old
// versions go, and cost others nothing. A walk through all pages where they are missing.
base::Status make_version_indexes(Database& database);

class OldVersions {
 public:
  // `keep`: versions of each URL; 0: all.
  OldVersions(Database& database, std::uint32_t keep);

  struct Counts {
    std::uint64_t versions = 0;
    std::uint64_t bodies = 0;
  };

  // Looks at the URL once more.
  void look_at(model::UrlId url);
  // Goes on until about `rows` versions were found. False: none was, and nothing is left to look
  // at. Needs: nothing that was found is left.
  base::Result<bool> look(std::size_t rows);

  struct Version {
    PageId id = 0;
    PageId previous = 0;
    bool goes = false;
  };
  // The versions of a URL some of which go, rising, or the oldest of them. What is not here names
  // none that goes.
  struct Found {
    model::UrlId url = 0;
    PageId kept_from = 0;  // the oldest of the newest that are kept
    std::vector<Version> versions = {};
  };
  const std::vector<Found>& found() const { return found_; }
  // Takes away `rows` of them, or fewer where others name their texts; or only the words of more
  // than that out of the search index. Needs: a transaction.
  base::Status take(std::size_t rows);
  // It holds; returns what went.
  Counts committed();

 private:
  base::Status walk_on(std::size_t urls);
  base::Result<Found> versions_of(model::UrlId url);
  base::Result<PageId> kept_from(model::UrlId url);
  base::Result<bool> take_words(std::size_t rows);
  base::Result<bool> has_words(std::span<const PageId> pages);
  base::Status take(Found& found, std::size_t& rows);
  base::Result<bool> hand_on_text(const Found& found, PageId page, std::size_t& rows);
  struct Namers;  // queries for the pages that name what a page has
  base::Result<PageId> heir(const Namers& namers, const Found& found, PageId page);
  base::Status remove(const Found& found, PageId page);
  base::Status remove_body(const Found& found, PageId page);
  base::Status link_up(Found& found, const std::vector<PageId>& gone);
  base::Result<bool> has_copy(PageId heir, PageId page);

  Database& database_;
  const std::uint32_t keep_;
  std::optional<model::UrlId> walked_to_;  // of the first walk over all URLs
  std::deque<model::UrlId> waiting_;       // to be looked at
  std::vector<model::UrlId> unfinished_;   // so far only their oldest versions were found
  std::vector<Found> found_;
  std::unordered_map<PageId, PageId> heirs_;  // of texts that many name: who has a copy by now
  // Of the open transaction: what it leaves of the first of `found_`.
  std::vector<Found> left_;
  Counts taken_;
};

}  // namespace crawld::storage
