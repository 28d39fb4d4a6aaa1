// The rules of one robots.txt for one user agent: what a crawler keeps of the file
// for as long as the host is live.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crawld::robots {

struct Answer {
  bool allowed = true;
  int line = 0;           // 1-based line of the rule that decided; 0: no rule matched
  bool too_dear = false;  // not judged to the end, so not allowed
};

// The rules of one robots.txt for one user agent: one string, one array. The
// default value allows everything. Value type; threads: as a string.
class AgentRules {
 public:
  // What holds for a path with its query ("/a?b"), as Url::path_and_query() gives it.
  // Longest pattern first, Allow before Disallow of the same length (section 2.2.2);
  // /robots.txt itself is always allowed. Linear in path and rules: of a long path against
  // thousands of wildcards, 2 MiB are searched and then nothing more.
  Answer allowed(std::string_view path_and_query) const;

  // As written by the site, uncapped; nothing when missing, negative, not a number,
  // or absurd (over a year). Of several
  // in merged groups the longest holds.
  std::optional<std::chrono::milliseconds> crawl_delay() const { return crawl_delay_; }

  // What Content-Signal lines of the group say, as model::content_signals() gives it.
  // Data only; it decides nothing here.
  const std::vector<std::string>& content_signals() const { return content_signals_; }

  bool empty() const { return rules_.empty(); }
  std::size_t size() const { return rules_.size(); }
  // Heap bytes held.
  std::size_t memory() const;

 private:
  friend class Rules;
  struct Rule {
    std::uint32_t at;  // of the pattern in patterns_
    std::uint32_t length;
    std::uint32_t line;
    std::uint16_t star;  // where the first "*" of the pattern stands; kNoStar: nowhere
    bool allow;
  };
  static constexpr std::uint16_t kNoStar = 0xFFFF;

  void add_rule(std::string_view path, bool allow, std::uint32_t line);
  void add_pattern(std::string_view path, bool allow, std::uint32_t line);
  void add_delay(std::string_view value);
  void add_signal(std::string_view value);
  void sort();

  std::string patterns_;
  std::vector<Rule> rules_;  // in the order of precedence
  std::vector<std::string> content_signals_;
  std::optional<std::chrono::milliseconds> crawl_delay_;
};

}  // namespace crawld::robots
