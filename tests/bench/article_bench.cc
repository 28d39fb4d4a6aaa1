// What main text, Markdown and structured data of a page cost beside building its tree.
//
//   article_bench [repeats]      default: 5
//
// Runs over the pages of the article suites (CRAWLD_SUITES or ../shared/suites), one core.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "crawler/base/utf8.h"
#include "parsers/main_text/main_text.h"
#include "parsers/structured/structured.h"
#include "tests/support/suites_folder.h"

namespace {

using namespace crawld;
namespace fs = std::filesystem;

std::vector<std::string> pages() {
  std::vector<std::string> all;
  for (const auto* suite : {"article-aeb", "article-readability", "article-trafilatura"}) {
    std::error_code missing;
    for (const auto& file :
         fs::directory_iterator(tests::suites_folder() / suite / "shared-files", missing)) {
      std::string text = tests::file_bytes(file.path());
      if (base::is_utf8(text)) all.push_back(std::move(text));
    }
  }
  return all;
}

// Of this process alone: other work on the machine does not count.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class Work>
double seconds(Work work) {
  const double start = cpu_seconds();
  work();
  return cpu_seconds() - start;
}

struct Times {
  double tree = 0;
  double text = 0;
  double both = 0;
  double structured = 0;
};

void measure(const std::string& html, Times& times) {
  std::optional<parsers::HtmlTree> tree;
  times.tree += seconds([&] { tree = parsers::HtmlTree::parse(html); });
  if (!tree) return;
  parsers::ArticleInput input{.url = "https://example.org/a/b.html"};
  times.text += seconds([&] { parsers::extract_article(*tree, input); });
  input.markdown = true;
  times.both += seconds([&] { parsers::extract_article(*tree, input); });
  const auto base = model::Url::parse(input.url);
  times.structured += seconds([&] { parsers::extract_structured(*tree, base); });
}

}  // namespace

int main(int argc, char** argv) {
  const int repeats = argc > 1 ? std::atoi(argv[1]) : 5;
  const auto all = pages();
  if (all.empty()) {
    std::puts("article: no pages; set CRAWLD_SUITES");
    return 0;
  }
  double bytes = 0;
  Times times;
  for (int i = 0; i < repeats; ++i) {
    for (const auto& html : all) {
      measure(html, times);
      bytes += static_cast<double>(html.size());
    }
  }
  const double count = static_cast<double>(all.size()) * repeats;
  const double kib = bytes / 1024;
  const auto print = [&](const char* what, double time) {
    std::printf("article %-28s %8.0f pages/s  %6.3f ms/page  %6.3f ms per 40 KiB\n", what,
                count / time, time / count * 1e3, time / kib * 40 * 1e3);
  };
  std::printf("article: %zu pages of %.0f KiB on average\n", all.size(), kib / count);
  print("tree", times.tree);
  print("main text", times.text);
  print("main text and Markdown", times.both);
  print("structured data", times.structured);
  print("tree and main text", times.tree + times.text);
}
