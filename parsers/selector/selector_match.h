// Asking a compiled selector about elements of one page.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "parsers/selector/selector_document.h"
#include "parsers/selector/selector_program.h"

namespace crawld::parsers::selector {

// Remembers answers per element in one byte a compound (and one word in :has()
// while it is worked out), so each question is answered once. Recursion follows
// the selector only. Threads: one. Both arguments must outlive it.
class Match {
 public:
  Match(const Program& program, const SelectorDocument& document);

  // What :scope stands for from now on. Forgets what depended on it.
  void set_scope(ElementNumber scope);

  const List& top() const { return program_.lists[static_cast<std::size_t>(program_.top)]; }
  bool matches(const Complex& complex, ElementNumber e);

 private:
  bool matches_list(std::int32_t list, ElementNumber e);
  bool matches_compound(const Compound& compound, ElementNumber e);
  bool matches_simple(const Simple& simple, ElementNumber e);
  bool matches_type(const Simple& simple, ElementNumber e) const;
  bool matches_class(std::string_view name, ElementNumber e) const;
  bool matches_attribute(const Simple& simple, ElementNumber e) const;
  bool matches_state(State state, ElementNumber e) const;
  bool matches_nth(const Simple& simple, ElementNumber e);
  bool matches_language(const Simple& simple, ElementNumber e) const;
  bool matches_text(const Simple& simple, ElementNumber e);
  bool matches_has(const Simple& simple, ElementNumber e);

  bool prefix_matches(const Complex& complex, std::size_t part, ElementNumber e);
  bool left_matches(const Complex& complex, std::size_t part, ElementNumber e);
  bool some_before_matches(const Complex& complex, std::size_t part, ElementNumber e);

  void find_anchors(const Complex& relative, std::vector<std::uint8_t>& anchors);
  void count_children(const Simple& simple, ElementNumber first);

  void find_text(const Simple& simple, std::vector<std::uint8_t>& found) const;

  // A byte an element, made when first asked for.
  std::vector<std::uint8_t>& memo(std::int32_t slot);
  void remember(std::int32_t slot, ElementNumber e, std::uint8_t bits);

  const Program& program_;
  const SelectorDocument& document_;
  ElementNumber scope_ = 0;
  std::vector<std::vector<std::uint8_t>> memos_;
  std::vector<std::vector<std::uint32_t>> counts_;  // of nth-child(of)
  // What to forget when :scope moves; kept only where the selector uses it.
  std::vector<std::pair<std::int32_t, ElementNumber>> remembered_;
  std::vector<std::int32_t> worked_out_;  // slots filled for the whole page at once
};

// Extended filtering of RFC 4647 section 3.3.2; both in lower case.
bool language_in_range(std::string_view language, std::string_view range);

}  // namespace crawld::parsers::selector
