#include "crawler/cli/inspect/inspect_sitemap.h"

#include <cstdint>
#include <nlohmann/json.hpp>

#include "crawler/cli/output/json_line.h"
#include "parsers/feed/feed.h"
#include "parsers/feed/sitemap.h"
#include "parsers/text/dates.h"

namespace crawld::cli {
namespace {

using model::SitemapKind;
using nlohmann::json;

json date_or_null(std::int64_t milliseconds) {
  return milliseconds == 0 ? json() : json(parsers::iso_date(milliseconds));
}

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

json entries(const std::vector<model::SitemapEntry>& from) {
  json list = json::array();
  for (const model::SitemapEntry& entry : from) {
    list.push_back({{"loc", entry.loc},
                    {"lastmod", date_or_null(entry.lastmod)},
                    {"lastmod_text", text_or_null(entry.lastmod_text)}});
  }
  return list;
}

json entries(const std::vector<parsers::FeedEntry>& from) {
  json list = json::array();
  for (const parsers::FeedEntry& entry : from) {
    const std::int64_t lastmod = entry.updated != 0 ? entry.updated : entry.published;
    list.push_back({{"loc", text_or_null(entry.link)},
                    {"lastmod", date_or_null(lastmod)},
                    {"lastmod_text", text_or_null(entry.date_text)},
                    {"title", entry.title},
                    {"published", date_or_null(entry.published)},
                    {"updated", date_or_null(entry.updated)}});
  }
  return list;
}

void add_feed(json& answer, const parsers::FeedDocument& feed) {
  answer["title"] = feed.title;
  answer["link"] = text_or_null(feed.link);
  answer["urls"] = entries(feed.entries);
}

}  // namespace

std::string inspect_sitemap(std::string_view json_line) {
  json answer = {{"id", nullptr},
                 {"type", nullptr},
                 {"urls", json::array()},
                 {"sitemaps", json::array()},
                 {"error", nullptr}};
  const auto refuse = [&](std::string_view why) {
    answer["error"] = why;
    return write_line(answer);
  };
  const json question = read_object(json_line);
  if (!question.is_object()) return refuse("not a JSON object");
  answer["id"] = question.value("id", json());
  if (const auto wrong = mistyped_text(question)) return refuse(*wrong);
  const auto body = octets_of(question, "body", "body_base64");
  if (!body) return refuse("\"body\" and \"body_base64\" are missing or no base64");
  const std::string url = text_of(question, "url").value_or("");
  const std::string content_type = text_of(question, "content_type").value_or("");

  const parsers::SitemapLimits limits;
  const model::Sitemap sitemap = parsers::parse_sitemap(*body, url, limits, content_type);
  answer["type"] = model::to_string(sitemap.kind);
  answer["error"] = text_or_null(sitemap.error);
  answer["urls"] = entries(sitemap.urls);
  answer["sitemaps"] = entries(sitemap.sitemaps);
  const auto text = [&] {
    return parsers::sitemap_text(*body, content_type, limits.max_size).utf8;
  };
  if (sitemap.kind == SitemapKind::rss || sitemap.kind == SitemapKind::atom) {
    add_feed(answer, parsers::parse_xml_feed(text(), url, limits.max_entries));
  }
  if (sitemap.kind == SitemapKind::json_feed) {
    add_feed(answer, parsers::parse_json_feed(text(), url, limits.max_entries));
  }
  return write_line(answer);
}

}  // namespace crawld::cli
