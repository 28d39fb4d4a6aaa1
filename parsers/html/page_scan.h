// The facts of a page that need no DOM: links, title, base, meta, language, headings, text.
//
// One pass of the tokenizer, steered by the standard's tree construction over an outline
// (page_scan_builder), then one walk over the outline: links and texts come in the order
// and with the repetitions in which a DOM has them. tree_scan gives the same from a gumbo
// tree. The two differ in white space, beyond the limits, and where gumbo 0.10 errs or is
// older than the standard: where it reads more than a skeleton (html_skeleton.h) it makes
// U+FFFD of controls and noncharacters, overflows on huge numeric references, expands
// <isindex> and ends a form before its last text; it lets a <frameset> win over "</br>",
// does not leave SVG and MathML at "</p>" and "</br>", finds <object>, <applet> and
// <marquee> where they are out of scope, goes by <frameset>, <select> and parts of tables
// in SVG and MathML as if they were HTML's, lets end tags reach beyond the <title> of SVG,
// does not close what a marker or three more of its kind have hidden in its list of
// formatting elements, and takes a wrong <a> off that list where eight blocks stand
// between two.
//
// What is a link: see page_scan_links.h. Content of <template> (but for declarative shadow
// trees), comments and scripts is none; <noscript> counts, for we run no scripts, but a
// <base> in it does not.
//
// Threads: a PageScanner has one user at a time; it keeps its memory for the next page.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/model/page.h"

namespace crawld::parsers {

struct ScanOptions {
  std::string url;       // of the page, absolute; what <base> and links resolve against
  std::string encoding;  // of the document (WHATWG name), for queries; empty: UTF-8
  std::uint32_t max_links = 100'000;
  bool css_urls = false;      // url() of style elements and attributes
  bool form_links = false;    // action of GET forms as `form`; other form targets as `other`
  bool script_links = false;  // javascript: URLs of a and area as well
};

// What a scan finds beyond model::ParsedPage.
struct ScanExtras {
  std::vector<std::string> jsonld;   // texts of <script type=application/ld+json>, as written
  double refresh_delay = -1;         // seconds; negative: no meta refresh
  std::vector<std::string> srcdocs;  // of iframes: documents of their own (srcdoc_links.h)
};

class PageScanner {
 public:
  PageScanner();
  ~PageScanner();

  // Reads `utf8` (valid UTF-8, any newlines, under 4 GB) and fills `page`: base, lang,
  // title, description, canonical, refresh, links, links_truncated, text, headings, meta,
  // feeds. Other fields stay as they are.
  void scan(std::string_view utf8, const ScanOptions& options, model::ParsedPage& page,
            ScanExtras& extras);
  // Where `utf8` holds URLs, by its offsets, rising (url_place_finder.h). `depth`: of how many
  // documents it stands in the srcdoc.
  std::vector<model::UrlPlace> places(std::string_view utf8, const ScanOptions& options,
                                      int depth = 0);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace crawld::parsers
