#include "parsers/worker/wire_limits.h"

#include <string>
#include <vector>

#include "crawler/base/utf8.h"
#include "parsers/bytes/charset_decode.h"
#include "parsers/worker/wire_json.h"

namespace crawld::parsers {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// What a page says is UTF-8 by now, but what its headers say may be any bytes.
void mend(std::string& text) {
  if (!base::is_utf8(text)) text = to_utf8(text, "utf-8");
}

void cut(std::string& text, std::size_t limit) {
  mend(text);
  if (text.size() <= limit) return;
  std::size_t end = limit;
  while (end > 0 && is_continuation(text[end])) --end;
  text.resize(end);
}

bool is_sendable_json(const std::string& json, JsonShape shape) {
  return json.size() <= kMaxJson && base::is_utf8(json) && is_one_line_json(json, shape);
}

void cut_json(std::string& json, JsonShape shape) {
  if (!is_sendable_json(json, shape)) json = shape == JsonShape::array ? "[]" : "{}";
}

// A record that cannot be sent says so in place of its fields.
void cut_record(model::Record& record) {
  cut(record.rule, kMaxShortText);
  if (is_sendable_json(record.fields_json, JsonShape::object) &&
      is_sendable_json(record.errors_json, JsonShape::object)) {
    return;
  }
  record.fields_json = "{}";
  record.errors_json = R"({"":"the record is too large or too deep"})";
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

void mend_entries(std::vector<model::SitemapEntry>& entries) {
  for (auto& entry : entries) {
    for (auto* text : {&entry.loc, &entry.lastmod_text, &entry.changefreq, &entry.title}) {
      mend(*text);
    }
  }
}

void mend_lists(model::ParsedPage& page) {
  for (auto& directive : page.robots) mend(directive);
  for (auto& link : page.links) {
    for (auto* text : {&link.url, &link.text, &link.rel}) {
      if (!base::is_utf8(*text)) *text = page.texts.keep(to_utf8(*text, "utf-8"));
    }
  }
  for (auto& heading : page.headings) mend(heading.text);
  for (auto& [name, content] : page.meta) {
    mend(name);
    mend(content);
  }
  for (auto& feed : page.feeds) {
    for (auto* text : {&feed.url, &feed.type, &feed.title}) mend(*text);
  }
  mend_entries(page.sitemap.urls);
  mend_entries(page.sitemap.sitemaps);
  for (auto& field : page.form.fields) {
    mend(field.name);
    mend(field.value);
  }
}

struct SizeOfPlaces {
  std::size_t pieces = 0;
  std::size_t bytes = 0;
  bool fits = true;
};

void mend_places(std::vector<model::UrlPlace>& places, SizeOfPlaces& size) {
  for (model::UrlPlace& place : places) {
    for (model::UrlPlace::Piece& piece : place.pieces) {
      mend(piece.text);
      mend(piece.url);
      ++size.pieces;
      size.bytes += piece.text.size() + piece.url.size();
      size.fits = size.fits && piece.text.size() <= kMaxText && piece.url.size() <= kMaxShortText;
    }
    mend(place.document);
    size.bytes += place.document.size();
    size.fits = size.fits && place.document.size() <= kMaxText;
    mend_places(place.within, size);
  }
}

// Half of the references of a page rewritten is a page that leads nowhere.
void fit_places(model::ParsedPage& page) {
  SizeOfPlaces size;
  mend_places(page.url_places, size);
  if (size.fits && size.pieces <= kMaxUrlPieces && size.bytes <= kMaxUrlPlaceBytes) return;
  page.url_places.clear();
  page.body.clear();
  page.links_truncated = true;
}

}  // namespace

void fit_to_limits(model::ParsedPage& page) {
  for (std::string* text :
       {&page.base, &page.charset, &page.charset_source, &page.lang, &page.title, &page.description,
        &page.canonical, &page.refresh, &page.author, &page.date, &page.sitemap.error,
        &page.form.action, &page.form.method, &page.form.enctype, &page.form.charset}) {
    cut(*text, kMaxShortText);
  }
  for (std::string* text : {&page.text, &page.main_text, &page.markdown}) cut(*text, kMaxText);
  cut_json(page.jsonld, JsonShape::array);
  cut_json(page.microdata, JsonShape::array);
  cut_json(page.opengraph, JsonShape::object);
  cut_json(page.structured_other, JsonShape::object);
  mend_lists(page);
  keep_front(page.robots, kMaxRobots, kMaxShortText, [](const auto& s) { return s.size(); });
  keep_front(page.headings, kMaxHeadings, kMaxText, [](const auto& h) { return h.text.size(); });
  keep_front(page.meta, kMaxMeta, kMaxText,
             [](const auto& m) { return m.first.size() + m.second.size(); });
  keep_front(page.feeds, kMaxFeeds, kMaxText,
             [](const auto& f) { return f.url.size() + f.type.size() + f.title.size(); });
  keep_front(page.form.fields, kMaxFormFields, kMaxFormBytes,
             [](const auto& f) { return f.name.size() + f.value.size(); });
  for (auto& record : page.records) cut_record(record);
  keep_front(page.records, kMaxRecords, kMaxRecordBytes, [](const auto& r) {
    return r.rule.size() + r.fields_json.size() + r.errors_json.size();
  });
  if (keep_front(page.links, kMaxLinks, kMaxLinkBytes, [](const auto& link) {
        return link.url.size() + link.text.size() + link.rel.size();
      })) {
    page.links_truncated = true;
  }
  fit_places(page);
  const bool fewer_urls =
      keep_front(page.sitemap.urls, kMaxSitemapEntries, kMaxSitemapBytes, size_of_entry);
  const bool fewer_maps =
      keep_front(page.sitemap.sitemaps, kMaxSitemapEntries, kMaxSitemapBytes, size_of_entry);
  if ((fewer_urls || fewer_maps) && page.sitemap.error.empty()) {
    page.sitemap.error = "more entries than are read";
  }
}

}  // namespace crawld::parsers
