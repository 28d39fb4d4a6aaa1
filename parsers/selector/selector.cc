#include "parsers/selector/selector.h"

#include <algorithm>
#include <utility>

#include "parsers/selector/selector_match.h"
#include "parsers/selector/selector_order.h"
#include "parsers/selector/selector_parser.h"
#include "parsers/selector/selector_program.h"

namespace crawld::parsers {

using selector::Complex;
using selector::Kind;
using selector::Output;
using selector::Simple;

base::Result<Selector> Selector::compile(std::string_view text, Start start) {
  auto program = selector::parse(text, start);
  if (!program) return std::move(program).error();
  Selector result;
  result.text_ = text;
  result.program_ = std::make_shared<const selector::Program>(std::move(program).value());
  return result;
}

std::vector<const GumboNode*> Selector::select(const HtmlTree& tree, const GumboNode* scope) const {
  SelectorDocument document(tree);
  return SelectorMatcher(*this, document).select(scope);
}

bool Selector::matches(const HtmlTree& tree, const GumboNode* element) const {
  SelectorDocument document(tree);
  return SelectorMatcher(*this, document).matches(element);
}

bool Selector::yields_text() const {
  const auto& complexes = program_->lists[static_cast<std::size_t>(program_->top)].complexes;
  return std::all_of(complexes.begin(), complexes.end(), [](const Complex& complex) {
    return complex.output == Output::text || complex.output == Output::attribute;
  });
}

class SelectorMatcher::Matching {
 public:
  Matching(const Selector& selector, const SelectorDocument& document)
      : program_(selector.program_), document_(document), match_(*program_, document) {}

  void set_scope(ElementNumber scope) { match_.set_scope(scope == kNoElement ? 0 : scope); }
  const SelectorDocument& document() const { return document_; }

  struct Range {
    ElementNumber from;
    ElementNumber to;  // one past the last
  };
  Range inside(ElementNumber scope) const {
    if (scope == kNoElement) return {0, document_.size()};
    return {scope + 1, document_.end_of(scope)};
  }
  // Up to the end of the siblings behind it that may be asked for.
  Range around(ElementNumber scope) const {
    std::uint32_t siblings = 0;
    for (const Complex& one : match_.top().complexes)
      siblings = std::max(siblings, one.behind_scope);
    ElementNumber last = scope;
    for (; siblings > 0 && document_.next(last) != kNoElement; --siblings)
      last = document_.next(last);
    return {scope + 1, document_.end_of(last)};
  }

  // `scope` itself is one of those that ::text and ::attr() may be asked of.
  std::vector<Selected> values(Range range, ElementNumber scope, std::size_t most);

  // Visit(ElementNumber, const Complex&) -> false to stop; each element once per
  // complex selector that matches it if `all`, else once.
  template <class Visit>
  void each(Range range, bool all, Visit visit) {
    const ElementNumber from = range.from;
    const ElementNumber to = range.to;
    auto judge = [&](ElementNumber e) {
      for (const Complex& complex : match_.top().complexes) {
        if (!match_.matches(complex, e)) continue;
        if (!visit(e, complex)) return false;
        if (!all) return true;
      }
      return true;
    };
    if (const Simple* key = candidate_key(); key != nullptr && document_.index_pays()) {
      document_.each_candidate(key_of(key->kind), key->name, [&](ElementNumber e) {
        if (e >= to) return false;
        return e < from || judge(e);
      });
      return;
    }
    for (ElementNumber e = from; e < to; ++e) {
      if (!judge(e)) return;
    }
  }

  bool any(ElementNumber e) {
    const auto& complexes = match_.top().complexes;
    return std::any_of(complexes.begin(), complexes.end(),
                       [&](const Complex& complex) { return match_.matches(complex, e); });
  }

 private:
  // What every match must have, where the selector is not a list: an id, class or
  // name of its last compound.
  const Simple* candidate_key() const {
    const auto& complexes = match_.top().complexes;
    if (complexes.size() != 1) return nullptr;
    const Simple* best = nullptr;
    for (const Simple& simple : complexes.front().compounds.back().simples) {
      bool type = simple.kind == Kind::type && !simple.every_name;
      if (simple.kind == Kind::id) return &simple;
      if (simple.kind == Kind::class_name) best = &simple;
      if (type && best == nullptr) best = &simple;
    }
    return best;
  }
  static SelectorDocument::Key key_of(Kind kind) {
    if (kind == Kind::id) return SelectorDocument::Key::id;
    return kind == Kind::type ? SelectorDocument::Key::tag : SelectorDocument::Key::class_name;
  }

  std::shared_ptr<const selector::Program> program_;
  const SelectorDocument& document_;
  selector::Match match_;
};

SelectorMatcher::SelectorMatcher(const Selector& selector, const SelectorDocument& document)
    : matching_(std::make_unique<Matching>(selector, document)) {}
SelectorMatcher::~SelectorMatcher() = default;
SelectorMatcher::SelectorMatcher(SelectorMatcher&&) noexcept = default;

std::vector<const GumboNode*> SelectorMatcher::select(const GumboNode* scope, std::size_t most) {
  std::vector<const GumboNode*> found;
  ElementNumber within = matching_->document().number(scope);
  if (scope != nullptr && within == kNoElement) return found;
  matching_->set_scope(within);
  matching_->each(matching_->inside(within), false, [&](ElementNumber e, const Complex&) {
    if (found.size() >= most) return false;
    found.push_back(matching_->document().node(e));
    return found.size() < most;
  });
  return found;
}

std::vector<Selected> SelectorMatcher::values(const GumboNode* scope, std::size_t most) {
  ElementNumber within = matching_->document().number(scope);
  if (scope != nullptr && within == kNoElement) return {};
  matching_->set_scope(within);
  return matching_->values(matching_->inside(within), within, most);
}

std::vector<Selected> SelectorMatcher::values_around(const GumboNode* scope, std::size_t most) {
  ElementNumber within = matching_->document().number(scope);
  if (within == kNoElement) return {};
  matching_->set_scope(within);
  return matching_->values(matching_->around(within), within, most);
}

std::vector<Selected> SelectorMatcher::Matching::values(Range range, ElementNumber scope,
                                                        std::size_t most) {
  SelectedInOrder found(document_);
  const ElementNumber end = scope == kNoElement ? range.to : document_.end_of(scope);
  if (scope != kNoElement) range.from = scope;
  each(range, true, [&](ElementNumber e, const Complex& complex) {
    if (e >= end && complex.behind_scope == 0) return true;
    switch (complex.output) {
      case Output::element:
        if (e != scope) found.add_element(e);
        break;
      case Output::text:
        found.add_texts(e);
        break;
      case Output::attribute:
        found.add_attribute(e, complex.attribute, complex.exact_attribute);
        break;
      case Output::nothing:
        break;
    }
    return found.size() < most;
  });
  return std::move(found).take(most);
}

bool SelectorMatcher::matches(const GumboNode* element, const GumboNode* scope) {
  ElementNumber e = matching_->document().number(element);
  if (e == kNoElement) return false;
  matching_->set_scope(matching_->document().number(scope));
  return matching_->any(e);
}

}  // namespace crawld::parsers
