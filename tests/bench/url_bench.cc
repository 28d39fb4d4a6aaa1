// How fast URLs parse, resolve and become canonical, beside libcurl's URL API in the
// same run, and how fast robots.txt is read and answers.
#include <curl/curl.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "crawler/model/url.h"
#include "crawler/policy/canonicalize.h"
#include "crawler/robots/rules.h"

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
void measure(const char* name, std::size_t items, Work work, int rounds = 200'000) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i) work();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  std::printf("%-34s %8.0f ns each\n", name, took.count() / rounds / static_cast<double>(items));
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
  const crawld::policy::Canonicalizer canonicalizer({});
  std::vector<Url> urls;
  for (const std::string& text : kAbsolute) urls.push_back(Url::parse(text)->without_fragment());
  measure("canonicalize, nothing to do", urls.size(), [&] {
    for (const Url& url : urls) sink += canonicalizer.canonicalize(url).href().size();
  });
  measure("curl.parse canonical", kAbsolute.size(), [] { curl_resolve_all("", kAbsolute); });
  measure("curl.resolve", kRelative.size(), [&] { curl_resolve_all(base_text, kRelative); });
}

std::string robots_txt_of(int rules, const char* kind) {
  std::string text = "User-agent: *\n";
  for (int i = 0; i < rules; ++i) {
    const std::string number = std::to_string(i);
    text += std::string(kind) == "wild" ? "Disallow: /*/section-" + number + "/*.html$\n"
                                        : "Disallow: /section-" + number + "/private/\n";
  }
  return text;
}

void measure_robots() {
  const std::string path = "/section/of/the/site/with/an/ordinary/page.html?id=17";
  for (const char* kind : {"plain", "wild"}) {
    const std::string text = robots_txt_of(1'000, kind);
    const auto rules = crawld::robots::Rules::parse(text).rules_for("examplebot");
    const std::string name = std::string("robots.allowed, 1,000 ") + kind + " rules";
    measure(
        name.c_str(), 1, [&] { sink += rules.allowed(path).allowed; }, 20'000);
    std::printf("%-34s %8zu bytes held\n", "", rules.memory());
  }
  const std::string text = robots_txt_of(1'000, "plain");
  measure(
      "robots.parse, 1,000 rules", 1,
      [&] { sink += crawld::robots::Rules::parse(text).rules_for("examplebot").size(); }, 2'000);
  std::string many;
  for (int i = 0; i < 60'000; ++i) {
    many += "User-agent: bot" + std::to_string(i) + "\nDisallow: /\n\n";
  }
  many += "User-agent: *\nDisallow: /x\n";
  measure(
      "robots.parse, 60,000 groups", 1,
      [&] { sink += crawld::robots::Rules::parse(many).rules_for("examplebot").size(); }, 20);
  const std::string a2000 = "/" + std::string(2'000, 'a');
  std::string stars;
  for (int i = 0; i < 100; ++i) stars += "*a";
  const auto hostile = crawld::robots::Rules::parse("User-agent: *\nDisallow: /" + stars + "*z$\n")
                           .rules_for("examplebot");
  measure(
      "robots.allowed, /*a*a...*z$", 1, [&] { sink += hostile.allowed(a2000).allowed; }, 20'000);
}

}  // namespace

int main() {
  measure_urls();
  measure_robots();
  return sink == 0;
}
