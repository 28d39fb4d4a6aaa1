#include "crawler/cli/unfollowed_links.h"

#include <set>
#include <string_view>

#include "crawler/model/url.h"
#include "crawler/policy/canonicalize.h"
#include "storage/reports/link_search.h"

namespace crawld::cli {
namespace {

constexpr std::size_t kMost = 3;

bool lists(std::string_view directives, std::string_view wanted) {
  const std::string all = "," + std::string(directives) + ",";
  return all.find("," + std::string(wanted) + ",") != std::string::npos;
}

std::string why_not_followed(const storage::FoundLink& link) {
  if (link.nofollow) return "rel=nofollow; --follow nofollow (follow_nofollow:)";
  if (lists(link.page_robots, "nofollow")) {
    return "its page asks for nofollow; robots: txt_only does not look at that";
  }
  static const std::set<std::string_view> kFollowed = {"a", "area", "iframe", "frame"};
  if (link.tag == "form") return "a form; --follow forms (follow_forms:)";
  if (!kFollowed.contains(link.tag)) {
    return "a part of the page (" + std::string(link.tag) + "); -p (follow_requisites:)";
  }
  return {};
}

}  // namespace

std::vector<UnfollowedLink> unfollowed_links(storage::Database& reader, const std::string& href) {
  std::vector<UnfollowedLink> links;
  const auto url = model::Url::parse(href);
  if (!url) return links;
  const std::string part(url->path() == "/" ? url->hostname() : url->path());
  const policy::Canonicalizer canonicalizer({});
  std::set<std::string> told;
  (void)storage::each_link_with(reader, part, [&](const storage::FoundLink& link) {
    const auto target = model::Url::parse(link.target);
    if (!target || canonicalizer.canonicalize(*target).href() != href) return true;
    if (told.emplace(link.from).second) {
      links.push_back({std::string(link.from), why_not_followed(link)});
    }
    return links.size() < kMost;
  });
  return links;
}

}  // namespace crawld::cli
