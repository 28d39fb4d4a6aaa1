#include <catch2/catch.hpp>
#include <iostream>

#include "crawler/model/url.h"
#include "parsers/feed/feed.h"
#include "parsers/feed/feed_text.h"
#include "parsers/feed/sitemap.h"
#include "parsers/text/dates.h"
#include "tests/support/suite.h"

using crawld::parsers::FeedDocument;
using crawld::parsers::FeedEntry;
using crawld::tests::Json;

namespace {

// feedparser served its files from here.
constexpr const char* kDirectory = "http://127.0.0.1:8097/";

FeedDocument read(const Json& one) {
  const std::string body =
      crawld::tests::file_bytes(crawld::tests::suites_folder() / "feeds" / one.value("file", ""));
  std::string content_type;
  if (one.contains("http_headers")) {
    for (const auto& header : one["http_headers"]) {
      const std::string line = header.get<std::string>();
      if (line.rfind("Content-type:", 0) == 0 || line.rfind("Content-Type:", 0) == 0) {
        content_type = line.substr(13);
      }
    }
  }
  const auto text = crawld::parsers::sitemap_text(body, content_type, 1 << 20);
  return crawld::parsers::parse_xml_feed(text.utf8, kDirectory, 1000);
}

std::string date_of(const Json& parts) {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d+00:00", parts[0].get<int>(),
                parts[1].get<int>(), parts[2].get<int>(), parts[3].get<int>(), parts[4].get<int>(),
                parts[5].get<int>());
  return text;
}

std::string href_of(const std::string& url) {
  const auto parsed = crawld::model::Url::parse(url);
  return parsed ? parsed->href() : url;
}

struct Assertion {
  std::string got;
  std::string wanted;
};

// What an assertion about a link, a title or a date compares; nothing for others.
std::optional<Assertion> compared(const FeedDocument& feed, const Json& assertion) {
  const std::string path = assertion.at("path");
  if (!assertion.contains("equals")) return std::nullopt;
  const Json& equals = assertion["equals"];
  const FeedEntry none;
  const FeedEntry& entry = feed.entries.empty() ? none : feed.entries.front();
  const auto title = [&](const std::string& got) {
    // Markup that feedparser keeps is compared by what it says.
    const std::string wanted = equals.get<std::string>();
    if (got == wanted) return Assertion{got, wanted};
    return Assertion{got, crawld::parsers::html_fragment_text(wanted)};
  };
  if (path == "entries[0].title" || path == "entries[0].title_detail.value") {
    return title(entry.title);
  }
  if (path == "feed.title" || path == "feed.title_detail.value") return title(feed.title);
  if (path == "entries[0].link") return Assertion{entry.link, href_of(equals)};
  if (path == "feed.link") return Assertion{feed.link, href_of(equals)};
  if (path == "entries[0].updated_parsed") {
    return Assertion{crawld::parsers::iso_date(entry.updated), date_of(equals)};
  }
  if (path == "entries[0].published_parsed" || path == "entries[0].created_parsed") {
    return Assertion{crawld::parsers::iso_date(entry.published), date_of(equals)};
  }
  return std::nullopt;
}

std::string failure(const Json& one) {
  const FeedDocument feed = read(one);
  for (const Json& assertion : one.at("asserts")) {
    const auto pair = compared(feed, assertion);
    if (pair && pair->got != pair->wanted) {
      return assertion.at("path").get<std::string>() + " is \"" + pair->got + "\", not \"" +
             pair->wanted + "\"";
    }
  }
  return "";
}

bool is_unscored(const Json& one) {
  const FeedDocument empty;
  for (const Json& assertion : one.at("asserts")) {
    if (compared(empty, assertion)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("links, titles and dates of feeds agree with the feeds suite") {
  auto cases = crawld::tests::suite_cases("feeds/shared.jsonl");
  const auto unscored = std::erase_if(cases, is_unscored);
  crawld::tests::run_suite("feeds", cases, failure);
  std::cout << "feeds: " << unscored << " cases assert other things\n";
}
