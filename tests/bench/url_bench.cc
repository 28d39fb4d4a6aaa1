// How fast URLs parse and resolve, beside libcurl's URL API in the same run.
#include <curl/curl.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "crawler/model/url.h"

namespace {

using crawld::model::Url;

const std::vector<std::string> kAbsolute = {
    "https://www.example.org/",
    "https://docs.example.com/en/latest/guide/getting-started.html",
    "http://www.example.net/shop/item.php?id=12345&category=books&page=2",
    "https://en.wikipedia.org/wiki/Uniform_Resource_Locator#History",
    "https://a.b.c.example.co.uk:8443/x/y/z?q=1",
};
const std::vector<std::string> kAskew = {
    "HTTP://WWW.Example.ORG:80/a/../b/./c.html",
    "https://example.org/caf\xC3\xA9?q=\xC3\xBC x",
    "  http:\\\\example.org\\a\\b  ",
    "https://www.example.org/a b/c|d",
};
const std::vector<std::string> kUnicodeHosts = {"https://b\xC3\xBC\x63her.example/x"};
const std::vector<std::string> kRelative = {
    "/index.html", "../images/logo.png", "page2.html?sort=asc", "#top", "//cdn.example.org/a.js",
};

std::size_t sink = 0;

template <class Work>
void measure(const char* name, std::size_t items, Work work) {
  constexpr int kRounds = 200'000;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kRounds; ++i) work();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  std::printf("%-34s %8.0f ns each\n", name, took.count() / kRounds / static_cast<double>(items));
}

void parse_all(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    const auto url = Url::parse(text);
    sink += url ? url->href().size() : 0;
  }
}

void curl_resolve_all(const std::string& base, const std::vector<std::string>& references) {
  for (const std::string& reference : references) {
    CURLU* handle = curl_url();
    char* href = nullptr;
    const bool based =
        base.empty() || curl_url_set(handle, CURLUPART_URL, base.c_str(), 0) == CURLUE_OK;
    if (based && curl_url_set(handle, CURLUPART_URL, reference.c_str(), 0) == CURLUE_OK &&
        curl_url_get(handle, CURLUPART_URL, &href, 0) == CURLUE_OK) {
      sink += std::char_traits<char>::length(href);
    }
    curl_free(href);
    curl_url_cleanup(handle);
  }
}

void measure_urls() {
  const std::string base_text = "https://docs.example.com/en/latest/guide/start.html";
  const auto base = Url::parse(base_text);
  measure("url.parse canonical", kAbsolute.size(), [] { parse_all(kAbsolute); });
  measure("url.parse to be normalized", kAskew.size(), [] { parse_all(kAskew); });
  measure("url.parse Unicode host", kUnicodeHosts.size(), [] { parse_all(kUnicodeHosts); });
  measure("url.resolve", kRelative.size(), [&] {
    for (const std::string& reference : kRelative) sink += base->resolve(reference)->href().size();
  });
  measure("curl.parse canonical", kAbsolute.size(), [] { curl_resolve_all("", kAbsolute); });
  measure("curl.resolve", kRelative.size(), [&] { curl_resolve_all(base_text, kRelative); });
}

}  // namespace

int main() {
  measure_urls();
  return sink == 0;
}
