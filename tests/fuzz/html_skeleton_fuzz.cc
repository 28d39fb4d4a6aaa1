// Differential: a tree of a page's skeleton is the tree of the page.
//
// Bytes are read as choices of fragments, so that most inputs are tags that meet in odd ways,
// with texts of all kinds between them. What gumbo is known to read otherwise than the
// standard says is not among them: control characters and noncharacters (it makes U+FFFD of
// them), repeated attributes (their names run into the next one's), "</>" (it becomes part of the
// next tag), a text at the end of a form, several names that it does not know, <isindex>.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parsers/html/html_tree.h"

using namespace crawld::parsers;

namespace {

constexpr std::string_view kPieces[] = {
    "<a href=1>",
    "</a>",
    "<a href=&amp;>",
    "<a href='&#38;'>",
    "<b>",
    "</b>",
    "<b class=x>",
    "<p>",
    "</p>",
    "<div title=\"a b > c\">",
    "</div>",
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "</td>",
    "<tbody>",
    "<caption>",
    "<col>",
    "<colgroup>",
    "</colgroup>",
    "<ul>",
    "<li>",
    "text ",
    " ",
    "\n",
    "&amp;",
    "&notit;",
    "&#32;",
    "&#x1F600;",
    "a < b",
    "\xC3\xA9 \xF3\xB0\x80\x80",
    "\r\n",
    "\n          ",
    "    \t\t    ",
    "\n\n\n\n\n\n",
    "\f",
    "<p data-long-name=1 class=z>",
    "<svg viewbox=1 data-x-y=2 class=z>",
    "<B CLASS=x>",
    "<body CLASS=q data-a-b=1>",
    "<listing>",
    "\r",
    "&#13;",
    "<i>",
    "</i>",
    "<svg>",
    "</svg>",
    "<math>",
    "</math>",
    "<mi>",
    "</mi>",
    "<annotation-xml encoding=text/html>",
    "<annotation-xml encoding='&#116;ext/html'>",
    "<foreignObject>",
    "</foreignObject>",
    "<title>",
    "</title>",
    "<desc>",
    "<template>",
    "</template>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<!---->",
    "<!-->",
    "<!x>",
    "<?php ?>",
    "</ x>",
    "<style>",
    "</style>",
    "a{}",
    "<textarea>",
    "</textarea>",
    "<pre>",
    "</pre>",
    "<xmp>",
    "</xmp>",
    "<iframe>",
    "</iframe>",
    "<noframes>",
    "</noframes>",
    "<noscript>",
    "</noscript>",
    "<plaintext>",
    "<frameset>",
    "<frame>",
    "</frameset>",
    "<head>",
    "</head>",
    "<body class=y>",
    "</body>",
    "<html lang=x>",
    "</html>",
    "<!doctype html>",
    "<!doctype>",
    "<![CDATA[c",
    "]]>",
    "<form>",
    "<!----></form>",
    "<input type=hidden>",
    "<input type='HIDDEN'>",
    "<input type=\"&#104;idden\">",
    "<input value=v>",
    "<select>",
    "</select>",
    "<option>",
    "<optgroup>",
    "<button>",
    "</button>",
    "<h1>",
    "</h2>",
    "<br/>",
    "</br>",
    "<image src=z>",
    "<X-Y Z=1>",
    "</x-y>",
    "<p a=b/>",
    "<p =x>",
    "<p a\"b>",
    "<p class='\xF3\xB0\x80\x80'>",
    "<font color=red>",
    "</font>",
    "<font>",
    "<nobr>",
    "</nobr>",
    "<marquee>",
    "</marquee>",
    "<ruby><rt>",
    "<dd>",
    "<dt>",
    "<base href=/>",
    "<meta charset=x>",
    "<link>",
    "<object>",
    "</object>",
    ">",
    "=",
    "/",
};

std::string dump(const HtmlTree& tree) {
  std::string out;
  const auto add = [&](const GumboNode* node) {
    out += '\n' + std::to_string(node->type) + ' ';
    if (!is_element(node)) {
      if (node->type != GUMBO_NODE_DOCUMENT) out += node->v.text.text;
      return true;
    }
    const GumboElement& element = node->v.element;
    out += std::string(tag_name(node)) + ' ' + std::to_string(element.tag_namespace) + ' ' +
           std::to_string(element_index(node)) + ' ' + std::to_string(element_depth(node));
    for (unsigned i = 0; i < element.attributes.length; ++i) {
      const auto& attribute = *static_cast<GumboAttribute*>(element.attributes.data[i]);
      out +=
          ' ' + std::to_string(attribute.attr_namespace) + attribute.name + '=' + attribute.value;
    }
    return true;
  };
  walk_tree(tree.document(), add, [&](const GumboNode*) { out += '^'; });
  if (tree.quirks()) out += " quirks";
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string page;
  for (std::size_t i = 0; i < size && i < 200; ++i) page += kPieces[data[i] % std::size(kPieces)];
  const auto tree = HtmlTree::parse(page);
  const auto whole = HtmlTree::parse_whole(page);
  const std::string left = tree ? dump(*tree) : "";
  const std::string right = whole ? dump(*whole) : "";
  if (tree.has_value() == whole.has_value() && left == right) return 0;
  std::fprintf(stderr, "page: %s\nof the skeleton:%s\nof the page:%s\n", page.c_str(), left.c_str(),
               right.c_str());
  std::abort();
}
