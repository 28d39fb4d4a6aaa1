// robots.txt as a value: text in, answers out (RFC 9309). Pure.
//
// A crawler parses a file once, takes the rules that hold for its own name, and
// keeps only those for as long as the host is live.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/robots/agent_rules.h"
#include "crawler/robots/lines.h"

namespace crawld::robots {

// A parsed robots.txt.
class Rules {
 public:
  // Never fails: what is no rule is passed over. The first kMaxBytes count. UTF-16 is
  // read where a byte order mark tells of it. Linear.
  static Rules parse(std::string_view robots_txt);

  // The rules for `agent`, a product token ("examplebot") or a whole User-Agent
  // value that starts with one ("examplebot/1.0 (+https://...)"). All groups that name
  // the token, without regard to case, are merged; else those for "*"; else none.
  AgentRules rules_for(std::string_view agent) const;

  // Shortcuts for one question; a crawler keeps rules_for() instead.
  Answer allowed(std::string_view agent, std::string_view path_and_query) const;
  std::optional<std::chrono::milliseconds> crawl_delay(std::string_view agent) const;

  // As written, in order, of any group; relative ones and repeats as they stand.
  const std::vector<std::string>& sitemaps() const { return sitemaps_; }

 private:
  struct Agent {
    std::uint32_t at;  // of the token, lower case, in text_
    std::uint32_t length;
    std::uint32_t group;
  };
  // What stands behind a run of User-agent lines, up to the next.
  struct Group {
    std::uint32_t first = 0;  // of lines_
    std::uint32_t last = 0;   // one behind
    bool has_rules = false;   // Allow or Disallow; else those of the next hold here too
  };
  struct StoredLine {
    Key key;
    std::uint32_t at;
    std::uint32_t length;
    std::uint32_t number;
  };

  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  std::string_view value_of(const StoredLine& line) const;
  std::uint32_t store(std::string_view text);
  void add_agent(std::string_view value, std::uint32_t group);
  std::vector<std::uint32_t> groups_of(std::string_view token) const;
  void add_rules(std::uint32_t group, AgentRules& into) const;
  void add_wishes(std::uint32_t group, AgentRules& into) const;

  std::string text_;  // tokens and values
  std::vector<Agent> agents_;
  std::vector<Group> groups_;
  std::vector<StoredLine> lines_;
  std::uint32_t stray_delay_ = kNone;  // of lines_: a Crawl-delay before any group
  std::vector<std::string> sitemaps_;
};

}  // namespace crawld::robots
