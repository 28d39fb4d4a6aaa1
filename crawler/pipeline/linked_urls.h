// Which URLs the pages that stand link to.
//
// Every link of every standing page is read and spelled as discovery does it. What is linked is
// remembered in a bit table of two bits a URL, 16 bits for each known one (20 MB for 10 million):
// some URLs pass for linked by chance (1.4 %), but what is told to be linked to by nobody is.
// Another `salt` has others pass. Of URLs that were named beforehand the answer is right.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crawler/base/result.h"
#include "crawler/model/url.h"
#include "storage/database.h"

namespace crawld::pipeline {

// Appends to `hrefs` under what spellings the books may know `link`, of a page of `site`.
using LinkSpelling = std::function<void(std::string_view site, const model::Url& link,
                                        std::vector<std::string>& hrefs)>;

class LinkedUrls {
 public:
  // About 2 us a link; links that repeat, as those of menus, cost less. A page does not vouch for
  // itself. No chance has one of `exactly` pass; each costs 50 bytes. Threads: those of `reader`.
  static base::Result<LinkedUrls> read(storage::Database& reader, const LinkSpelling& spell,
                                       std::uint64_t salt,
                                       const std::vector<std::string>& exactly = {});

  void add(std::string_view href);
  bool has(std::string_view href) const;

 private:
  LinkedUrls(std::uint64_t entries, std::uint64_t salt);
  std::uint64_t hash(std::string_view href) const;

  std::uint64_t mask_;
  std::uint64_t salt_;
  std::vector<std::uint64_t> words_;
  std::unordered_map<std::uint64_t, bool> exact_;  // hash -> linked, of those named beforehand
};

}  // namespace crawld::pipeline
