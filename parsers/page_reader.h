// A decoded body into ParsedPage: what the document says, by its kind.
//
//   html, xhtml   links, title, meta and text by one pass of the tokenizer; a tree only
//                 where main text, Markdown, structured data or a rule needs one, and not
//                 beyond the limits of trees (over_limits)
//   xml           a sitemap or feed, if it is one
//   json, text    text for the rules; a text's text
//   binary, empty nothing
//
// The headers of the response speak for every kind: links, refresh, robots.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "crawler/model/page.h"
#include "parsers/bytes/document_text.h"
#include "parsers/extract/extract.h"
#include "parsers/extract/rules.h"
#include "parsers/html/html_tree.h"
#include "parsers/html/page_scan.h"
#include "parsers/parser.h"
#include "parsers/selector/selector.h"
#include "parsers/tree_readings.h"

namespace crawld::parsers {

// Keeps its memory for the next page. Threads: one at a time.
class PageReader {
 public:
  // Rules that do not compile make no records: they were checked when they were loaded.
  // `remembered`: bytes for what trees gave, so that exact copies need none; 0: each makes one.
  PageReader(const std::vector<RuleSet>& rule_sets, std::size_t remembered);

  // Fills in everything but hashes, sizes and bodies; of one that is `unchanged`, what steers the
  // crawl. Needs: a page of which no more is known than hash and size.
  void read(const ParseJob& job, std::string_view body, model::ParsedPage& page);

  // In place of that, for wants.url_places: kind, charset and url_places, and a `body` where the
  // places are of one in UTF-8.
  void find_places(const ParseJob& job, std::string_view body, model::ParsedPage& page);

 private:
  // The rules that have something to say about this page, or null.
  const CompiledRules* rules_for(const ParseJob& job, const model::ParsedPage& page) const;
  void read_html(const ParseJob& job, std::string_view body, model::ParsedPage& page);
  bool finds(const std::string& selector, const HtmlTree& tree);
  void read_listing(const ParseJob& job, std::string_view body, model::ParsedPage& page);
  void read_text(const ParseJob& job, std::string_view body, model::ParsedPage& page);
  void add_drawing_links(std::string_view svg, const ParseJob& job, model::ParsedPage& page);

  PageScanner scanner_;
  std::vector<std::optional<CompiledRules>> rules_;
  TreeReadings readings_;
  std::optional<Selector> marker_;  // the last one asked for: jobs of one site have the same
};

}  // namespace crawld::parsers
