// Differential: the scan of a page gives the links, title, base and meta of its gumbo tree.
//
// Bytes are read as choices of fragments, so that most inputs are tags that meet in odd
// ways; the known differences of gumbo (see page_scan.h) are not among them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/unit/html/scan_comparison.h"

using namespace crawld::parsers;

namespace {

constexpr std::string_view kPieces[] = {"<a href=1>",
                                        "</a>",
                                        "<a href=2 rel=nofollow>",
                                        "<b>",
                                        "</b>",
                                        "<p>",
                                        "</p>",
                                        "<div>",
                                        "</div>",
                                        "<table>",
                                        "</table>",
                                        "<tr>",
                                        "</tr>",
                                        "<td>",
                                        "</td>",
                                        "<tbody>",
                                        "<caption>",
                                        "</caption>",
                                        "<img src=3>",
                                        "<ul>",
                                        "</ul>",
                                        "<li>",
                                        "</li>",
                                        "text ",
                                        " ",
                                        "&amp;",
                                        "<i>",
                                        "</i>",
                                        "<svg>",
                                        "</svg>",
                                        "<math>",
                                        "</math>",
                                        "<mi>",
                                        "</mi>",
                                        "<foreignObject>",
                                        "</foreignObject>",
                                        "<title>",
                                        "</title>",
                                        "<desc>",
                                        "<template>",
                                        "</template>",
                                        "<script>",
                                        "</script>",
                                        "<style>",
                                        "</style>",
                                        "<head>",
                                        "</head>",
                                        "<body>",
                                        "</body>",
                                        "</html>",
                                        "<html lang=x>",
                                        "<base href=/b/>",
                                        "<meta name=n content=c>",
                                        "<link rel=canonical href=4>",
                                        "<noscript>",
                                        "</noscript>",
                                        "<form action=5>",
                                        "</form>",
                                        "<input src=6>",
                                        "<button>",
                                        "</button>",
                                        "<h1>",
                                        "</h1>",
                                        "<h2>",
                                        "<nobr>",
                                        "</nobr>",
                                        "<object data=7>",
                                        "</object>",

                                        "<font>",
                                        "</font>",
                                        "<br>",
                                        "<hr>",
                                        "<pre>\n",
                                        "</pre>",
                                        "<textarea>",
                                        "</textarea>",
                                        "<iframe src=8>",
                                        "</iframe>",
                                        "<dl>",
                                        "<dt>",
                                        "<dd>",
                                        "</dd>",
                                        "<option>",
                                        "<select>",
                                        "</select>",
                                        "<frameset>",
                                        "<frame src=9>",
                                        "<col>",
                                        "<colgroup>",
                                        "<!-- ",
                                        "-->",
                                        "<![CDATA[",
                                        "]]>",
                                        "<!DOCTYPE html>",
                                        "<span>",
                                        "</span>",
                                        "<em>",
                                        "</em>",
                                        "<area href=10>",
                                        "<xmp>",
                                        "</xmp>",
                                        "<noframes>",
                                        "</noframes>",

                                        "<th>",
                                        "<ruby>",
                                        "<rt>",
                                        "<rp>",
                                        "</ruby>",
                                        "<center>",
                                        "<address>",
                                        "</address>",
                                        "<image src=11>",
                                        "<mtext>",
                                        "<annotation-xml encoding=text/html>",
                                        "</annotation-xml>",
                                        "<code>",
                                        "</code>",
                                        "<section>"};

// gumbo 0.10 takes a wrong <a> off its list where eight blocks or more stand between two of them
// (HTML 13.2.6.4.7, start tag "a"): the adoption agency gives up after eight. Where there is room
// for that, a difference proves nothing.
bool has_anchors_deep_apart(std::string_view html) {
  constexpr std::size_t kRounds = 8;
  std::size_t anchors = 0;
  std::size_t others = 0;
  for (std::size_t at = html.find('<'); at != html.npos; at = html.find('<', at + 1)) {
    const std::string_view tag = html.substr(at);
    if (tag.starts_with("<a "))
      ++anchors;
    else if (!tag.starts_with("</"))
      ++others;
  }
  return anchors >= 2 && others >= kRounds;
}

// gumbo 0.10 leaves an element open whose end tag finds it on the stack but no longer on the list
// of formatting elements (13.2.6.4.7, "any other end tag"): the fourth of a kind pushes one off it.
bool has_four_of_a_kind(std::string_view html) {
  constexpr std::size_t kMost = 3;
  for (const std::string_view tag : {"<b>", "<i>", "<em>", "<font>", "<code>", "<nobr>"}) {
    std::size_t count = 0;
    for (std::size_t at = html.find(tag); at != html.npos; at = html.find(tag, at + 1)) ++count;
    if (count > kMost) return true;
  }
  return false;
}

// To gumbo 0.10 the title of SVG is not special, so that end tags reach beyond it (13.2.4.2).
bool has_title_in_svg(std::string_view html) {
  const std::size_t svg = html.find("<svg");
  return svg != html.npos && html.find("<title", svg) != html.npos;
}

// It resets its mode by these as if they were HTML's where they stand in SVG or MathML (13.2.4.1).
bool has_parts_of_html_in_foreign(std::string_view html) {
  const std::size_t foreign = std::min(html.find("<svg"), html.find("<math"));
  if (foreign == html.npos) return false;
  for (const char* part :
       {"<tbody", "<tr", "<td", "<th", "<caption", "<colgroup", "<select", "<frameset"}) {
    if (html.find(part, foreign) != html.npos) return true;
  }
  return false;
}

bool proves_nothing(std::string_view html) {
  return has_anchors_deep_apart(html) || has_four_of_a_kind(html) || has_title_in_svg(html) ||
         has_parts_of_html_in_foreign(html);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 200) return 0;
  std::string html;
  for (std::size_t i = 0; i < size; ++i) html += kPieces[data[i] % std::size(kPieces)];
  // gumbo 0.10 does not let "</p>" end foreign content (HTML 13.2.6.5), and looks for an object
  // beyond foreign content (13.2.6.4.7).
  const bool foreign = html.find("<svg") != html.npos || html.find("<math") != html.npos;
  for (const char* odd : {"</p>", "</object>"}) {
    if (foreign && html.find(odd) != html.npos) return 0;
  }
  // So it does where a marker stands between: what opens in a template and never closes leaves one.
  const bool templates = html.find("<template") != html.npos;
  for (const char* marker : {"<object", "<td", "<th", "<caption"}) {
    if (templates && html.find(marker) != html.npos) return 0;
  }
  const std::string what = scan_difference(html, "http://a.test/dir/page.html");
  if (what.empty() || proves_nothing(html)) return 0;
  std::fprintf(stderr, "%s\n%s\n", html.c_str(), what.c_str());
  std::abort();
}
