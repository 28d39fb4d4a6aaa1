#include "parsers/selector/xpath_landmarks.h"

#include <libxml/tree.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "parsers/html/arena.h"

namespace crawld::parsers {
namespace {

// A landmark takes as much room as a text; a step back is a read of memory.
constexpr int kLongestWay = 16;
// Up to where libxml2 keeps an element's number. What its axes ask of an element beyond that
// (attributes) they ask of children and context nodes, which a landmark never is.
constexpr std::size_t kBytes = offsetof(xmlNode, properties);

// As xmlXPathOrderDocElems() leaves it: where other nodes have their text, and below zero.
void give_number(xmlNode* element, long number) {
  element->content = reinterpret_cast<xmlChar*>(static_cast<std::intptr_t>(-number));
}
long number_of(const xmlNode* element) {
  return -static_cast<long>(reinterpret_cast<std::intptr_t>(element->content));
}

bool has_text(const xmlNode* node) {
  return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE ||
         node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE;
}

}  // namespace

bool Landmarks::set(_xmlDoc* document, Arena& arena) {
  auto* const top = reinterpret_cast<xmlNode*>(document);
  bool all_set = true;
  long last = 0;
  // Steps back to what has a number. A document has none, so the first there gets a landmark.
  int way = kLongestWay;
  for (xmlNode* node = top->children; node != nullptr;) {
    if (node->type == XML_ELEMENT_NODE) {
      give_number(node, ++last);
      way = 0;
      if (node->children != nullptr) {
        node = node->children;
        continue;
      }
    } else if (has_text(node)) {
      const xmlNode* before = node->prev;
      const bool behind_others =
          before != nullptr && before->type == XML_ELEMENT_NODE && number_of(before) != last;
      if (behind_others || way >= kLongestWay) {
        all_set = set_before(node, ++last, arena) && all_set;
        way = 0;
      }
    }
    ++way;
    while (node != top && node->next == nullptr) {
      node = node->parent;
      way = 1;
    }
    node = node == top ? nullptr : node->next;
  }
  return all_set;
}

bool Landmarks::set_before(_xmlNode* node, long number, Arena& arena) {
  auto* made = static_cast<xmlNode*>(arena.allocate(kBytes));
  if (made == nullptr) return false;
  std::memset(made, 0, kBytes);
  made->type = XML_ELEMENT_NODE;
  made->name = reinterpret_cast<const xmlChar*>("");
  made->parent = node->parent;
  made->prev = node->prev;
  made->next = node;
  made->doc = node->doc;
  give_number(made, number);
  node->prev = made;
  behind_.push_back(node);
  return true;
}

void Landmarks::remove() {
  for (xmlNode* node : behind_) node->prev = node->prev->prev;
  behind_ = {};
}

}  // namespace crawld::parsers
