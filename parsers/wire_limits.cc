#include "parsers/wire_limits.h"

#include <string>

namespace crawld::parsers {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

void cut(std::string& text, std::size_t limit) {
  if (text.size() <= limit) return;
  std::size_t end = limit;
  while (end > 0 && is_continuation(text[end])) --end;
  text.resize(end);
}

void cut_json(std::string& json, const char* nothing) {
  if (json.size() > kMaxJson) json = nothing;
}

// A record that is too large says so in place of its fields.
void cut_record(model::Record& record) {
  cut(record.rule, kMaxShortText);
  if (record.fields_json.size() <= kMaxJson && record.errors_json.size() <= kMaxJson) return;
  record.fields_json = "{}";
  record.errors_json = R"({"":"the record is too large"})";
}

// Keeps the front of `items` while both bounds hold; true when some were dropped.
template <class Items, class Size>
bool keep_front(Items& items, std::size_t count, std::size_t bytes, Size size_of) {
  std::size_t kept = 0;
  std::size_t used = 0;
  for (const auto& item : items) {
    used += size_of(item);
    if (kept == count || used > bytes) break;
    ++kept;
  }
  if (kept == items.size()) return false;
  items.resize(kept);
  return true;
}

std::size_t size_of_entry(const model::SitemapEntry& entry) {
  return entry.loc.size() + entry.lastmod_text.size() + entry.changefreq.size() +
         entry.title.size();
}

}  // namespace

void fit_to_limits(model::ParsedPage& page) {
  for (std::string* text :
       {&page.base, &page.charset, &page.charset_source, &page.lang, &page.title, &page.description,
        &page.canonical, &page.refresh, &page.author, &page.date, &page.sitemap.error}) {
    cut(*text, kMaxShortText);
  }
  for (std::string* text : {&page.text, &page.main_text, &page.markdown}) cut(*text, kMaxText);
  cut_json(page.jsonld, "[]");
  cut_json(page.microdata, "[]");
  cut_json(page.opengraph, "{}");
  cut_json(page.structured_other, "{}");
  keep_front(page.robots, kMaxRobots, kMaxShortText, [](const auto& s) { return s.size(); });
  keep_front(page.headings, kMaxHeadings, kMaxText, [](const auto& h) { return h.text.size(); });
  keep_front(page.meta, kMaxMeta, kMaxText,
             [](const auto& m) { return m.first.size() + m.second.size(); });
  keep_front(page.feeds, kMaxFeeds, kMaxText,
             [](const auto& f) { return f.url.size() + f.type.size() + f.title.size(); });
  for (auto& record : page.records) cut_record(record);
  keep_front(page.records, kMaxRecords, kMaxRecordBytes, [](const auto& r) {
    return r.rule.size() + r.fields_json.size() + r.errors_json.size();
  });
  if (keep_front(page.links, kMaxLinks, kMaxLinkBytes, [](const auto& link) {
        return link.url.size() + link.text.size() + link.rel.size();
      })) {
    page.links_truncated = true;
  }
  const bool fewer_urls =
      keep_front(page.sitemap.urls, kMaxSitemapEntries, kMaxSitemapBytes, size_of_entry);
  const bool fewer_maps =
      keep_front(page.sitemap.sitemaps, kMaxSitemapEntries, kMaxSitemapBytes, size_of_entry);
  if ((fewer_urls || fewer_maps) && page.sitemap.error.empty()) {
    page.sitemap.error = "more entries than are read";
  }
}

}  // namespace crawld::parsers
