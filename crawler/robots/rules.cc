#include "crawler/robots/rules.h"

#include <algorithm>

#include "crawler/base/ascii.h"
#include "crawler/robots/utf16.h"

namespace crawld::robots {
namespace {

bool is_token_char(char c) { return base::is_ascii_alphanumeric(c) || c == '-' || c == '_'; }

// The product token that `value` starts with (section 2.2.1), digits let in.
std::string_view token_of(std::string_view value) {
  const auto end = std::find_if_not(value.begin(), value.end(), is_token_char);
  return value.substr(0, static_cast<std::size_t>(end - value.begin()));
}

bool is_everyone(std::string_view value) {
  return value.starts_with('*') && (value.size() == 1 || value[1] == ' ' || value[1] == '\t');
}

}  // namespace

Rules Rules::parse(std::string_view robots_txt) {
  Rules rules;
  const auto decoded = from_utf16(robots_txt);
  LineReader reader(decoded ? *decoded : robots_txt);
  bool in_agents = false;  // the line before was a User-agent, or one that belongs to no group
  for (Line line; reader.next(line);) {
    switch (line.key) {
      case Key::user_agent:
        if (!in_agents) {
          const auto at = static_cast<std::uint32_t>(rules.lines_.size());
          rules.groups_.push_back({at, at, false});
        }
        in_agents = true;
        rules.add_agent(line.value, static_cast<std::uint32_t>(rules.groups_.size() - 1));
        break;
      case Key::sitemap:
        if (!line.value.empty()) rules.sitemaps_.emplace_back(line.value);
        break;
      case Key::allow:
      case Key::disallow:
      case Key::crawl_delay:
      case Key::content_signal:
        // Section 2.2.1: what stands before any group is ignored; but a site that asks
        // for slowness there means everybody.
        if (rules.groups_.empty() && line.key != Key::crawl_delay) break;
        if (rules.groups_.empty())
          rules.stray_delay_ = static_cast<std::uint32_t>(rules.lines_.size());
        in_agents = false;
        rules.lines_.push_back({line.key, rules.store(line.value),
                                static_cast<std::uint32_t>(line.value.size()), line.number});
        if (rules.groups_.empty()) break;
        rules.groups_.back().last = static_cast<std::uint32_t>(rules.lines_.size());
        if (line.key == Key::allow || line.key == Key::disallow) {
          rules.groups_.back().has_rules = true;
        }
        break;
      case Key::unknown:
        break;
    }
  }
  return rules;
}

std::uint32_t Rules::store(std::string_view text) {
  const auto at = static_cast<std::uint32_t>(text_.size());
  text_ += text;
  return at;
}

void Rules::add_agent(std::string_view value, std::uint32_t group) {
  const std::string token = is_everyone(value) ? "*" : base::ascii_lower(token_of(value));
  if (token.empty()) return;
  agents_.push_back({store(token), static_cast<std::uint32_t>(token.size()), group});
}

std::vector<std::uint32_t> Rules::groups_of(std::string_view token) const {
  std::vector<std::uint32_t> groups;
  for (const Agent& agent : agents_) {
    if (std::string_view(text_).substr(agent.at, agent.length) != token) continue;
    if (groups.empty() || groups.back() != agent.group) groups.push_back(agent.group);
  }
  return groups;
}

std::string_view Rules::value_of(const StoredLine& line) const {
  return std::string_view(text_).substr(line.at, line.length);
}

void Rules::add_rules(std::uint32_t group, AgentRules& into) const {
  for (std::uint32_t i = groups_[group].first; i < groups_[group].last; ++i) {
    const StoredLine& line = lines_[i];
    if (line.key == Key::allow || line.key == Key::disallow) {
      into.add_rule(value_of(line), line.key == Key::allow, line.number);
    }
  }
}

void Rules::add_wishes(std::uint32_t group, AgentRules& into) const {
  for (std::uint32_t i = groups_[group].first; i < groups_[group].last; ++i) {
    const StoredLine& line = lines_[i];
    if (line.key == Key::crawl_delay) into.add_delay(value_of(line));
    if (line.key == Key::content_signal) into.add_signal(value_of(line));
  }
}

AgentRules Rules::rules_for(std::string_view agent) const {
  AgentRules result;
  auto groups = groups_of(base::ascii_lower(token_of(agent)));
  if (groups.empty()) {
    groups = groups_of("*");
    if (stray_delay_ != kNone) result.add_delay(value_of(lines_[stray_delay_]));
  }
  std::uint32_t next = 0;  // the first group whose rules were not taken yet
  for (const std::uint32_t group : groups) {
    add_wishes(group, result);
    if (group < next) continue;
    // Section 2.2.4: other records do not interfere with the grouping, so a Crawl-delay
    // between two User-agent lines does not part them; it is meant for those before it.
    std::uint32_t source = group;
    while (!groups_[source].has_rules && source + 1 < groups_.size()) ++source;
    next = source + 1;
    add_rules(source, result);
  }
  result.sort();
  return result;
}

Answer Rules::allowed(std::string_view agent, std::string_view path_and_query) const {
  return rules_for(agent).allowed(path_and_query);
}

std::optional<std::chrono::milliseconds> Rules::crawl_delay(std::string_view agent) const {
  return rules_for(agent).crawl_delay();
}

}  // namespace crawld::robots
