// One HTML page into ParsedPage: what its text says, and where asked for, what a tree says.
#pragma once

#include "crawler/model/page.h"
#include "parsers/document_text.h"
#include "parsers/page_scan.h"
#include "parsers/parser.h"

namespace crawld::parsers {

// Keeps its memory for the next page. Threads: one at a time.
class HtmlReader {
 public:
  // Links, title, meta and text come from one pass of the tokenizer; a tree is built only
  // where the job asks for something that needs one, and not beyond the limits of trees
  // (page.over_limits).
  void read(const ParseJob& job, const DocumentText& text, model::ParsedPage& page);

 private:
  PageScanner scanner_;
};

}  // namespace crawld::parsers
