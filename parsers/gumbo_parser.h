// Parser in this process: what the worker, tests, fuzzers and `crawld parse` use.
//
// One pass of the tokenizer gives links, title, meta and text; a gumbo tree is built
// only where main text, Markdown, structured data or a rule asks for it. What is not
// HTML gets hashes, links of its headers, and the packed body.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "parsers/extract/rules.h"
#include "parsers/parser.h"

namespace crawld::parsers {

class GumboParser final : public Parser {
 public:
  // `remembered`: see PageReader. The answers are the same.
  explicit GumboParser(const std::vector<RuleSet>& rule_sets = {}, std::size_t remembered = 0);
  ~GumboParser() override;
  GumboParser(const GumboParser&) = delete;
  GumboParser& operator=(const GumboParser&) = delete;

  // Does not look at the deadline: whoever set it ends the process. Throws bad_alloc only.
  model::ParseOutcome parse(const ParseJob& job,
                            std::chrono::steady_clock::time_point deadline) override;

  // From now on bodies may be packed with `dictionary`, and no more with the one that had this
  // `slot`, of Packer::kMostDictionaries. Jobs that name one it does not know are packed without.
  void learn(std::size_t slot, const model::BodyDictionary& dictionary);

  // Parses small samples of every kind, so that everything built or loaded lazily is there
  // before a sandbox closes.
  void warm_up();

 private:
  struct Tools;
  std::unique_ptr<Tools> tools_;
};

}  // namespace crawld::parsers
