#include "parsers/selector/xpath_order.h"

#include <libxml/tree.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace crawld::parsers {
namespace {

// An element stands at its own number, its attributes behind it, and any other node in front of
// the next element, as many steps as it takes to get there.
struct Place {
  std::int64_t element = 0;
  std::int64_t offset = 0;

  bool operator<(const Place& other) const {
    return std::tie(element, offset) < std::tie(other.element, other.offset);
  }
};

// libxml2 keeps it where other nodes have their text.
std::int64_t number_of(const xmlNode* element) {
  return -reinterpret_cast<std::intptr_t>(element->content);
}

class Places {
 public:
  Place of(const xmlNode* node) {
    switch (node->type) {
      case XML_ELEMENT_NODE:
        return {number_of(node), 0};
      case XML_ATTRIBUTE_NODE:
        return {number_of(node->parent), place_in_list(node)};
      case XML_NAMESPACE_DECL: {
        // XPath's copy of a declaration knows its element as the next one.
        const auto* owner =
            reinterpret_cast<const xmlNode*>(reinterpret_cast<const xmlNs*>(node)->next);
        const bool known = owner != nullptr && owner->type == XML_ELEMENT_NODE;
        return {known ? number_of(owner) : 0, 0};
      }
      case XML_DOCUMENT_NODE:
      case XML_HTML_DOCUMENT_NODE:
        return {};
      default:
        return in_front_of_next_element(node);
    }
  }

 private:
  // An element has few attributes.
  static std::int64_t place_in_list(const xmlNode* attribute) {
    std::int64_t place = 1;
    for (const xmlNode* before = attribute->prev; before != nullptr; before = before->prev) {
      ++place;
    }
    return place;
  }

  // Of two nodes with the same next element the way from the one leads over the other. Ways are
  // remembered but for short ones, which most are.
  Place in_front_of_next_element(const xmlNode* node) {
    constexpr std::int64_t kShort = 8;
    std::int64_t steps = 0;
    for (const xmlNode* at = node; at != nullptr && steps < kShort; at = next_on_the_way(at)) {
      ++steps;
      if (leads_to_element(at)) return {number_of(at->next), -steps};
    }
    std::vector<const xmlNode*> way;
    Place end{std::numeric_limits<std::int64_t>::max(), 0};
    for (; node != nullptr; node = next_on_the_way(node)) {
      if (const auto known = known_.find(node); known != known_.end()) {
        end = known->second;
        break;
      }
      way.push_back(node);
      if (leads_to_element(node)) {
        end = {number_of(node->next), 0};
        break;
      }
    }
    for (auto met = way.rbegin(); met != way.rend(); ++met) {
      --end.offset;
      known_.emplace(*met, end);
    }
    return end;
  }

  static bool leads_to_element(const xmlNode* node) {
    return node->next != nullptr && node->next->type == XML_ELEMENT_NODE;
  }
  static const xmlNode* next_on_the_way(const xmlNode* node) {
    return node->next != nullptr ? node->next : node->parent;
  }

  std::unordered_map<const xmlNode*, Place> known_;
};

}  // namespace

void sort_in_document_order(std::span<xmlNode*> nodes) {
  Places places;
  std::vector<std::pair<Place, xmlNode*>> placed;
  placed.reserve(nodes.size());
  for (xmlNode* node : nodes) placed.emplace_back(places.of(node), node);
  std::stable_sort(placed.begin(), placed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::transform(placed.begin(), placed.end(), nodes.begin(),
                 [](const auto& one) { return one.second; });
}

}  // namespace crawld::parsers
