// Which page of a crawl gets which file of a mirror, and where a link leads in it.
//
// Threads: one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "crawler/policy/canonicalize.h"
#include "storage/archive/mirror_book.h"
#include "storage/database.h"

namespace crawld::cli {

class MirrorPlan {
 public:
  // Gives every page that stands a path (policy/mirror_path.h). Where two want one name, or one the
  // name of the other's folder, the URL that was found first has it, in every mirror of the
  // database, and the other's gets a mark. Nothing: `asked` ended it.
  static base::Result<std::unique_ptr<MirrorPlan>> make(storage::Database& reader,
                                                        const std::function<bool()>& asked);

  // The file that shows what a browser sees at `url`, an absolute URL as a page has it: over
  // redirects, and in any spelling that the crawl knew for it. Empty: none.
  base::Result<std::string> path_of(const std::string& url);

  // Whether something has this name at the top.
  base::Result<bool> has_name(std::string_view name);

  storage::MirrorBook& book() { return *book_; }

 private:
  explicit MirrorPlan(std::unique_ptr<storage::MirrorBook> book) : book_(std::move(book)) {}

  base::Result<bool> name_pages(storage::Database& reader, const std::function<bool()>& asked);
  base::Result<std::string> name_page(const storage::MirrorPage& page);
  base::Result<std::string> free_name(const std::string& folder, const std::string& wanted,
                                      std::string_view url, storage::MirrorBook::Name as);
  std::vector<std::string> spellings_of(const std::string& url) const;

  std::unique_ptr<storage::MirrorBook> book_;
  std::vector<policy::Canonicalizer> spellings_;
};

}  // namespace crawld::cli
