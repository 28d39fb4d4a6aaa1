// Any bytes as a sitemap: entries are absolute, few enough, and kinds are honest.
#include <cstdlib>

#include "crawler/model/url.h"
#include "parsers/feed/sitemap.h"

using namespace crawld;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr parsers::SitemapLimits kLimits{.max_entries = 50, .max_size = 1 << 16};
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const model::Sitemap sitemap = parsers::parse_sitemap(body, "https://a.test/s/", kLimits);
  const bool empty = sitemap.urls.empty() && sitemap.sitemaps.empty();
  if (sitemap.kind == model::SitemapKind::none && (!empty || sitemap.error.empty())) std::abort();
  for (const auto* list : {&sitemap.urls, &sitemap.sitemaps}) {
    if (list->size() > kLimits.max_entries) std::abort();
    for (const model::SitemapEntry& entry : *list) {
      const auto url = model::Url::parse(entry.loc);
      if (!url || !url->crawlable() || url->href() != entry.loc) std::abort();
    }
  }
  return 0;
}
