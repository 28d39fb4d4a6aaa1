// Both ways to the facts of a page, and where they differ.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "crawler/model/page.h"
#include "parsers/html/html_tree.h"
#include "parsers/html/page_scan.h"
#include "parsers/html/tokenizer.h"
#include "parsers/html/tree_scan.h"

namespace crawld::parsers {

// `text` without white space, and without controls and U+FFFD: gumbo makes the latter of
// the former.
inline std::string without_space(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool c1 =
        text[i] == '\xC2' && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c1)
      ++i;
    else if (text.substr(i, 3) == kReplacement)
      i += 2;
    else if (static_cast<unsigned char>(text[i]) > ' ' && text[i] != 0x7F)
      out += text[i];
  }
  return out;
}

inline bool same_link(const model::Link& a, const model::Link& b) {
  // gumbo puts the last text of a form behind it.
  const bool same_text =
      a.tag == model::LinkTag::form || without_space(a.text) == without_space(b.text);
  return a.url == b.url && a.tag == b.tag && a.rel == b.rel && same_text;
}

inline std::string describe_link(const std::vector<model::Link>& links, std::size_t i) {
  if (i >= links.size()) return "-";
  return std::string(to_string(links[i].tag)) + " " + std::string(links[i].url) + " \"" +
         std::string(links[i].text) + "\"";
}

// The first difference in what must be the same; empty when there is none.
inline std::string difference(const model::ParsedPage& scan, const model::ParsedPage& tree) {
  const auto differs = [](const char* what, const std::string& a, const std::string& b) {
    return std::string(what) + ": scan " + a + " / tree " + b;
  };
  if (scan.base != tree.base) return differs("base", scan.base, tree.base);
  if (without_space(scan.title) != without_space(tree.title))
    return differs("title", scan.title, tree.title);
  if (scan.lang != tree.lang) return differs("lang", scan.lang, tree.lang);
  if (scan.canonical != tree.canonical) return differs("canonical", scan.canonical, tree.canonical);
  if (scan.refresh != tree.refresh) return differs("refresh", scan.refresh, tree.refresh);
  if (scan.meta != tree.meta) {
    return "meta: " + std::to_string(scan.meta.size()) + " / " + std::to_string(tree.meta.size());
  }
  const std::size_t most = std::max(scan.links.size(), tree.links.size());
  for (std::size_t i = 0; i < most; ++i) {
    const bool same =
        i < scan.links.size() && i < tree.links.size() && same_link(scan.links[i], tree.links[i]);
    if (!same) {
      return differs("link", std::to_string(i) + " " + describe_link(scan.links, i),
                     describe_link(tree.links, i));
    }
  }
  const std::string a = without_space(scan.text);
  const std::string b = without_space(tree.text);
  if (a != b) {
    std::size_t at = 0;
    while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
    at = at < 20 ? 0 : at - 20;
    return differs("text", a.substr(at, 80), b.substr(at, 80));
  }
  return {};
}

// Empty too where the page is over the limits of a tree.
inline std::string scan_difference(std::string_view utf8, const std::string& url) {
  const auto tree = HtmlTree::parse(utf8);
  if (!tree) return {};
  ScanOptions options;
  options.url = url;
  options.css_urls = options.form_links = options.script_links = true;
  model::ParsedPage by_scan;
  model::ParsedPage by_tree;
  ScanExtras scan_extras;
  ScanExtras tree_extras;
  PageScanner().scan(utf8, options, by_scan, scan_extras);
  scan_tree_facts(*tree, utf8, options, by_tree, tree_extras);
  if (scan_extras.refresh_delay != tree_extras.refresh_delay) return "delay of the refresh";
  return difference(by_scan, by_tree);
}

}  // namespace crawld::parsers
