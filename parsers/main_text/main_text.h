// The article of a page: its text without the boilerplate around it.
//
// The page is laid out as blocks of text; a small trained classifier says of each how
// likely it belongs to the article (docs/extraction.md). Linear in the page, iterative,
// no allocation by depth. Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "parsers/html/document_base.h"
#include "parsers/html/html_tree.h"

namespace crawld::parsers {

struct ArticleInput {
  std::string_view url;                // absolute; of the page
  const DocumentBase* base = nullptr;  // of its links; null: url
  bool text = true;
  bool markdown = false;
  bool language = true;  // to be detected
};

struct Article {
  std::string text;      // one block a line, in reading order; valid UTF-8
  std::string markdown;  // CommonMark with tables; empty unless asked for
  std::string title;
  std::string author;  // names joined with ", "
  std::string date;    // of publication, ISO 8601 as far as told
  std::string lang;    // detected in the text; empty where unsure or not asked for
};

Article extract_article(const HtmlTree& tree, const ArticleInput& input);

}  // namespace crawld::parsers
