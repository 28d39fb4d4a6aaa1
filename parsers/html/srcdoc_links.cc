#include "parsers/html/srcdoc_links.h"

#include <utility>

namespace crawld::parsers {
namespace {

struct NestedDocument {
  std::string html;
  std::string base;
};

}  // namespace

void add_srcdoc_links(PageScanner& scanner, const ScanOptions& options,
                      std::vector<std::string> srcdocs, model::ParsedPage& page) {
  std::vector<NestedDocument> level;
  level.reserve(srcdocs.size());
  for (std::string& html : srcdocs) level.push_back({std::move(html), page.base});
  for (int depth = 0; depth < model::kMaxSrcdocDepth && !level.empty(); ++depth) {
    std::vector<NestedDocument> deeper;
    for (const NestedDocument& document : level) {
      if (page.links.size() >= options.max_links) page.links_truncated = true;
      if (page.links_truncated) return;
      model::ParsedPage inner;
      ScanExtras extras;
      ScanOptions inner_options = options;
      inner_options.url = document.base;
      inner_options.max_links = options.max_links - static_cast<std::uint32_t>(page.links.size());
      scanner.scan(document.html, inner_options, inner, extras);
      page.links.insert(page.links.end(), inner.links.begin(), inner.links.end());
      page.texts.join(inner.texts);
      page.links_truncated |= inner.links_truncated;
      for (std::string& html : extras.srcdocs) deeper.push_back({std::move(html), inner.base});
    }
    level.swap(deeper);
  }
}

}  // namespace crawld::parsers
