#include "crawler/cli/output/parse_json.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/escape.h"

namespace crawld::cli {
namespace {

using base::json_string;
using model::ParsedPage;

// Puts an object together member by member. Values that are JSON already go in as they are.
class Object {
 public:
  void raw(std::string_view key, std::string_view json) {
    text_ += text_.empty() ? '{' : ',';
    text_ += json_string(key);
    text_ += ':';
    text_ += json;
  }
  void text(std::string_view key, std::string_view value) { raw(key, json_string(value)); }
  void flag(std::string_view key, bool value) { raw(key, value ? "true" : "false"); }
  void number(std::string_view key, std::uint64_t value) { raw(key, std::to_string(value)); }
  // The members of another object.
  void members_of(std::string_view object) {
    object = object.substr(1, object.size() - 2);
    if (object.empty()) return;
    text_ += text_.empty() ? '{' : ',';
    text_ += object;
  }
  std::string finish() && { return text_.empty() ? "{}" : std::move(text_) + "}"; }

 private:
  std::string text_;
};

template <class Items, class ToJson>
std::string array_of(const Items& items, ToJson to_json) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ',';
    out += to_json(item);
  }
  return out + "]";
}

std::string link_json(const model::Link& link) {
  Object out;
  out.text("url", link.url);
  out.text("text", link.text);
  out.text("rel", link.rel);
  out.text("tag", model::to_string(link.tag));
  out.flag("nofollow", link.nofollow);
  return std::move(out).finish();
}

std::string heading_json(const model::Heading& heading) {
  Object out;
  out.number("level", static_cast<std::uint64_t>(heading.level));
  out.text("text", heading.text);
  return std::move(out).finish();
}

std::string feed_json(const model::Feed& feed) {
  Object out;
  out.text("url", feed.url);
  out.text("type", feed.type);
  out.text("title", feed.title);
  return std::move(out).finish();
}

std::string record_json(const model::Record& record) {
  Object out;
  out.text("rule", record.rule);
  out.raw("fields", record.fields_json);
  out.raw("errors", record.errors_json);
  return std::move(out).finish();
}

// The first value of a name that comes several times.
std::string meta_json(const std::vector<std::pair<std::string, std::string>>& meta) {
  Object out;
  std::vector<std::string_view> seen;
  for (const auto& [name, content] : meta) {
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) continue;
    seen.push_back(name);
    out.text(name, content);
  }
  return std::move(out).finish();
}

std::string entry_json(const model::SitemapEntry& entry) {
  Object out;
  out.text("loc", entry.loc);
  out.raw("lastmod", entry.lastmod == 0
                         ? "null"
                         : json_string(base::to_iso8601(base::from_millis(entry.lastmod))));
  if (!entry.title.empty()) out.text("title", entry.title);
  return std::move(out).finish();
}

std::string sitemap_json(const model::Sitemap& sitemap) {
  if (sitemap.kind == model::SitemapKind::none) return "null";
  Object out;
  out.text("type", model::to_string(sitemap.kind));
  out.raw("urls", array_of(sitemap.urls, entry_json));
  out.raw("sitemaps", array_of(sitemap.sitemaps, entry_json));
  out.raw("error", sitemap.error.empty() ? "null" : json_string(sitemap.error));
  return std::move(out).finish();
}

std::string error_json(const model::ParseOutcome& outcome) {
  const auto* failure = std::get_if<model::ParseFailure>(&outcome);
  Object out;
  if (const auto* page = std::get_if<ParsedPage>(&outcome);
      page != nullptr && !page->convert_error.empty()) {
    out.text("kind", "converter");
    out.text("detail", page->convert_error);
    return std::move(out).finish();
  }
  if (failure == nullptr) return "null";
  out.text("kind", model::to_string(failure->kind));
  out.text("detail", failure->detail);
  return std::move(out).finish();
}

std::string hex(std::uint64_t value) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value));
  return digits;
}

void add_interface_keys(Object& out, const ParsedPage& page) {
  const std::pair<std::string_view, const std::string*> texts[] = {
      {"base", &page.base},
      {"charset", &page.charset},
      {"charset_source", &page.charset_source},
      {"lang", &page.lang},
      {"title", &page.title},
      {"description", &page.description},
      {"canonical", &page.canonical}};
  for (const auto& [key, value] : texts) out.text(key, *value);
  out.raw("robots", array_of(page.robots, [](const std::string& s) { return json_string(s); }));
  out.text("refresh", page.refresh);
  out.raw("links", array_of(page.links, link_json));
  out.text("text", page.text);
  out.text("main_text", page.main_text);
  out.text("markdown", page.markdown);
  out.raw("headings", array_of(page.headings, heading_json));
  out.raw("jsonld", page.jsonld);
  out.raw("microdata", page.microdata);
  out.raw("opengraph", page.opengraph);
  out.raw("meta", meta_json(page.meta));
  out.raw("feeds", array_of(page.feeds, feed_json));
  out.text("content_hash", page.content_hash);
  out.text("simhash", hex(page.simhash));
  out.raw("records", array_of(page.records, record_json));
}

void add_further_keys(Object& out, const ParsedPage& page) {
  out.text("kind", model::to_string(page.kind));
  out.text("author", page.author);
  out.text("date", page.date);
  out.number("body_size", page.body_size);
  out.flag("unchanged", page.unchanged);
  out.flag("links_truncated", page.links_truncated);
  out.flag("over_limits", page.over_limits);
  out.raw("sitemap", sitemap_json(page.sitemap));
  out.members_of(page.structured_other);
}

}  // namespace

std::string parsed_page_json(std::string_view url, const model::ParseOutcome& outcome) {
  static const ParsedPage kNothing;
  const auto* parsed = std::get_if<ParsedPage>(&outcome);
  const ParsedPage& page = parsed != nullptr ? *parsed : kNothing;
  Object out;
  out.text("url", url);
  add_interface_keys(out, page);
  out.raw("error", error_json(outcome));
  add_further_keys(out, page);
  return std::move(out).finish();
}

}  // namespace crawld::cli
