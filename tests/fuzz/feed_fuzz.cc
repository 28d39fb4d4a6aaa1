// Any bytes as a feed: links are absolute or empty, titles short and in UTF-8.
#include <cstdlib>

#include "crawler/base/escape.h"
#include "crawler/base/utf8.h"
#include "crawler/model/url.h"
#include "parsers/feed/feed.h"

using namespace crawld;

namespace {

void check(const parsers::FeedDocument& feed) {
  if (feed.entries.size() > 50) std::abort();
  if (feed.kind == model::SitemapKind::none && !feed.entries.empty()) std::abort();
  for (const parsers::FeedEntry& entry : feed.entries) {
    if (!base::is_utf8(entry.title) || entry.title.size() > 1024) std::abort();
    if (entry.link.empty()) continue;
    const auto url = model::Url::parse(entry.link);
    if (!url || !url->crawlable()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = base::repaired_utf8({reinterpret_cast<const char*>(data), size});
  check(parsers::parse_xml_feed(text, "https://a.test/f/", 50));
  check(parsers::parse_json_feed(text, "https://a.test/f/", 50));
  return 0;
}
