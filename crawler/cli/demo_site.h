// The demo site: about 200 pages that `crawld demo` serves on loopback.
//
// A pure function from path to answer: four sections (a shop, a blog, a manual and a
// town's pages in other charsets), redirects, a robots.txt with a closed corner, a
// sitemap with pages that nothing links to, a page that is gone, a slow one.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace crawld::cli {

struct DemoAnswer {
  int status = 200;
  std::string content_type = "text/html; charset=utf-8";
  std::string location;  // of a redirect
  std::string body;
  std::chrono::milliseconds delay{0};
};

// `origin`: "http://127.0.0.1:8099", for the sitemap and robots.txt.
DemoAnswer demo_answer(std::string_view path, const std::string& origin);

}  // namespace crawld::cli
