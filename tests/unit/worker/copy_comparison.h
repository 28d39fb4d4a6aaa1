// What a parser that remembers tells of a page, and what one tells that never saw it before.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "parsers/gumbo_parser.h"
#include "parsers/worker/wire.h"

namespace crawld::tests {

class CopyComparison {
 public:
  explicit CopyComparison(const std::vector<parsers::RuleSet>& rule_sets)
      : rule_sets_(rule_sets), remembering_(rule_sets, 8U << 20), fresh_(rule_sets) {}

  // Whether both tell the same of `job`.
  bool same(const parsers::ParseJob& job) {
    auto told = remembering_.parse(job, {});
    auto made = fresh_.parse(job, {});
    auto* page = std::get_if<model::ParsedPage>(&told);
    auto* other = std::get_if<model::ParsedPage>(&made);
    if (page == nullptr || other == nullptr) return page == nullptr && other == nullptr;
    was_told_ = other->used_tree && !page->used_tree;
    page->used_tree = other->used_tree;
    return encoded(std::move(told)) == encoded(std::move(made));
  }

  // Whether the last page was told without a tree.
  bool was_told() const { return was_told_; }

 private:
  static std::string encoded(model::ParseOutcome outcome) {
    std::string out;
    parsers::WorkerReply reply;
    reply.outcome = std::move(outcome);
    parsers::encode_reply(reply, 1, out);
    return out;
  }

  const std::vector<parsers::RuleSet> rule_sets_;
  parsers::GumboParser remembering_;
  parsers::GumboParser fresh_;
  bool was_told_ = false;
};

}  // namespace crawld::tests
