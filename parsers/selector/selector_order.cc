#include "parsers/selector/selector_order.h"

#include <algorithm>

namespace crawld::parsers {

void SelectedInOrder::turn_to(ElementNumber e) {
  if (at_ == e) return;
  at_ = e;
  has_element_ = false;
  has_texts_ = false;
  attributes_.clear();
}

void SelectedInOrder::add_element(ElementNumber e) {
  turn_to(e);
  if (has_element_) return;
  has_element_ = true;
  found_.push_back({{e, Place::What::element}, {document_.node(e), false, {}}});
}

void SelectedInOrder::add_texts(ElementNumber e) {
  turn_to(e);
  if (has_texts_) return;
  has_texts_ = true;
  const GumboNode* node = document_.node(e);
  ElementNumber behind = e + 1;
  for (const GumboNode* child : children(node)) {
    // What stands in a <template> is not of the document, but its texts are the element's.
    if (const ElementNumber inner = document_.number(child); inner != kNoElement) {
      behind = document_.end_of(inner);
    }
    if (!is_text(child)) continue;
    found_.push_back({{behind, Place::What::text, -std::int64_t{element_depth(node)}},
                      {node, true, child->v.text.text}});
  }
}

void SelectedInOrder::add_attribute(ElementNumber e, std::string_view lower,
                                    std::string_view exact) {
  turn_to(e);
  const GumboNode* node = document_.node(e);
  bool html = node->v.element.tag_namespace == GUMBO_NAMESPACE_HTML;
  std::string_view name = html ? lower : exact;
  auto value = attribute(node, name);
  if (!value && name.starts_with("xlink:")) {
    value = attribute(node, GUMBO_ATTR_NAMESPACE_XLINK, name.substr(6));
  }
  if (!value || std::find(attributes_.begin(), attributes_.end(), name) != attributes_.end()) {
    return;
  }
  attributes_.push_back(name);
  found_.push_back({{e, Place::What::attribute}, {node, true, *value}});
}

std::vector<Selected> SelectedInOrder::take(std::size_t most) && {
  auto before = [](const Found& a, const Found& b) { return a.place < b.place; };
  if (!std::is_sorted(found_.begin(), found_.end(), before)) {
    std::stable_sort(found_.begin(), found_.end(), before);
  }
  std::vector<Selected> all;
  all.reserve(std::min(found_.size(), most));
  for (const Found& one : found_) {
    if (all.size() == most) break;
    all.push_back(one.selected);
  }
  return all;
}

}  // namespace crawld::parsers
