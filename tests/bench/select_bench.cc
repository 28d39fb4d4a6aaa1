// How fast selectors and paths match, and what rules cost, on a page of shops; in CPU
// time, so that a busy machine does not show.
//
// tests/bench/parsel_bench.py asks Scrapy's parsel the same on the same page, in turn with
// this; the page is printed with "--page", so that both run on one text.
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "parsers/extract/extract.h"
#include "parsers/html/html_tree.h"
#include "parsers/selector/selector.h"
#include "parsers/selector/xpath.h"

namespace {

using namespace crawld::parsers;

// About 40 KB and 1,000 elements, as listings are.
std::string page() {
  std::string html =
      "<!doctype html><html lang=en><head><title>Shop</title><meta charset=utf-8></head><body>"
      "<nav><ul id=menu><li class=m><a href=/a>A</a><li class=m><a href=/b>B</a></ul></nav>"
      "<main id=main>";
  for (int i = 0; i < 120; ++i) {
    std::string n = std::to_string(i);
    html += "<article class='product item" + std::string(i % 3 ? "" : " sale") + "' id=p" + n +
            "><h2 class=name><a href='/product/" + n + "?ref=list'>Product number " + n +
            "</a></h2><div class=meta><span class=price>$ 1," + std::to_string(100 + i) +
            ".50</span><span class='stars s4' title='4 of 5'>****</span></div><p class=text>Some "
            "words about the product that fill the page as descriptions do, " +
            n + " of them.</p><ul class=tags><li>red<li>blue</ul></article>";
  }
  return html + "</main><footer><a class=next rel=next href='/list?page=2'>Next</a></footer>";
}

constexpr const char* kSelectors[] = {"h2.name a",
                                      "article.product",
                                      ".price",
                                      "#main > article:nth-child(2n) .price",
                                      "a[href^='/product/']",
                                      "ul.tags li + li",
                                      "a.next",
                                      "#p77 .text",
                                      "article.sale span[title]",
                                      "main article:not(.sale) h2"};
constexpr const char* kPaths[] = {"//h2[@class='name']/a/@href",
                                  "//article[contains(@class,'sale')]",
                                  "//span[@class='price']/text()", "//ul[@class='tags']/li[2]"};

std::size_t sink = 0;

template <class Work>
double microseconds(int rounds, Work work) {
  std::clock_t start = std::clock();
  for (int i = 0; i < rounds; ++i) work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC * 1e6 / rounds;
}

void report(const char* what, double us, std::size_t items) {
  std::printf("%-36s %10.1f us %12.0f a second\n", what, us, static_cast<double>(items) * 1e6 / us);
}

void measure_selectors(const std::string& html, const HtmlTree& tree) {
  std::vector<Selector> selectors;
  for (const char* text : kSelectors) selectors.push_back(Selector::compile(text).value());
  double all = microseconds(2'000, [&] {
    SelectorDocument document(tree);
    for (const Selector& selector : selectors) {
      sink += SelectorMatcher(selector, document).select().size();
    }
  });
  report("10 selectors on a new page", all, std::size(kSelectors));
  double whole = microseconds(500, [&] {
    auto parsed = HtmlTree::parse(html);
    SelectorDocument document(*parsed);
    for (const Selector& selector : selectors) {
      sink += SelectorMatcher(selector, document).select().size();
    }
  });
  report("tree and 10 selectors", whole, std::size(kSelectors));
  SelectorDocument document(tree);
  double warm = microseconds(2'000, [&] {
    for (const Selector& selector : selectors) {
      sink += SelectorMatcher(selector, document).select().size();
    }
  });
  report("10 selectors on a known page", warm, std::size(kSelectors));
}

void measure_paths(const HtmlTree& tree) {
  std::vector<XPath> paths;
  for (const char* text : kPaths) paths.push_back(XPath::compile(text).value());
  report("copy for XPath", microseconds(500, [&] { sink += XmlTree::copy_of(tree).has_value(); }),
         1);
  auto copy = XmlTree::copy_of(tree);
  double us = microseconds(500, [&] {
    for (const XPath& path : paths) sink += path.evaluate(*copy)->size();
  });
  report("4 paths on a known page", us, std::size(kPaths));
}

void measure_rules(const std::string& html, const HtmlTree& tree) {
  RuleSet set;
  set.rules.push_back(
      {.name = "product",
       .match = "",
       .each = "article.product",
       .fields = {{.name = "name", .source = "css:h2"},
                  {.name = "url", .source = "css:h2 a", .type = ValueType::url},
                  {.name = "price", .source = "css:.price", .type = ValueType::price},
                  {.name = "tags", .source = "css:li", .list = true}},
       .tests = {}});
  auto rules = CompiledRules::compile(set);
  PageFacts facts{.url = "https://a.test/list", .body = html, .tree = &tree, .lang = "en"};
  double us = microseconds(500, [&] { sink += rules->apply(facts).size(); });
  report("rule of 4 fields, 120 records", us, 120);
}

}  // namespace

int main(int argc, char** argv) {
  std::string html = page();
  if (argc > 1 && std::strcmp(argv[1], "--page") == 0) {
    std::fwrite(html.data(), 1, html.size(), stdout);
    return 0;
  }
  auto tree = HtmlTree::parse(html);
  std::printf("page of %zu bytes, %zu elements\n", html.size(), tree->elements().size());
  report("tree", microseconds(500, [&] { sink += HtmlTree::parse(html)->elements().size(); }), 1);
  measure_selectors(html, *tree);
  measure_paths(*tree);
  measure_rules(html, *tree);
  return sink == 0;
}
