#include "crawler/cli/sitemap_only.h"

#include <string>
#include <utility>
#include <vector>

#include "crawler/daemon/spellings.h"
#include "crawler/pipeline/linked_urls.h"
#include "crawler/policy/canonicalize.h"
#include "storage/reports/link_walk.h"

namespace crawld::cli {
namespace {

constexpr std::size_t kMostRows = 200;
constexpr std::uint64_t kSalt = 1;

// False also where a walk over all links would find nobody to tell of.
base::Result<bool> has_any(storage::Database& reader) {
  bool found = false;
  auto done = storage::each_page_found_by_sitemap(
      reader, [&](const storage::ListedPage&) { return !(found = true); });
  if (!done) return std::move(done).error();
  return found;
}

}  // namespace

base::Status report_sitemap_only(storage::Database& reader, storage::QueryRows& rows) {
  constexpr std::string_view kColumns[] = {"url", "listed_in"};
  rows.columns(kColumns);
  const auto any = has_any(reader);
  if (!any || !*any) return any ? base::Status(base::Done{}) : base::Status(any.error());
  const auto canonicalizers = daemon::known_canonicalizers(reader);
  if (!canonicalizers) return canonicalizers.error();
  const auto spell = [&](std::string_view, const model::Url& link,
                         std::vector<std::string>& hrefs) {
    for (const policy::Canonicalizer& one : *canonicalizers) {
      hrefs.push_back(one.canonicalize(link).href());
    }
  };
  auto linked = pipeline::LinkedUrls::read(reader, spell, kSalt);
  if (!linked) return std::move(linked).error();
  std::vector<std::string> hrefs;
  auto done = storage::each_redirect_target(reader, [&](std::string_view target) {
    const auto url = model::Url::parse(target);
    if (!url) return;
    hrefs.clear();
    spell({}, *url, hrefs);
    for (const std::string& href : hrefs) linked->add(href);
  });
  if (!done) return done;
  std::size_t told = 0;
  return storage::each_page_found_by_sitemap(reader, [&](const storage::ListedPage& page) {
    if (linked->has(page.url)) return true;
    const storage::Value row[] = {page.url, page.listed_in};
    return rows.row(row) && ++told < kMostRows;
  });
}

}  // namespace crawld::cli
