// Bytes to ParsedPage: the interface, the same on both sides of the wall.
//
// GumboParser works in this process (the worker, tests, fuzzers, `crawld parse`);
// WorkerProcess asks a sandboxed child. Both give the same answer for the same job.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crawler/model/page.h"
#include "crawler/model/request.h"

namespace crawld::parsers {

// What the caller wants made of a body. Links, title, meta, text, hashes and
// simhash are always made; they need no tree.
struct ParseWants {
  bool main_text = false;
  bool markdown = false;
  bool structured = false;  // JSON-LD, microdata, OpenGraph, ... as JSON
  bool reading = true;      // false: hash, size and packed body, and nothing is read
  bool packed_body = true;
  bool repack = false;       // packed_body with the dictionary of what came as gzip, too
  bool raw_body = false;     // ParsedPage::body (robots.txt; a document to convert)
  bool css_urls = false;     // url() of style sheets and style attributes as links
  bool form_links = false;   // action of GET forms
  bool always_tree = false;  // parse.tree: always
  bool url_places = false;   // ParsedPage::url_places and kind, and nothing else is read
};

// The headers of the response that a parser must know. Empty: not sent.
struct ParseHeaders {
  std::string content_type;
  std::string content_encoding;
  std::string content_language;
  std::string link;  // joined values
  std::string refresh;
  std::string x_robots_tag;     // a value a line: each names its own agents
  std::string tdm_reservation;  // https://www.w3.org/community/reports/tdmrep/
  std::string content_signal;   // joined values
};

struct ParseJob {
  std::string url;  // absolute, canonical: the base of relative links
  model::Purpose purpose = model::Purpose::page;
  ParseHeaders headers;
  std::string_view body;   // as received, still encoded; outlives the call
  bool truncated = false;  // cut by our limit: a missing end of stream is no error then
  ParseWants wants;
  std::uint32_t rule_set = 0;  // index into the rule sets given at start + 1; 0: none
  std::uint64_t max_decoded_size = 32ULL << 20;  // bytes
  std::uint32_t max_links = 100'000;
  std::string known_hash;    // content hash of what is stored: if the body has the same, it is
                             // read for what steers the crawl only: see ParsedPage::unchanged
  std::string robots_agent;  // our product token, for per-agent robots directives
  std::string form;          // purpose login_form: CSS selector of the form to read; empty:
                             // the one that asks for a password
  std::string marker;        // CSS selector: ParsedPage::marked says whether it finds anything;
                             // empty: not asked
  // For pages of HTML to be packed with; null: none. On the worker's side of the wall it has no
  // bytes: they came before.
  std::shared_ptr<const model::BodyDictionary> dictionary = {};
  bool fresh_worker = false;  // one that has read nothing before; stays on this side of the wall
};

class Parser {
 public:
  virtual ~Parser() = default;
  // Always answers by `deadline` plus the time it takes to kill a process.
  // Threads: one caller at a time.
  virtual model::ParseOutcome parse(const ParseJob& job,
                                    std::chrono::steady_clock::time_point deadline) = 0;
  // Says what the parse() after the next one will be asked for, so that a process has it at
  // hand when it is done with the first. Null: nothing is known. `job` lives until the next
  // parse() returns. That another URL is asked for in the end costs time and nothing else.
  virtual void announce(const ParseJob* /*job*/) {}
  // Ends what takes longer than its deadline, now and from now on: such pages are answered with
  // `no_worker`. Threads: any.
  virtual void cut_short() {}
};

}  // namespace crawld::parsers
