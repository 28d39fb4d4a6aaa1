// A file of extraction rules, as `crawld parse --extract` takes it.
#include <string>
#include <vector>

#include "config/extract_rules.h"
#include "config/plain_file.h"

namespace crawld::config {
namespace {

// The lists of rules that a file holds: itself, its `extract`, or those of its sites.
std::vector<const Value*> rule_lists(const Value& root) {
  std::vector<const Value*> lists;
  const auto add_extract = [&](const Value& map) {
    for (const Value::Member& member : map.members) {
      if (member.key == "extract") lists.push_back(&member.value);
    }
  };
  add_extract(root);
  for (const Value::Member& member : root.members) {
    if (member.key != "sites") continue;
    for (const Value& site : member.value.items) add_extract(site);
  }
  if (lists.empty()) lists.push_back(&root);
  return lists;
}

}  // namespace

base::Result<parsers::RuleSet> load_extract_rules(const std::string& path) {
  using base::Error;
  const auto text = read_plain_file(path, kMostYamlBytes);
  if (!text) return Error(text.error());
  std::vector<Problem> problems;
  parsers::RuleSet rules;
  const Value root = read_yaml(*text, {}, problems);
  if (problems.empty()) {
    for (const Value* list : rule_lists(root)) read_extract_rules(*list, rules, problems);
  }
  if (problems.empty()) return rules;
  std::string message;
  for (const Problem& problem : problems) {
    message += (message.empty() ? "" : "\n") + path + ":" + std::to_string(problem.place.line) +
               ":" + std::to_string(problem.place.column) + ": " + problem.message;
  }
  return Error{Error::Code::invalid, std::move(message)};
}

}  // namespace crawld::config
