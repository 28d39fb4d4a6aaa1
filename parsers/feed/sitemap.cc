#include "parsers/feed/sitemap.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "crawler/base/ascii.h"
#include "crawler/base/utf8.h"
#include "parsers/bytes/charset.h"
#include "parsers/bytes/charset_detector.h"
#include "parsers/bytes/content_coding.h"
#include "parsers/feed/feed.h"
#include "parsers/feed/sitemap_location.h"
#include "parsers/feed/sitemap_xml.h"
#include "parsers/feed/xml_scan.h"

namespace crawld::parsers {
namespace {

using model::Sitemap;
using model::SitemapEntry;
using model::SitemapKind;

// The local name, in lower case, of the first element; empty when there is none.
std::string root_element(std::string_view utf8) {
  XmlScan scan(utf8);
  for (auto event = scan.next(); event != XmlScan::Event::finished; event = scan.next()) {
    if (event == XmlScan::Event::start) return base::ascii_lower(xml_local_name(scan.name()));
    std::string text;
    if (event == XmlScan::Event::text) scan.append_text(text);
    if (!trim_unicode(text).empty()) return {};
  }
  return {};
}

bool is_feed_root(std::string_view name) {
  return name == "rss" || name == "rdf" || name == "feed" || name == "channel" || name == "entry";
}

// Whether `utf8` begins as a sitemap or feed in XML does.
bool is_known_markup(std::string_view utf8) {
  const std::string root = root_element(utf8);
  return root == "urlset" || root == "url" || root == "sitemapindex" || root == "sitemap" ||
         is_feed_root(root);
}

constexpr const char* kPrintedBefore = "text stands before the markup";

// How much a server printed before the XML, warnings in HTML mostly.
std::size_t printed_before(std::string_view utf8) {
  const std::size_t at = utf8.find("<?xml");
  if (at == std::string_view::npos) return 0;
  const std::string_view before = trim_unicode(utf8.substr(0, at));
  if (before.empty() || before.starts_with("{")) return 0;
  return !is_known_markup(utf8) && is_known_markup(utf8.substr(at)) ? at : 0;
}

// One URL a line; lines that are none are passed over.
Sitemap parse_text(std::string_view text, std::size_t max_entries) {
  Sitemap sitemap;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    // A tab ends the URL: what stands behind it is a remark, a date mostly.
    const std::string_view line = trim_unicode(text.substr(0, end));
    std::string location = absolute_location(line.substr(0, line.find('\t')), std::nullopt);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (location.empty()) continue;
    if (sitemap.urls.size() == max_entries) {
      sitemap.error = "more than " + std::to_string(max_entries) + " entries";
      break;
    }
    sitemap.urls.emplace_back().loc = std::move(location);
  }
  if (!sitemap.urls.empty()) sitemap.kind = SitemapKind::text;
  return sitemap;
}

Sitemap as_sitemap(FeedDocument feed) {
  Sitemap sitemap;
  sitemap.kind = feed.kind;
  sitemap.error = std::move(feed.error);
  for (FeedEntry& entry : feed.entries) {
    if (entry.link.empty()) continue;
    SitemapEntry& made = sitemap.urls.emplace_back();
    made.loc = std::move(entry.link);
    made.title = std::move(entry.title);
    made.lastmod = entry.updated != 0 ? entry.updated : entry.published;
    made.lastmod_text = std::move(entry.date_text);
  }
  return sitemap;
}

enum class Body : std::uint8_t { whole, cut };

Sitemap parse_markup(std::string_view text, std::string_view url, std::size_t max_entries) {
  if (is_feed_root(root_element(text))) {
    return as_sitemap(parse_xml_feed(text, url, max_entries));
  }
  return parse_xml_sitemap(text, url, max_entries);
}

Sitemap parse_utf8(std::string_view text, Body body, std::string_view url,
                   std::size_t max_entries) {
  const std::string_view trimmed = trim_unicode(text);
  if (trimmed.starts_with("{")) return as_sitemap(parse_json_feed(trimmed, url, max_entries));
  if (trimmed.starts_with("<")) return parse_markup(trimmed, url, max_entries);
  const bool cut = body == Body::cut;
  Sitemap list =
      parse_text(cut ? trimmed.substr(0, trimmed.find_last_of("\r\n") + 1) : trimmed, max_entries);
  // A warning, and XML that does not say that it is.
  const std::size_t markup = trimmed.find('<');
  if (list.kind != SitemapKind::none || markup == std::string_view::npos) return list;
  Sitemap behind = parse_markup(trimmed.substr(markup), url, max_entries);
  if (behind.kind != SitemapKind::none) behind.error = kPrintedBefore;
  return behind;
}

// The encoding of a text that tells none: UTF-8 by the standards of XML and JSON, but not
// where its first character above ASCII is broken as such.
std::string_view untold(std::string_view body) {
  const std::size_t good = base::utf8_prefix(body);
  if (good == body.size() || base::ascii_prefix(body) < good) return "utf-8";
  const std::string_view guess = guess_encoding(body);
  return guess.empty() ? "windows-1252" : guess;
}

}  // namespace

SitemapText sitemap_text(std::string_view body, std::string_view content_type,
                         std::uint64_t max_size) {
  SitemapText text;
  std::string unpacked;
  if (looks_gzipped(body)) {
    DecodedFront front = decode_front(body, "gzip", max_size);
    if (front.failure) text.error = std::move(front.failure->detail);
    unpacked = std::move(front.bytes);
    body = unpacked;
  } else if (body.size() > max_size) {
    text.error = "larger than " + std::to_string(max_size) + " bytes";
    body = body.substr(0, max_size);
  }
  const CharsetAnswer charset = detect_charset(body, content_type, model::DocumentKind::xml);
  const bool told = charset.source != "default";
  text.utf8 = to_utf8(body.substr(charset.bom_size), told ? charset.encoding : untold(body));
  if (const std::size_t printed = printed_before(text.utf8)) {
    text.utf8.erase(0, printed);
    if (text.error.empty()) text.error = kPrintedBefore;
  }
  return text;
}

Sitemap parse_sitemap(std::string_view body, std::string_view url, SitemapLimits limits,
                      std::string_view content_type) {
  SitemapText text = sitemap_text(body, content_type, limits.max_size);
  Sitemap sitemap =
      parse_utf8(text.utf8, text.error.empty() ? Body::whole : Body::cut, url, limits.max_entries);
  if (!text.error.empty()) sitemap.error = std::move(text.error);
  if (sitemap.kind == SitemapKind::none && sitemap.error.empty()) {
    sitemap.error = "no sitemap, feed or list of URLs";
  }
  return sitemap;
}

}  // namespace crawld::parsers
