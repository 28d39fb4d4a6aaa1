// The links that one thread has judged lately.
//
// Menus make most links of a page the same as those of the page before. What was judged
// once at the same depth is in the books already, so it need not be parsed, judged and
// looked up again. A table of fixed size, where a newer link takes the place of an older
// one: forgetting costs time and never an answer. Links are told apart by 64 bits of XXH3, as
// URLs are in storage::SeenIndex.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "crawler/model/request.h"
#include "crawler/policy/scope.h"

namespace crawld::policy {

class RecentLinks {
 public:
  RecentLinks();

  // Starts anew when `rules` are others than at the call before: links were judged by those.
  // They are kept alive meanwhile, so that an address means one set of rules.
  void judge_by(std::shared_ptr<const void> rules);

  // True when this link of this site was noted at this depth or nearer; notes it otherwise. What
  // was noted as a link is none as a part of a page, which may be in scope where a link is not.
  bool seen(std::string_view link, model::SiteId site, const LinkContext& context);

 private:
  struct Entry {
    std::uint64_t link = 0;  // its hash
    model::SiteId site = 0;
    LinkContext context;
  };

  std::shared_ptr<const void> rules_;
  std::vector<Entry> entries_;
};

}  // namespace crawld::policy
