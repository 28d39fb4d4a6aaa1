// The lines of a robots.txt (RFC 9309 section 2.2), with the slips that people make.
//
// A line is "key: value"; CR, LF and CRLF end it, "#" starts a comment. The colon
// may be missing between two words, keys may be misspelt in the ways that are
// common enough for other crawlers to accept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crawld::robots {

// RFC 9309 section 2.5 asks for 500 KiB at least. Files with tens of thousands of groups
// for other crawlers are longer, and the group for "*" stands last. What is beyond is
// ignored, and so is a line that the limit cuts, because half a rule is another rule.
inline constexpr std::size_t kMaxBytes = std::size_t{5} << 20;

enum class Key : std::uint8_t {
  user_agent,
  allow,
  disallow,
  crawl_delay,
  sitemap,
  content_signal,
  unknown
};

struct Line {
  Key key = Key::unknown;
  std::string_view value;    // trimmed, without comment
  std::uint32_t number = 0;  // 1-based; every line end counts
};

// Reads the lines that hold a key, in order. Needs: the text outlives the reader.
class LineReader {
 public:
  explicit LineReader(std::string_view text);

  // False at the end. Linear over all calls.
  bool next(Line& line);

 private:
  std::string_view take_line();

  std::string_view rest_;
  std::uint32_t number_ = 0;
};

}  // namespace crawld::robots
