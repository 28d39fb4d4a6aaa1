#include <catch2/catch.hpp>
#include <iostream>

#include "crawler/model/url.h"
#include "parsers/feed/sitemap.h"
#include "parsers/text/dates.h"
#include "tests/support/suite.h"

using crawld::model::Sitemap;
using crawld::model::SitemapEntry;
using crawld::model::SitemapKind;
using crawld::model::Url;
using crawld::tests::Json;

namespace {

std::string text_or_empty(const Json& one, const char* key) {
  return one.contains(key) && one[key].is_string() ? one[key].get<std::string>() : "";
}

std::string kind_failure(const Sitemap& sitemap, const std::string& wanted) {
  const std::string got(crawld::model::to_string(sitemap.kind));
  const bool nothing = wanted == "error" || wanted == "url" || wanted.empty();
  if (nothing || got == wanted) return "";
  return "is " + got + ", not " + wanted;
}

std::string failure(const Json& one) {
  const std::string body = crawld::tests::file_bytes(crawld::tests::suites_folder() / "sitemaps" /
                                                     one.value("file", ""));
  const Sitemap sitemap = crawld::parsers::parse_sitemap(body, text_or_empty(one, "url"), {},
                                                         text_or_empty(one, "content_type"));
  if (auto why = kind_failure(sitemap, text_or_empty(one, "kind")); !why.empty()) return why;
  const auto& entries = sitemap.kind == SitemapKind::index ? sitemap.sitemaps : sitemap.urls;
  const Json& urls = one.at("urls");
  if (entries.size() != urls.size()) {
    return "has " + std::to_string(entries.size()) + " entries, not " + std::to_string(urls.size());
  }
  const Json none;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto wanted = Url::parse(urls[i].get<std::string>());
    if (!wanted || entries[i].loc != wanted->href()) return "has " + entries[i].loc;
    const Json& lastmod = one.contains("lastmod") ? one["lastmod"][i] : none;
    const auto date = lastmod.is_string() ? crawld::parsers::parse_date(lastmod.get<std::string>())
                                          : std::nullopt;
    if (one.contains("lastmod") && entries[i].lastmod != date.value_or(0)) {
      return "entry " + std::to_string(i) + " has date " + entries[i].lastmod_text;
    }
  }
  return "";
}

// Cases under options that crawld does not have.
bool has_foreign_options(const Json& one) {
  if (!one.contains("options")) return false;
  const Json& options = one["options"];
  return options.value("strict_namespace", false) || options.contains("url_normalizer");
}

}  // namespace

TEST_CASE("sitemaps agree with the sitemaps suite") {
  auto cases = crawld::tests::suite_cases("sitemaps/shared.jsonl");
  const auto foreign = std::erase_if(cases, has_foreign_options);
  crawld::tests::run_suite("sitemaps", cases, failure);
  std::cout << "sitemaps: " << foreign << " cases under options that crawld does not have\n";
}
