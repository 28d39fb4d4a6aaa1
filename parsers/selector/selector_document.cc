#include "parsers/selector/selector_document.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstring>
#include <functional>
#include <string>
#include <unordered_map>

#include "crawler/base/ascii.h"
#include "parsers/selector/selector_forms.h"

namespace crawld::parsers {
namespace {

using base::equals_ignoring_case;

std::uint32_t hash_of(SelectorDocument::Key key, std::string_view name) {
  std::uint32_t hash = 2166136261u ^ static_cast<std::uint32_t>(key);
  for (char c : name) {
    // Case is left to the match itself: quirks mode ignores it.
    char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    hash = (hash ^ static_cast<unsigned char>(lower)) * 16777619u;
  }
  return hash ^ (hash >> 15);
}

template <class Visit>
void each_word(std::string_view words, Visit visit) {
  std::size_t at = 0;
  while (at < words.size()) {
    while (at < words.size() && base::is_ascii_space(words[at])) ++at;
    std::size_t start = at;
    while (at < words.size() && !base::is_ascii_space(words[at])) ++at;
    if (at > start) visit(words.substr(start, at - start));
  }
}

// The language that a <meta http-equiv=content-language> gives to what has none
// (HTML 4.2.5.3).
std::string_view default_language(const SelectorDocument& document) {
  for (ElementNumber e = 0; e < document.size(); ++e) {
    const GumboNode* node = document.node(e);
    if (is_html(node, GUMBO_TAG_BODY)) break;
    if (!is_html(node, GUMBO_TAG_META)) continue;
    auto pragma = attribute(node, "http-equiv");
    auto content = attribute(node, "content");
    if (!pragma || !content || !equals_ignoring_case(*pragma, "content-language")) continue;
    if (content->find(',') != content->npos) continue;
    std::string_view first;
    each_word(*content, [&](std::string_view word) {
      if (first.empty()) first = word;
    });
    if (!first.empty()) return first;
  }
  return {};
}

enum class Direction : std::uint8_t { none, left_to_right, right_to_left, automatic };

Direction declared_direction(const GumboNode* element) {
  auto dir = attribute(element, "dir");
  if (!dir) return Direction::none;
  if (equals_ignoring_case(*dir, "ltr")) return Direction::left_to_right;
  if (equals_ignoring_case(*dir, "rtl")) return Direction::right_to_left;
  return equals_ignoring_case(*dir, "auto") ? Direction::automatic : Direction::none;
}

// By the first character that has a direction of its own.
Direction direction_of_text(std::string_view text) {
  auto length = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < length;) {
    UChar32 c;
    U8_NEXT(text.data(), at, length, c);
    if (c < 0) continue;
    UCharDirection direction = u_charDirection(c);
    if (direction == U_LEFT_TO_RIGHT) return Direction::left_to_right;
    if (direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC) {
      return Direction::right_to_left;
    }
  }
  return Direction::none;
}

// Inputs whose value decides dir=auto (HTML 3.2.6.4).
bool value_decides(const GumboNode* input) {
  auto type = attribute(input, "type");
  if (!type) return true;
  for (std::string_view other : {"checkbox", "color", "date", "datetime-local", "file", "image",
                                 "month", "number", "radio", "range", "time", "week"}) {
    if (equals_ignoring_case(*type, other)) return false;
  }
  return true;
}

// Content that has no say in the direction of what is around it. Formulas and
// drawings run left to right whatever their letters.
bool keeps_direction_to_itself(const GumboNode* node) {
  if (!is_element(node)) return false;
  if (node->type == GUMBO_NODE_TEMPLATE) return true;
  if (node->v.element.tag_namespace != GUMBO_NAMESPACE_HTML) return true;
  switch (node->v.element.tag) {
    case GUMBO_TAG_BDI:
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_TEXTAREA:
      return true;
    default:
      return declared_direction(node) != Direction::none;
  }
}

}  // namespace

SelectorDocument::SelectorDocument(const HtmlTree& tree) : tree_(tree) {
  auto count = static_cast<ElementNumber>(tree.in_document());
  family_.resize(count);
  names_.resize(count);
  std::vector<ElementNumber> last_child(count, kNoElement);
  for (ElementNumber e = 0; e < count; ++e) {
    const GumboNode* element = tree.elements()[e];
    const GumboNode* around = parent_element(element);
    ElementNumber parent = around ? element_index(around) : kNoElement;
    family_[e] = {parent, parent == kNoElement ? kNoElement : last_child[parent], e + 1};
    if (parent != kNoElement) last_child[parent] = e;
    const GumboVector& attributes = element->v.element.attributes;
    for (unsigned i = 0; i < attributes.length; ++i) {
      const auto* held = static_cast<const GumboAttribute*>(attributes.data[i]);
      if (held->attr_namespace != GUMBO_ATTR_NAMESPACE_NONE) continue;
      if (std::strcmp(held->name, "id") == 0) names_[e].id = held->value;
      if (std::strcmp(held->name, "class") == 0) names_[e].classes = held->value;
    }
  }
  for (ElementNumber e = count; e-- > 0;) {
    ElementNumber parent = family_[e].parent;
    if (parent == kNoElement) continue;
    if (family_[parent].end < family_[e].end) family_[parent].end = family_[e].end;
  }
}

SelectorDocument::~SelectorDocument() = default;

ElementNumber SelectorDocument::number(const GumboNode* node) const {
  if (node == nullptr || !is_element(node)) return kNoElement;
  ElementNumber e = element_index(node);
  return e < size() && this->node(e) == node ? e : kNoElement;
}

SelectorDocument::Place SelectorDocument::place(ElementNumber e) const {
  if (places_.empty()) make_places();
  return places_[e];
}

void SelectorDocument::make_places() const {
  places_.resize(size());
  for (ElementNumber e = 0; e < size(); ++e) {
    ElementNumber before = previous(e);
    places_[e].from_start = before == kNoElement ? 1 : places_[before].from_start + 1;
  }
  for (ElementNumber e = size(); e-- > 0;) {
    ElementNumber after = next(e);
    places_[e].from_end = after == kNoElement ? 1 : places_[after].from_end + 1;
  }
}

SelectorDocument::Place SelectorDocument::place_of_type(ElementNumber e) const {
  if (places_of_type_.empty()) make_places_of_type();
  return places_of_type_[e];
}

void SelectorDocument::make_places_of_type() const {
  // Names are stored once, so their address stands for them.
  struct Type {
    ElementNumber parent;
    GumboNamespaceEnum name_space;
    const char* name;
    bool operator==(const Type&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Type& t) const {
      return std::hash<const void*>{}(t.name) * 31 + t.parent * 0x9E3779B97F4A7C15ull +
             static_cast<std::size_t>(t.name_space);
    }
  };
  auto type = [this](ElementNumber e) {
    return Type{parent(e), node(e)->v.element.tag_namespace, tag_name(node(e)).data()};
  };
  places_of_type_.resize(size());
  std::unordered_map<Type, std::uint32_t, Hash> met;
  for (ElementNumber e = 0; e < size(); ++e) places_of_type_[e].from_start = ++met[type(e)];
  for (ElementNumber e = 0; e < size(); ++e) {
    places_of_type_[e].from_end = met[type(e)] - places_of_type_[e].from_start + 1;
  }
}

std::string_view SelectorDocument::language(ElementNumber e) const {
  if (languages_.empty()) make_languages();
  return languages_[e];
}

void SelectorDocument::make_languages() const {
  languages_.resize(size());
  std::string_view fallback = default_language(*this);
  for (ElementNumber e = 0; e < size(); ++e) {
    auto own = attribute(node(e), GUMBO_ATTR_NAMESPACE_XML, "lang");
    bool formula = node(e)->v.element.tag_namespace == GUMBO_NAMESPACE_MATHML;
    if (!own && !formula) own = attribute(node(e), "lang");
    languages_[e] = own ? *own : parent(e) == kNoElement ? fallback : languages_[parent(e)];
  }
}

bool SelectorDocument::right_to_left(ElementNumber e) const {
  if (right_to_left_.empty()) make_directions();
  return right_to_left_[e];
}

void SelectorDocument::make_directions() const {
  right_to_left_.resize(size());
  for (ElementNumber e = 0; e < size(); ++e) {
    bool inherited = parent(e) != kNoElement && right_to_left_[parent(e)];
    const GumboNode* element = node(e);
    bool html = element->v.element.tag_namespace == GUMBO_NAMESPACE_HTML;
    Direction declared = html ? declared_direction(element) : Direction::none;
    if (declared == Direction::none && is_html(element, GUMBO_TAG_BDI)) {
      declared = Direction::automatic;
    }
    switch (declared) {
      case Direction::left_to_right:
        break;
      case Direction::right_to_left:
        right_to_left_[e] = true;
        break;
      case Direction::automatic:
        right_to_left_[e] = text_runs_right_to_left(e, inherited);
        break;
      case Direction::none: {
        auto type = attribute(element, "type");
        bool telephone =
            is_html(element, GUMBO_TAG_INPUT) && type && equals_ignoring_case(*type, "tel");
        right_to_left_[e] = inherited && !telephone;
        break;
      }
    }
  }
}

// dir=auto. `fallback` holds where no character has a direction. Linear over a
// page: an element with a direction of its own is no part of one around it.
bool SelectorDocument::text_runs_right_to_left(ElementNumber e, bool fallback) const {
  const GumboNode* top = node(e);
  bool input = is_html(top, GUMBO_TAG_INPUT);
  if (input || is_html(top, GUMBO_TAG_TEXTAREA)) {
    if (input && !value_decides(top)) return fallback;
    std::string value =
        input ? std::string(attribute(top, "value").value_or("")) : text_content(top);
    if (value.empty()) return fallback;
    return direction_of_text(value) == Direction::right_to_left;
  }
  for (const GumboNode* at = next_node(top, top); at != nullptr;) {
    if (keeps_direction_to_itself(at)) {
      at = next_outside(at, top);
      continue;
    }
    if (is_text(at)) {
      Direction direction = direction_of_text(at->v.text.text);
      if (direction != Direction::none) return direction == Direction::right_to_left;
    }
    at = next_node(at, top);
  }
  return fallback;
}

const SelectorForms& SelectorDocument::forms() const {
  if (!forms_) forms_ = std::make_unique<SelectorForms>(*this);
  return *forms_;
}

std::string_view SelectorDocument::text() const {
  if (text_spans_.empty()) make_text();
  return text_;
}

SelectorDocument::Span SelectorDocument::text_span(ElementNumber e) const {
  if (text_spans_.empty()) make_text();
  return text_spans_[e];
}

void SelectorDocument::make_text() const {
  text_spans_.resize(size());
  auto here = [this] { return static_cast<std::uint32_t>(text_.size()); };
  walk_tree(
      tree_.document(),
      [&](const GumboNode* node) {
        if (is_text(node)) text_ += node->v.text.text;
        if (is_element(node)) text_spans_[element_index(node)].begin = here();
        return node->type != GUMBO_NODE_TEMPLATE;
      },
      [&](const GumboNode* node) {
        if (is_element(node)) text_spans_[element_index(node)].end = here();
      });
}

void SelectorDocument::make_index() const {
  std::size_t buckets = 64;
  while (buckets < std::size_t{size()} * 4) buckets *= 2;
  heads_.assign(buckets, kNoElement);
  auto add = [&](Key key, std::string_view name, ElementNumber e) {
    std::uint32_t& head = heads_[hash_of(key, name) & (buckets - 1)];
    if (head != kNoElement && entries_[head].element == e) return;
    entries_.push_back({e, head});
    head = static_cast<std::uint32_t>(entries_.size()) - 1;
  };
  // From the last element on, so that each chain runs in document order.
  for (ElementNumber e = size(); e-- > 0;) {
    if (has_id(e)) add(Key::id, id(e), e);
    each_word(classes(e), [&](std::string_view word) { add(Key::class_name, word, e); });
    add(Key::tag, tag_name(node(e)), e);
  }
}

std::uint32_t SelectorDocument::first_entry(Key key, std::string_view name) const {
  if (heads_.empty()) make_index();
  return heads_[hash_of(key, name) & (heads_.size() - 1)];
}

}  // namespace crawld::parsers
