#include "parsers/selector/selector_match.h"

#include <algorithm>
#include <cstring>

#include "crawler/base/ascii.h"
#include "parsers/selector/selector_forms.h"

namespace crawld::parsers::selector {
namespace {

using base::ascii_lower;
using base::equals_ignoring_case;

// Bits of a memo byte.
constexpr std::uint8_t kSelfKnown = 1;
constexpr std::uint8_t kSelfTrue = 2;
constexpr std::uint8_t kChainKnown = 4;  // this element or one further along the chain
constexpr std::uint8_t kChainTrue = 8;

constexpr std::uint32_t kNotCounted = 0xFFFFFFFF;

bool equals(std::string_view a, std::string_view b, bool ignore_case) {
  return ignore_case ? equals_ignoring_case(a, b) : a == b;
}

bool contains_word(std::string_view words, std::string_view word, bool ignore_case) {
  if (word.empty()) return false;
  std::size_t at = 0;
  while (at < words.size()) {
    while (at < words.size() && base::is_ascii_space(words[at])) ++at;
    std::size_t start = at;
    while (at < words.size() && !base::is_ascii_space(words[at])) ++at;
    if (equals(words.substr(start, at - start), word, ignore_case)) return true;
  }
  return false;
}

// `wanted` is not empty and, with `ignore_case`, not in lower case.
bool contains(std::string_view text, std::string_view wanted, bool ignore_case) {
  if (!ignore_case) return text.find(wanted) != text.npos;
  return ascii_lower(text).find(ascii_lower(wanted)) != std::string::npos;
}

bool value_matches(Operator op, std::string_view value, std::string_view wanted, bool ignore_case) {
  bool fits = !wanted.empty() && value.size() >= wanted.size();
  switch (op) {
    case Operator::present:
      return true;
    case Operator::equals:
    case Operator::differs:  // negated by the caller
      return equals(value, wanted, ignore_case);
    case Operator::includes:
      return contains_word(value, wanted, ignore_case);
    case Operator::dash:
      return value.size() >= wanted.size() &&
             equals(value.substr(0, wanted.size()), wanted, ignore_case) &&
             (value.size() == wanted.size() || value[wanted.size()] == '-');
    case Operator::prefix:
      return fits && equals(value.substr(0, wanted.size()), wanted, ignore_case);
    case Operator::suffix:
      return fits && equals(value.substr(value.size() - wanted.size()), wanted, ignore_case);
    case Operator::substring:
      return fits && contains(value, wanted, ignore_case);
  }
  return false;
}

bool space_matches(AttributeSpace wanted, GumboAttributeNamespaceEnum has) {
  switch (wanted) {
    case AttributeSpace::any:
      return true;
    case AttributeSpace::none:
      return has == GUMBO_ATTR_NAMESPACE_NONE;
    case AttributeSpace::xlink:
      return has == GUMBO_ATTR_NAMESPACE_XLINK;
    case AttributeSpace::xml:
      return has == GUMBO_ATTR_NAMESPACE_XML;
    case AttributeSpace::xmlns:
      return has == GUMBO_ATTR_NAMESPACE_XMLNS;
    case AttributeSpace::no_such:
      return false;
  }
  return false;
}

bool space_matches(ElementSpace wanted, GumboNamespaceEnum has) {
  switch (wanted) {
    case ElementSpace::any:
      return true;
    case ElementSpace::none:
      return false;  // every element of an HTML document is in one
    case ElementSpace::html:
      return has == GUMBO_NAMESPACE_HTML;
    case ElementSpace::svg:
      return has == GUMBO_NAMESPACE_SVG;
    case ElementSpace::mathml:
      return has == GUMBO_NAMESPACE_MATHML;
  }
  return false;
}

bool in_html(const GumboNode* element) {
  return element->v.element.tag_namespace == GUMBO_NAMESPACE_HTML;
}

// HTML 4.16.3 :link; SVG 2 section 16.2.
bool is_link(const GumboNode* node) {
  if (is_html(node, GUMBO_TAG_A) || is_html(node, GUMBO_TAG_AREA)) {
    return attribute(node, "href").has_value();
  }
  return node->v.element.tag_namespace == GUMBO_NAMESPACE_SVG && tag_name(node) == "a" &&
         (attribute(node, "href") || attribute(node, GUMBO_ATTR_NAMESPACE_XLINK, "href"));
}

// White space, comments and templates' contents do not count.
bool is_empty(const GumboNode* element) {
  if (element->type == GUMBO_NODE_TEMPLATE) return true;
  for (const GumboNode* child : children(element)) {
    if (is_element(child)) return false;
    if (is_text(child) && child->type != GUMBO_NODE_WHITESPACE) {
      std::string_view text = child->v.text.text;
      if (!std::all_of(text.begin(), text.end(), base::is_ascii_space)) return false;
    }
  }
  return true;
}

// Only a valid custom element name can be waiting for its definition (HTML 4.13.2).
bool is_defined(const GumboNode* element) {
  std::string_view name = tag_name(element);
  if (!in_html(element) || element->v.element.tag != GUMBO_TAG_UNKNOWN) return true;
  bool custom = name.find('-') != name.npos && name.find(':') == name.npos && name.front() >= 'a' &&
                name.front() <= 'z';
  return !custom;
}

// n >= 0 exists with step * n + offset == place.
bool in_progression(std::int64_t step, std::int64_t offset, std::int64_t place) {
  std::int64_t distance = place - offset;
  if (step == 0) return distance == 0;
  return distance % step == 0 && distance / step >= 0;
}

std::string_view next_subtag(std::string_view& tags) {
  std::size_t end = std::min(tags.find('-'), tags.size());
  std::string_view first = tags.substr(0, end);
  tags = end == tags.size() ? std::string_view() : tags.substr(end + 1);
  return first;
}

}  // namespace

bool language_in_range(std::string_view language, std::string_view range) {
  if (language.empty() || range.empty()) return language.empty() && range.empty();
  std::string_view wanted = next_subtag(range);
  std::string_view has = next_subtag(language);
  if (wanted != "*" && wanted != has) return false;
  while (range.data() != nullptr) {
    wanted = next_subtag(range);
    if (wanted == "*") continue;
    while (true) {
      if (language.data() == nullptr) return false;
      has = next_subtag(language);
      if (has == wanted) break;
      if (has.size() == 1) return false;  // a singleton starts an extension
    }
  }
  return true;
}

Match::Match(const Program& program, const SelectorDocument& document)
    : program_(program),
      document_(document),
      memos_(static_cast<std::size_t>(program.slots)),
      counts_(static_cast<std::size_t>(program.slots)) {}

void Match::set_scope(ElementNumber scope) {
  if (scope == scope_) return;
  scope_ = scope;
  if (!program_.uses_scope) return;
  for (auto [slot, e] : remembered_) memos_[static_cast<std::size_t>(slot)][e] = 0;
  remembered_.clear();
  for (std::int32_t slot : worked_out_) memos_[static_cast<std::size_t>(slot)].clear();
  worked_out_.clear();
  for (auto& counts : counts_) counts.clear();
}

std::vector<std::uint8_t>& Match::memo(std::int32_t slot) {
  auto& bytes = memos_[static_cast<std::size_t>(slot)];
  if (bytes.empty()) bytes.resize(document_.size());
  return bytes;
}

void Match::remember(std::int32_t slot, ElementNumber e, std::uint8_t bits) {
  memo(slot)[e] |= bits;
  if (program_.uses_scope) remembered_.emplace_back(slot, e);
}

bool Match::matches_list(std::int32_t list, ElementNumber e) {
  for (const Complex& complex : program_.lists[static_cast<std::size_t>(list)].complexes) {
    if (matches(complex, e)) return true;
  }
  return false;
}

bool Match::matches(const Complex& complex, ElementNumber e) {
  std::size_t last = complex.compounds.size() - 1;
  if (complex.output == Output::nothing) return false;
  if (complex.or_self && prefix_matches(complex, last - 1, e)) return true;
  return matches_compound(complex.compounds[last], e) && left_matches(complex, last, e);
}

// Whether compounds 0..part match with `e` as the last of them.
bool Match::prefix_matches(const Complex& complex, std::size_t part, ElementNumber e) {
  std::int32_t slot = complex.compounds[part].slot;
  std::uint8_t known = memo(slot)[e];
  if (known & kSelfKnown) return known & kSelfTrue;
  bool result = matches_compound(complex.compounds[part], e) && left_matches(complex, part, e);
  remember(slot, e, static_cast<std::uint8_t>(kSelfKnown | (result ? kSelfTrue : 0)));
  return result;
}

bool Match::left_matches(const Complex& complex, std::size_t part, ElementNumber e) {
  if (part == 0) return true;
  switch (complex.compounds[part].left) {
    case Combinator::none:
      return true;
    case Combinator::child: {
      ElementNumber parent = document_.parent(e);
      return parent != kNoElement && prefix_matches(complex, part - 1, parent);
    }
    case Combinator::next: {
      ElementNumber before = document_.previous(e);
      return before != kNoElement && prefix_matches(complex, part - 1, before);
    }
    case Combinator::descendant:
    case Combinator::later:
      return some_before_matches(complex, part, e);
  }
  return false;
}

// Walks up or back to the first element for which the answer is known, and leaves
// the answer at every element passed, so that no stretch is walked twice.
bool Match::some_before_matches(const Complex& complex, std::size_t part, ElementNumber e) {
  bool up = complex.compounds[part].left == Combinator::descendant;
  auto step = [&](ElementNumber at) { return up ? document_.parent(at) : document_.previous(at); };
  std::int32_t slot = complex.compounds[part - 1].slot;
  bool result = false;
  ElementNumber at = step(e);
  for (; at != kNoElement; at = step(at)) {
    std::uint8_t known = memo(slot)[at];
    if (known & kChainKnown) {
      result = known & kChainTrue;
      break;
    }
    if (prefix_matches(complex, part - 1, at)) {
      result = true;
      remember(slot, at, kChainKnown | kChainTrue);
      break;
    }
  }
  std::uint8_t bits = static_cast<std::uint8_t>(kChainKnown | (result ? kChainTrue : 0));
  for (ElementNumber passed = step(e); passed != at; passed = step(passed)) {
    remember(slot, passed, bits);
  }
  return result;
}

bool Match::matches_compound(const Compound& compound, ElementNumber e) {
  for (const Simple& simple : compound.simples) {
    if (!matches_simple(simple, e)) return false;
  }
  return true;
}

bool Match::matches_simple(const Simple& simple, ElementNumber e) {
  switch (simple.kind) {
    case Kind::type:
      return matches_type(simple, e);
    case Kind::id:
      return document_.has_id(e) && equals(document_.id(e), simple.name, document_.tree().quirks());
    case Kind::class_name:
      return matches_class(simple.name, e);
    case Kind::attribute:
      return matches_attribute(simple, e);
    case Kind::state:
      return matches_state(simple.state, e);
    case Kind::nth:
      return matches_nth(simple, e);
    case Kind::language:
      return matches_language(simple, e);
    case Kind::direction: {
      bool known = simple.value == "ltr" || simple.value == "rtl";
      return known && in_html(document_.node(e)) &&
             document_.right_to_left(e) == (simple.value == "rtl");
    }
    case Kind::contains:
    case Kind::contains_own:
      return matches_text(simple, e);
    case Kind::any_of:
      return matches_list(simple.list, e);
    case Kind::none_of:
      return !matches_list(simple.list, e);
    case Kind::has:
      return matches_has(simple, e);
  }
  return false;
}

bool Match::matches_type(const Simple& simple, ElementNumber e) const {
  const GumboElement& element = document_.node(e)->v.element;
  if (!space_matches(simple.element_space, element.tag_namespace)) return false;
  if (simple.every_name) return true;
  if (element.tag_namespace != GUMBO_NAMESPACE_HTML) {
    return tag_name(document_.node(e)) == simple.exact_name;
  }
  if (element.tag != GUMBO_TAG_UNKNOWN || simple.tag != GUMBO_TAG_UNKNOWN) {
    return element.tag == simple.tag;
  }
  return tag_name(document_.node(e)) == simple.name;
}

bool Match::matches_class(std::string_view name, ElementNumber e) const {
  std::string_view classes = document_.classes(e);
  return classes.size() >= name.size() && contains_word(classes, name, document_.tree().quirks());
}

bool Match::matches_attribute(const Simple& simple, ElementNumber e) const {
  const GumboNode* node = document_.node(e);
  const GumboVector& held = node->v.element.attributes;
  bool html = in_html(node);
  const std::string& name = html ? simple.name : simple.exact_name;
  bool ignore_case =
      simple.case_rule == CaseRule::insensitive ||
      (simple.case_rule == CaseRule::by_attribute && html && simple.value_ignores_case);
  bool wanted = simple.op != Operator::differs;
  for (unsigned i = 0; i < held.length; ++i) {
    const auto* attribute = static_cast<const GumboAttribute*>(held.data[i]);
    if (name != attribute->name) continue;
    if (!space_matches(simple.attribute_space, attribute->attr_namespace)) continue;
    if (value_matches(simple.op, attribute->value, simple.value, ignore_case)) return wanted;
  }
  return !wanted;
}

bool Match::matches_state(State state, ElementNumber e) const {
  const GumboNode* node = document_.node(e);
  bool html = in_html(node);
  switch (state) {
    case State::root:
      return document_.parent(e) == kNoElement;
    case State::scope:
      return e == scope_;
    case State::empty:
      return is_empty(node);
    case State::any_link:
      return is_link(node);
    case State::checked:
      return html && document_.forms().checked(e);
    case State::default_choice:
      return html && document_.forms().is_default(e);
    case State::defined:
      return is_defined(node);
    case State::disabled:
      return html && document_.forms().disabled(e);
    case State::enabled:
      return html && document_.forms().can_be_disabled(e) && !document_.forms().disabled(e);
    case State::in_range:
      return document_.forms().in_range(e);
    case State::out_of_range:
      return document_.forms().out_of_range(e);
    case State::indeterminate:
      return document_.forms().indeterminate(e);
    case State::muted:
      return (is_html(node, GUMBO_TAG_VIDEO) || is_html(node, GUMBO_TAG_AUDIO)) &&
             attribute(node, "muted").has_value();
    case State::open:
      return html && (is_html(node, GUMBO_TAG_DETAILS) || tag_name(node) == "dialog") &&
             attribute(node, "open").has_value();
    case State::required:
      return document_.forms().required(e);
    case State::optional:
      return document_.forms().can_be_required(e) && !document_.forms().required(e);
    case State::placeholder_shown:
      return document_.forms().shows_placeholder(e);
    case State::read_write:
      return html && document_.forms().editable(e);
    case State::read_only:
      return html && !document_.forms().editable(e);
    case State::never:
      return false;
  }
  return false;
}

bool Match::matches_nth(const Simple& simple, ElementNumber e) {
  std::uint32_t place = 0;
  if (simple.list >= 0) {
    auto& counts = counts_[static_cast<std::size_t>(simple.slot)];
    if (counts.empty()) counts.resize(document_.size());
    if (counts[e] == 0) {
      ElementNumber parent = document_.parent(e);
      count_children(simple, parent == kNoElement ? e : document_.first_child(parent));
    }
    place = counts[e];
    if (place == kNotCounted) return false;
  } else {
    auto places = simple.of_type ? document_.place_of_type(e) : document_.place(e);
    place = simple.from_end ? places.from_end : places.from_start;
  }
  return in_progression(simple.step, simple.offset, place);
}

// Numbers all siblings from `first` on that the list of nth-child(of) matches.
void Match::count_children(const Simple& simple, ElementNumber first) {
  std::uint32_t matching = 0;
  std::vector<ElementNumber> numbered;
  for (ElementNumber e = first; e != kNoElement; e = document_.next(e)) {
    bool counted = matches_list(simple.list, e);
    counts_[static_cast<std::size_t>(simple.slot)][e] = counted ? ++matching : kNotCounted;
    if (counted) numbered.push_back(e);
  }
  if (!simple.from_end) return;
  for (ElementNumber e : numbered) {
    std::uint32_t& place = counts_[static_cast<std::size_t>(simple.slot)][e];
    place = matching - place + 1;
  }
}

bool Match::matches_language(const Simple& simple, ElementNumber e) const {
  std::string_view language = document_.language(e);
  if (language.data() == nullptr) return false;
  std::string lower = ascii_lower(language);
  return std::any_of(simple.words.begin(), simple.words.end(),
                     [&](const std::string& range) { return language_in_range(lower, range); });
}

bool Match::matches_text(const Simple& simple, ElementNumber e) {
  if (simple.kind == Kind::contains) {
    auto& found = memos_[static_cast<std::size_t>(simple.slot)];
    if (found.empty()) find_text(simple, found);
    return found[e] != 0;
  }
  for (const GumboNode* child : children(document_.node(e))) {
    if (!is_text(child)) continue;
    std::string_view text = child->v.text.text;
    for (const std::string& word : simple.words) {
      if (text.find(word) != text.npos) return true;
    }
  }
  return false;
}

// Each word is looked for once in the text of the whole page.
void Match::find_text(const Simple& simple, std::vector<std::uint8_t>& found) const {
  found.resize(document_.size());
  std::string_view text = document_.text();
  for (const std::string& word : simple.words) {
    std::vector<std::uint32_t> places;
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
      places.push_back(static_cast<std::uint32_t>(at));
    }
    for (ElementNumber e = 0; e < document_.size(); ++e) {
      auto span = document_.text_span(e);
      auto first = std::lower_bound(places.begin(), places.end(), span.begin);
      if (first != places.end() && *first + word.size() <= span.end) found[e] = 1;
    }
  }
}

bool Match::matches_has(const Simple& simple, ElementNumber e) {
  auto& anchors = memos_[static_cast<std::size_t>(simple.slot)];
  if (anchors.empty()) {
    std::vector<std::uint8_t> found(document_.size());
    for (const Complex& relative :
         program_.lists[static_cast<std::size_t>(simple.list)].complexes) {
      find_anchors(relative, found);
    }
    anchors = std::move(found);
    worked_out_.push_back(simple.slot);
  }
  return anchors[e] != 0;
}

// All elements for which a relative selector finds something, in one pass from the
// end of the document: whatever stands below or behind an element was seen before
// it. Bit i of ahead[e] says that compound i and those after it match, with i
// standing to `e` as its combinator demands.
void Match::find_anchors(const Complex& relative, std::vector<std::uint8_t>& anchors) {
  const auto& compounds = relative.compounds;
  std::uint64_t down = 0;  // bits whose combinator leads to the parent
  std::uint64_t far = 0;   // bits that hold at any distance
  for (std::size_t i = 0; i < compounds.size(); ++i) {
    std::uint64_t bit = std::uint64_t{1} << i;
    Combinator left = compounds[i].left;
    if (left == Combinator::descendant || left == Combinator::child) down |= bit;
    if (left == Combinator::descendant || left == Combinator::later) far |= bit;
  }
  std::vector<std::uint64_t> ahead(document_.size());
  for (ElementNumber e = document_.size(); e-- > 0;) {
    if (ahead[e] & 1) anchors[e] = 1;
    std::uint64_t matched = 0;
    for (std::size_t i = compounds.size(); i-- > 0;) {
      bool rest = i + 1 == compounds.size() || (ahead[e] >> (i + 1)) & 1;
      if (rest && matches_compound(compounds[i], e)) matched |= std::uint64_t{1} << i;
    }
    std::uint64_t passed_on = matched | (ahead[e] & far);
    ElementNumber parent = document_.parent(e);
    ElementNumber before = document_.previous(e);
    if (parent != kNoElement) ahead[parent] |= passed_on & down;
    if (before != kNoElement) ahead[before] |= passed_on & ~down;
  }
}

}  // namespace crawld::parsers::selector
