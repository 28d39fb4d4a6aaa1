// What a selector with ::text and ::attr() found on one page, put in document order:
// an element, its attributes, then its texts and children as they stand. An XPath
// union gives the same.
#pragma once

#include <compare>
#include <string_view>
#include <vector>

#include "parsers/selector/selector.h"
#include "parsers/selector/selector_document.h"

namespace crawld::parsers {

// Elements are told in document order; what of one element is told twice counts once.
class SelectedInOrder {
 public:
  explicit SelectedInOrder(const SelectorDocument& document) : document_(document) {}

  void add_element(ElementNumber e);
  void add_texts(ElementNumber e);  // its own text nodes
  // Nothing where there is no such attribute; `lower` is its name in HTML.
  void add_attribute(ElementNumber e, std::string_view lower, std::string_view exact);

  std::size_t size() const { return found_.size(); }
  std::vector<Selected> take(std::size_t most) &&;

 private:
  // Where a result stands. Texts between two elements end inside the first and go on
  // outwards, so the deeper one comes first.
  struct Place {
    ElementNumber next_element;  // of a text: the element behind it
    enum class What : std::uint8_t { text, element, attribute } what = What::text;
    std::int64_t outwards = 0;
    auto operator<=>(const Place&) const = default;
  };
  struct Found {
    Place place;
    Selected selected;
  };
  void turn_to(ElementNumber e);

  const SelectorDocument& document_;
  std::vector<Found> found_;
  ElementNumber at_ = kNoElement;
  bool has_element_ = false;  // of at_
  bool has_texts_ = false;
  std::vector<std::string_view> attributes_;
};

}  // namespace crawld::parsers
