// Microseconds of CPU a page: tokenizer, outline, scan, and gumbo beside them in the same run.
//
//   html_bench FOLDER...    every .html file below; rounds are interleaved, medians printed
#include <gumbo.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "parsers/html/html_tree.h"
#include "parsers/html/links.h"
#include "parsers/html/page_scan.h"
#include "parsers/html/page_scan_builder.h"
#include "parsers/html/tree_scan.h"

using namespace crawld;
using namespace crawld::parsers;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> read_pages(int count, char** folders) {
  std::vector<std::string> pages;
  for (int i = 1; i < count; ++i) {
    for (const auto& entry : fs::recursive_directory_iterator(folders[i])) {
      if (!entry.is_regular_file() || entry.path().extension() != ".html") continue;
      std::ifstream stream(entry.path(), std::ios::binary);
      pages.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    }
  }
  return pages;
}

std::size_t tokenize(const std::string& page) {
  Tokenizer tokenizer(page);
  std::size_t tokens = 0;
  for (Token token = tokenizer.next(); token.kind != TokenKind::end; token = tokenizer.next()) {
    ++tokens;
    if (token.kind != TokenKind::start_tag) continue;
    if (token.tag == Tag::script) tokenizer.set_mode(TextMode::script);
    if (token.tag == Tag::style) tokenizer.set_mode(TextMode::rawtext);
  }
  return tokens;
}

struct Way {
  const char* name;
  std::function<std::size_t(const std::string&)> run;
  std::vector<double> micros;  // a page, of each round
};

// CPU of this process so far, so that a busy machine disturbs less.
double cpu_micros() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int count, char** folders) {
  const std::vector<std::string> pages = read_pages(count, folders);
  if (pages.empty()) {
    std::fprintf(stderr, "html_bench: no .html file below the folders given\n");
    return 2;
  }
  OutlineBuilder builder;
  Outline outline;
  PageScanner scanner;
  ScanOptions options;
  options.url = "https://a.test/dir/page.html";
  std::size_t links = 0;
  std::vector<Way> ways;
  ways.push_back({"tokens", tokenize, {}});
  ways.push_back({"outline",
                  [&](const std::string& page) {
                    builder.build(page, outline);
                    return outline.size();
                  },
                  {}});
  ways.push_back({"scan",
                  [&](const std::string& page) {
                    model::ParsedPage facts;
                    ScanExtras extras;
                    scanner.scan(page, options, facts, extras);
                    links += facts.links.size();
                    return facts.links.size();
                  },
                  {}});
  ways.push_back({"gumbo",
                  [](const std::string& page) {
                    GumboOptions plain = kGumboDefaultOptions;
                    plain.max_errors = 0;
                    GumboOutput* output =
                        gumbo_parse_with_options(&plain, page.data(), page.size());
                    gumbo_destroy_output(&plain, output);
                    return page.size();
                  },
                  {}});
  ways.push_back({"tree and its facts",
                  [&](const std::string& page) {
                    const auto tree = HtmlTree::parse(page);
                    if (!tree) return std::size_t{0};
                    model::ParsedPage facts;
                    ScanExtras extras;
                    scan_tree_facts(*tree, page, options, facts, extras);
                    return facts.links.size();
                  },
                  {}});
  constexpr int kRounds = 5;
  std::size_t sink = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (Way& way : ways) {
      const double start = cpu_micros();
      for (const std::string& page : pages) sink += way.run(page);
      way.micros.push_back((cpu_micros() - start) / static_cast<double>(pages.size()));
    }
  }
  std::size_t bytes = 0;
  for (const std::string& page : pages) bytes += page.size();
  std::printf("%zu pages of %zu bytes and %zu links (checksum %zu)\n", pages.size(),
              bytes / pages.size(), links / kRounds / pages.size(), sink % 1000);
  for (const Way& way : ways) std::printf("%-20s %9.1f us a page\n", way.name, median(way.micros));
  return 0;
}
