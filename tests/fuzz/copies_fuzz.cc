// Differential: a page that was read before, at another address, is told as its own tree tells it.
//
// Bytes are read as choices of fragments: one for what is asked, three for the addresses, the
// others for the page.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/unit/worker/copy_comparison.h"

using namespace crawld;
using namespace crawld::parsers;

namespace {

constexpr std::string_view kPieces[] = {
    "<base href=/b/>",
    "<base href='http://c.test/d/'>",
    "<base href=e/>",
    "<link rel=canonical href=4>",
    "<meta property=og:title content=T>",
    "<meta name=date content=2019-11-18>",
    "<title>Title</title>",
    "<article>",
    "</article>",
    "<h1>Heading</h1>",
    "<p>A sentence of a text that is long enough, with commas, to be taken for main text.",
    "</p>",
    "<a href=x>relative</a>",
    "<a href=/x>rooted</a>",
    "<a href='#x'>fragment</a>",
    "<a href='?x'>query</a>",
    "<a href=''>itself</a>",
    "<a href='http:y'>odd</a>",
    "<a href='//d.test/'>scheme</a>",
    "<a href='http://e.test/'>absolute</a>",
    "<a href='../\tz'>tab</a>",
    "<img src=i alt=image>",
    "<a rel=tag href=t>tag</a>",
    "<div itemscope itemtype='http://schema.org/Thing'>",
    "<a itemprop=url href=u>item</a>",
    "<b itemprop=name>name</b>",
    "</div>",
    "<div class=h-entry>",
    "<a class=u-url href=v>entry</a>",
    "<b class=p-name>name</b>",
    "<div vocab='http://schema.org/' typeof=Person>",
    "<b property=name>name</b>",
    "<a property=url href=w>rdfa</a>",
    "<div about=s>",
    "<table><tr><td>1<td><a href=c>cell</a></table>",
    "<time datetime=2020-01-02>then</time>",
};

constexpr std::string_view kAddresses[] = {
    "http://a.test/d/page",  "http://a.test/d/page?q",        "http://a.test/d/other",
    "http://a.test/e/page",  "http://a.test/2019/11/18/page", "http://a.test/2019/11/19/page",
    "https://a.test/d/page", "http://b.test/d/page",          "http://a.test/shop/page",
};
constexpr std::size_t kVisits = 3;

std::vector<RuleSet> rules() {
  const FieldRule link{.name = "to", .source = "css:a::attr(href)", .type = ValueType::url};
  return {{{{.name = "links", .fields = {link}}}},
          {{{.name = "shop", .match = "/shop/", .fields = {link}},
            {.name = "heads", .fields = {{.name = "h", .source = "css:h1"}}}}},
          {{{.name = "page",
             .fields = {{.name = "at", .source = "url"},
                        {.name = "c", .source = "canonical"},
                        {.name = "m", .source = "microdata:url"},
                        {.name = "d", .source = "date"}}}}}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kVisits + 1 || size > 100) return 0;
  std::string html;
  for (std::size_t i = kVisits + 1; i < size; ++i) html += kPieces[data[i] % std::size(kPieces)];
  static tests::CopyComparison parsers(rules());
  ParseJob job{.headers = {.content_type = "text/html"}, .body = html};
  job.wants.main_text = (data[0] & 1) != 0;
  job.wants.markdown = (data[0] & 2) != 0;
  job.wants.structured = (data[0] & 4) != 0;
  job.rule_set = (data[0] >> 3) % 4;
  for (std::size_t visit = 1; visit <= kVisits; ++visit) {
    job.url = kAddresses[data[visit] % std::size(kAddresses)];
    if (parsers.same(job)) continue;
    std::fprintf(stderr, "%s\nat %s\n", html.c_str(), job.url.c_str());
    std::abort();
  }
  return 0;
}
