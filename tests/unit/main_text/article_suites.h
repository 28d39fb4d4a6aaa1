// The article suites of ../shared/suites: their pages, and the scores its README describes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crawld::article_suites {

enum class Suite : std::uint8_t { aeb, readability, trafilatura };

struct Case {
  Suite suite = Suite::aeb;
  std::string id;
  std::string url;
  std::string html;                // UTF-8
  std::string truth;               // the article's text (aeb, readability)
  std::vector<std::string> lines;  // of the truth
  std::vector<std::string> with;   // segments (trafilatura)
  std::vector<std::string> without;
};

// No cases where the suite is missing.
std::vector<Case> load(Suite suite);

// Share of four-word shingles: precision and recall of each page, averaged over pages.
struct ShingleScore {
  double precision = 0;  // sums over pages
  double recall = 0;
  int pages = 0;
  double f1() const;
  void add(std::string_view truth, std::string_view text);
};

// Segments that must and must not be in the text, over all pages.
struct SegmentScore {
  int found = 0;
  int missed = 0;
  int unwanted = 0;
  double f1() const { return 2.0 * found / (2.0 * found + unwanted + missed); }
  void add(const Case& page, std::string_view text);
};

}  // namespace crawld::article_suites
